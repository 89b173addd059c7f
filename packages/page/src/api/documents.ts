/**
 * The documents that the API answers with, as docs/cli.md describes them. Where the console has a type of the same thing they are made from it, so that
 * they can't fall out of step. Moments are ISO 8601 texts.
 */

import type { AsidePerson } from '@connector/console/src/aside/aside-people.ts';
import type { Verified } from '@connector/console/src/audit/audit-trail.ts';
import type { CheckDocument } from '@connector/console/src/check/check-command.ts';
import type { FilterStory, DirectoryStatus as StandingInDirectory, Way } from '@connector/console/src/explain/story.ts';
import type { Standing } from '@connector/console/src/explain/verdict.ts';
import type { FailingWay } from '@connector/console/src/notifications/failing.ts';
import type { PageTold } from '@connector/console/src/page.ts';
import type { RosterPerson } from '@connector/console/src/people/roster.ts';
import type { LastDay } from '@connector/console/src/status/last-day.ts';
import type { Instance } from '@connector/console/src/status/service-states.ts';
import type { DirectoryStatus, Status } from '@connector/console/src/status/status.ts';
import type { SupportBundle } from '@connector/console/src/support-bundle/support-bundle.ts';
import type { AuditEntry } from '@connector/shared/audit.ts';
import type { Decision, FederatedBy, SetAside, Step } from '@connector/shared/plan.ts';
import type { GuardLimits, NumberedPolicy, PolicyChange, WrittenPolicy } from '@connector/shared/policy.ts';

export type { CheckDocument, PolicyChange, Standing, Step, SupportBundle, Way };

/** Where a page lies in a list, and how long that is. */
export type Page = PageTold;

/** `GET /session` */
export interface SessionDocument {
  readonly name: string;
  readonly role: 'viewer' | 'administrator';
  readonly csrfToken: string | null;
  readonly endsAt: string | null;
}

type Since<T extends { sinceMs: number }> = Omit<T, 'sinceMs'> & { readonly since: string };
type SetAsideInStatus = Since<SetAside> & { readonly person: string };

/** `GET /status` */
export interface StatusDocument
  extends Pick<Status, 'problems' | 'people' | 'mode' | 'policy' | 'firstRun' | 'delivering' | 'latency'> {
  readonly ok: boolean;
  readonly at: string;
  readonly services: readonly {
    readonly service: string;
    readonly instances: readonly (Omit<Instance, 'startedAtMs'> & { readonly startedAt: string })[];
  }[];
  readonly directories: readonly (Omit<DirectoryStatus, 'completedAtMs'> & { readonly completedAt: string | null })[];
  readonly accounts: { readonly count: number; readonly readAt: string | null };
  /** Changes that were read and haven't reached LastPass; since when the oldest one waits. */
  readonly onTheWay: { readonly people: number; readonly since: string | null };
  readonly policySet: { readonly by: string; readonly at: string; readonly differs: readonly string[] } | null;
  readonly pause: { readonly by: string; readonly since: string } | null;
  readonly run: { readonly by: string; readonly since: string } | null;
  readonly applying: { readonly by: string; readonly since: string; readonly people: number } | null;
  readonly alarm: { readonly message: string; readonly since: string; readonly tryAgainAt: string } | null;
  readonly untold: readonly Since<FailingWay>[];
  readonly setAside: readonly SetAsideInStatus[];
  readonly deletedByHand: readonly Omit<SetAsideInStatus, 'kind'>[];
}

/** `GET /last-day` */
export type LastDayDocument = LastDay;

/** Who, or what, can be decided about. */
export interface Decidable {
  /** Names them for as long as what would be decided is what is shown. */
  readonly asShown: string;
}

/** Somebody whose steps wait for a word. */
export interface WaitingPerson extends Decidable {
  readonly person: string;
  readonly username: string;
  readonly name: string;
  readonly steps: readonly Step[];
  readonly because: string;
  readonly since: string;
}

/** A renamed group. */
export interface RenamedGroup {
  /** `<directory id>/<objectGUID>` */
  readonly group: string;
  /** At LastPass. */
  readonly name: string;
  /** In Active Directory. */
  readonly to: string;
  readonly verdict: 'held' | 'released' | 'rejected';
  readonly because: string;
  readonly members: number;
  readonly since: string;
}

/** One that a word can be about. */
export interface HeldGroup extends RenamedGroup, Decidable {}

/** `GET /held`; it is people who are told page by page: all groups are on each. */
export interface HeldDocument {
  readonly held: readonly WaitingPerson[];
  readonly groups: readonly HeldGroup[];
  readonly page: Page;
}

