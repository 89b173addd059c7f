/** What a command did, in our own words; `wire.ts` turns it into an answer. */
import type { CompanyEvent } from './event-log.ts';
import type { Folder, Rights } from './folder.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Settings } from './settings.ts';
import type { User } from './user.ts';

/** One change to one account, in the words of a sync plan. */
export type Change = {
  username: string;
  step:
    | 'create'
    | 'rename'
    | 'update'
    /** Asked for, under the old name; it may take effect only with the next log-in. */
    | 'change-email'
    | 'require-new-password'
    | 'disable-multifactor'
    | 'enable'
    | 'disable'
    | 'join-groups'
    | 'leave-groups'
    | 'withdraw'
    | 'remove'
    | 'delete'
    | 'welcome-email';
  /** The groups of a join or leave. */
  groups?: string[];
};

/** What a command may know beyond the tenant and its data. */
export type CommandContext = {
  settings: Settings;
  now: Date;
  /** The network address that the call came from. */
  source: string;
  /** The limit on updateemail. */
  emailChanges: RateLimit;
  /** What is kept of the passwords that the call sets, by username. */
  masterKeys: ReadonlyMap<string, string>;
  /** Usernames that a fault refuses → the error text. */
  poisoned: ReadonlyMap<string, string>;
};

/** A folder with those who are listed in it. */
export type SharedFolder = { folder: Folder; users: { user: User; rights: Rights }[] };

export type Answer =
  | { kind: 'done'; message?: string }
  | { kind: 'failed'; errors: string[] }
  /** Some entries refused, the others applied. */
  | { kind: 'partly'; errors: string[] }
  | { kind: 'switched'; to: 'disabled' | 'enabled'; changed: string[]; unchanged: string[]; errors: string[] }
  /** `sharingKeys`: ids of those who can be handed the keys of shared folders. */
  | { kind: 'listed'; total: number; users: User[]; invited: string[]; sharingKeys: Set<string> }
  | { kind: 'not-listed'; username: string }
  | { kind: 'shared'; folders: SharedFolder[] /** With the sites of each. */; detailed: boolean }
  /** `next` is where the next call goes on, in microseconds; null where this is all. */
  | { kind: 'reported'; events: CompanyEvent[]; next: number | null; form: 'numbered' | 'list' }
  /** `remaining`: how many more there are after these. */
  | { kind: 'expired'; users: User[]; remaining: number }
  | { kind: 'too-large'; largestBatch: number }
  /** Beyond a rate limit. */
  | { kind: 'too-often' };

export type Outcome = { answer: Answer; changes: Change[] };

/** Nothing changed, for these reasons. */
export function failed(...errors: string[]): Outcome {
  return { answer: { kind: 'failed', errors }, changes: [] };
}

/** The text of resetpassword for an address without an account. */
export function userNotFound(username: string): string {
  return `user not found: ${username}`;
}

/** The text of deluser and others for an address without an account. */
export function noSuchUser(username: string): string {
  return `No such user: ${username}`;
}