/** `GET /pending`; its pages run on from the pending to the rejected. */
export interface PendingDocument {
  readonly pending: readonly WaitingPerson[];
  readonly rejected: readonly WaitingPerson[];
  readonly page: Page;
}

/** `GET /aside` */
export interface AsideDocument {
  readonly aside: readonly (Since<AsidePerson> & Decidable)[];
  readonly page: Page;
}

/** `GET /drift`; its pages run on from the one to the other. */
export interface DriftDocument {
  readonly drift: readonly (Decidable & {
    readonly person: string;
    readonly username: string | null;
    readonly name: string;
    readonly kind: 'deleted' | 'disabled';
    readonly reason: string;
    readonly since: string | null;
  })[];
  readonly perhapsOurs: readonly {
    readonly username: string;
    readonly name: string;
    readonly groups: readonly string[];
    readonly reason: string;
  }[];
  readonly page: Page;
}

/** `GET /undoable` */
export interface UndoableDocument {
  readonly people: readonly (Decidable & {
    readonly person: string;
    readonly username: string;
    readonly name: string;
    readonly because: string;
    readonly disabledAt: string;
    readonly outcome: string;
  })[];
  readonly page: Page;
}

/** A name that was asked for, and isn't anybody's, or is several people's. */
export interface NameNotFound {
  readonly who: string;
  readonly problem: 'unknown' | 'ambiguous';
  readonly candidates: readonly string[];
}

/** What `release`, `approve`, `reject`, `retry` and `undo` answer. */
export interface DecidedDocument {
  readonly people: readonly { readonly person: string; readonly name: string; readonly outcome: string }[];
  readonly groups?: readonly { readonly group: string; readonly name: string; readonly outcome: string }[];
  readonly notFound: readonly NameNotFound[];
  /** What keeps all deliveries back, in words that go on after `as`; `null`: nothing. `retry` doesn't tell. */
  readonly stopped?: string | null;
}

/** `GET /search` */
export interface SearchDocument {
  readonly people: readonly RosterPerson[];
  readonly page: Page;
}

/** Something that was done about somebody, as their story tells it. */
export interface Operation extends Pick<AuditEntry, 'by' | 'did' | 'was' | 'is' | 'source'> {
  readonly sequence: number;
  readonly at: string;
  readonly answer: NonNullable<AuditEntry['answer']> | null;
}

/** Somebody's story. */
export interface PersonStory {
  readonly person: string;
  readonly username: string | null;
  readonly name: string;
  readonly standing: Standing;
  /** Goes on after the name. */
  readonly sentence: string;
  readonly remedy: string | null;
  readonly directory: {
    readonly dn: string;
    readonly mail: string | null;
    readonly logonName: string | null;
    readonly status: StandingInDirectory;
    readonly expires: string | null;
  };
  readonly scope: {
    readonly out: string | null;
    readonly base: string | null;
    readonly filter: readonly FilterStory[];
    readonly excludedThrough: Way | null;
  };
  readonly groups: readonly { readonly name: string; readonly way: Way }[];
  readonly sameMail: readonly { readonly person: string; readonly name: string }[];
  readonly account: {
    readonly username: string;
    readonly id: string | null;
    readonly name: string;
    readonly status: 'enabled' | 'disabled' | 'invited';
    readonly groups: readonly string[];
  } | null;
  readonly link: {
    readonly username: string;
    readonly disabledByUs: boolean;
    readonly changingTo: string | null;
    readonly federated: FederatedBy | null;
    readonly federating: FederatedBy | null;
    readonly left: string | null;
  } | null;
  readonly steps: readonly Step[];
  readonly decision: { readonly verdict: Decision['verdict']; readonly by: string; readonly at: string } | null;
  readonly again: string | null;
  readonly operations: readonly Operation[];
}

/** `GET /people` */
export interface PeopleDocument {
  readonly people: readonly PersonStory[];
  readonly notFound: readonly NameNotFound[];
}

/** An entry of the audit trail. */
export interface LogEntry extends Operation {
  readonly of: AuditEntry['of'];
  readonly hash: string;
}

/** `GET /audit` */
export interface AuditDocument {
  readonly audit: readonly LogEntry[];
  readonly page: Page;
}

/** `GET /audit/verify` */
export interface VerifiedDocument extends Verified {
  readonly whole: boolean;
}

/** An account before anything is done to it, as far as steps change it. */
export interface AccountBefore {
  readonly fullname: string;
  readonly disabled: boolean;
  readonly invited: boolean;
  readonly groups: readonly string[];
}

/** Somebody for whom a sync would do something. */
export interface PreviewedPerson {
  readonly person: string;
  readonly username: string;
  readonly name: string;
  /** As it was; `null` without any. */
  readonly account: AccountBefore | null;
  readonly steps: readonly Step[];
}

/** What a sync would do. */
export interface PreviewedSync {
  readonly sent: readonly (PreviewedPerson & {
    readonly calls: readonly { readonly command: string; readonly data: unknown }[];
  })[];
  readonly held: readonly (PreviewedPerson & { readonly because: string })[];
  readonly groups: readonly RenamedGroup[];
  readonly pending: readonly (PreviewedPerson & { readonly because: string })[];
  readonly setAside: readonly SetAsideInStatus[];
  readonly deletedByHand: readonly Omit<SetAsideInStatus, 'kind'>[];
  readonly read: { readonly objects: number; readonly accounts: number };
}

/** `GET /preview` */
export interface PreviewDocument {
  readonly state: 'none' | 'under way' | 'made' | 'failed';
  readonly by: string | null;
  readonly begunAt: string | null;
  readonly progress?: string | null;
  readonly madeAt?: string | null;
  readonly preview?: PreviewedSync | null;
  readonly error?: { readonly code: string; readonly message: string } | null;
}

type WrittenRules = Omit<WrittenPolicy, 'guard'>;

/** A policy as people write it, every key of it. */
export type WholePolicy = { readonly [Key in keyof WrittenRules]-?: NonNullable<WrittenRules[Key]> } & {
  readonly guard: Readonly<GuardLimits>;
};

/** `GET /policy` */
export interface PolicyDocument {
  /** 0: from before they were numbered; `null`: none is in force yet. */
  readonly number: number | null;
  readonly from: NumberedPolicy['from'];
  readonly by: string | null;
  readonly at: string | null;
  readonly settled: boolean;
  readonly policy: WholePolicy;
  readonly differs: readonly {
    readonly key: string;
    readonly inForce: PolicyChange['is'];
    readonly configured: PolicyChange['is'];
  }[];
}

/** A policy that is, or was, in force, and what it changed. */
export interface PolicyRevision extends Pick<NumberedPolicy, 'number' | 'by' | 'from'> {
  readonly at: string;
  readonly policy: WholePolicy;
  readonly changes: readonly PolicyChange[];
}

/** `GET /policy/history` */
export interface PolicyHistoryDocument {
  readonly history: readonly PolicyRevision[];
  readonly page: Page;
}

/** Which other policy is wanted. */
export type PolicyWish =
  | { readonly set: Readonly<Record<string, unknown>> }
  | { readonly rollback: number }
  | { readonly reset: true };

/** Somebody to whom another policy would do something. */
export type AffectedByPolicy = Omit<PreviewedPerson, 'account'>;
type StoppedPerson = AffectedByPolicy & { readonly because: string };

/** What another policy would do to whom. */
export interface Radius {
  readonly sent: readonly AffectedByPolicy[];
  readonly held: readonly StoppedPerson[];
  readonly pending: readonly StoppedPerson[];
  /** Who waits for a word now, and would not any more. */
  readonly noLonger: readonly StoppedPerson[];
  readonly setAside: readonly SetAsideInStatus[];
  /** Entries of `groupFilter` that name no group. */
  readonly unresolved: readonly string[];
}

/** `POST /policy/blast-radius`, and `POST /policy` */
export interface PolicyEditDocument {
  /** Number of the policy that it replaces; `null`: all was so already. */
  readonly replaces: number | null;
  /** Of the policy that is in force by it; `null`: nothing was changed. */
  readonly number: number | null;
  readonly changes: readonly PolicyChange[];
  /** `null`: all was so already. */
  readonly radius: Radius | null;
}

/** `GET /debug-log` */
export interface DebugLogDocument {
  readonly debugLog: boolean;
  readonly by: string | null;
  readonly until: string | null;
}

/** What opens the API for somebody, but not what opens anything itself. */
export interface Token {
  readonly name: string;
  readonly role: SessionDocument['role'];
  readonly createdBy: string;
  readonly createdAt: string;
  /** `null`: never. */
  readonly expires: string | null;
  readonly over: boolean;
}

/** `GET /tokens` */
export interface TokensDocument {
  readonly tokens: readonly Token[];
}

/** `POST /queues/reveal` */
export interface RevealDocument {
  readonly until: string;
  /** Where people are shown, on this host. */
  readonly at: string;
}
