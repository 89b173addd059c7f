/**
 * Everything that is known of one person, and how they stand. What decides is asked of the planner's own code, so that what is told here
 * is what the services do.
 */
import { type Account, account } from '@connector/shared/account.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import type { Decision, Link, Step } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import { type MirrorObject, nameOf } from '@connector/sync/mirror/mirror-object.ts';
import { type Known, readKnown } from '@connector/sync/plan/known-state.ts';
import { fullnameOf, makePlan } from '@connector/sync/plan/make-plan.ts';
import { inputsFor } from '@connector/sync/plan/plan-inputs.ts';
import type { Context, View } from '@connector/sync/plan/planning-context.ts';
import {
  isDisabled,
  isExpired,
  lastPassNamesOf,
  outOfScope,
  type Surroundings,
  syncedGroupsAround,
} from '@connector/sync/plan/scope.ts';
import { readOperations, type Sealed } from '../audit/audit-trail.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** How somebody is in Active Directory. `missing`: not found by a complete read, and not proved deleted either. */
export type DirectoryStatus = 'enabled' | 'disabled' | 'expired' | 'deleted' | 'missing' | 'unreadable';

/** Names of groups in Active Directory, from the one that holds the person down to the one it is about. */
export type Way = readonly string[];

/** An entry of `groupFilter`, and how the person comes to be in it. */
export interface FilterStory {
  readonly entry: string;
  /** The directory has such a group. */
  readonly exists: boolean;
  /** `null`: the person isn't in it. */
  readonly way: Way | null;
}

export interface Story {
  readonly person: PersonKey;
  /** How people know them. */
  readonly name: string;
  /** Of the account, or that it would have; `null` where the mail makes none. */
  readonly username: string | null;
  readonly verdict: Verdict;
  readonly directory: {
    /** Where they lie, or lay, as far as it is known. */
    readonly dn: string;
    readonly mail: string | null;
    /** sAMAccountName. */
    readonly logonName: string | null;
    readonly status: DirectoryStatus;
    /** accountExpires, ms since 1970; `null`: never. */
    readonly expiresAtMs: number | null;
  };
  readonly scope: {
    /** Why they aren't in it; `null`: they are. */
    readonly out: string | null;
    /** The one of `userBases` that they lie under; `null`: under none. */
    readonly base: string | null;
    readonly filter: readonly FilterStory[];
    /** A group that excludeGroups names, and how they come to be in it; `null`: in none. */
    readonly excludedThrough: Way | null;
  };
  /** LastPass groups that they should be in, and how they come to be in each. */
  readonly groups: readonly { readonly name: string; readonly way: Way }[];
  /** Who else holds the mail in Active Directory. */
  readonly sameMail: readonly { readonly person: PersonKey; readonly name: string }[];
  readonly account: Account | null;
  readonly link: Link | null;
  /** What is to be done, and why. */
  readonly steps: readonly Step[];
  /** A person's word, or the guard's, about them. */
  readonly decision: Decision | null;
  /** When time alone changes something, ms since 1970: `accountExpires` passes, or the time that an account is kept. */
  readonly againAtMs: number | null;
  /** What was done about them last, newest first. */
  readonly operations: readonly Sealed[];
}

export interface StoryOptions {
  readonly context: Context;
  /** What keeps all deliveries back; `null` when nothing does. */
  readonly stopped: string | null;
  readonly nowMs: number;
}

/** Reads it; `null` for what is no person that a directory knows. */
export async function readStory({ context, stopped, nowMs }: StoryOptions, person: PersonKey): Promise<Story | null> {
  const { store } = context;
  const { redis, keys } = store;
  const { directory, guid } = partsOfPerson(person);
  const view = context.views.get(directory);
  const object = await view?.gathering.mirror.object(guid);
  if (!view || object?.kind !== 'user') return null;
  const known = await readKnown(store, person);
  const gathered = await inputsFor(context, known);
  const planned =
    gathered === null || gathered === 'in delivery'
      ? null
      : { inputs: gathered.inputs, plan: makePlan(gathered.inputs) };
  const [pending, due, surroundings] = await Promise.all([
    redis.zscore(keys.pending, person),
    redis.zscore(keys.toDeliver, person),
    view.gathering.surroundings(guid, object),
  ]);
  const dueAtMs = due === null ? null : Number(due);
  const ways = await waysOf(view, guid, object);
  return {
    person,
    name: planned?.plan.name ?? fullnameOf(object),
    username: planned?.plan.username || (known.link?.username ?? null),
    verdict: verdictOf({ known, isPending: pending !== null, planned, dueAtMs, stopped, nowMs }),
    directory: {
      dn: await view.gathering.dnOf(object),
      mail: object.mail,
      logonName: object.sAMAccountName,
      status: statusOf(object, nowMs),
      expiresAtMs: object.accountExpiresMs,
    },
    scope: await scopeOf(context, view, surroundings, ways),
    groups: groupsOf(context, view, surroundings, ways),
    sameMail: await namesOf(context, planned?.inputs.otherHolders.map((other) => other.person) ?? []),
    account: planned === null ? await linkedAccount(context, known) : planned.inputs.account,
    link: known.link,
    steps: planned?.plan.steps ?? known.plan?.steps ?? [],
    decision: known.decision,
    againAtMs: planned?.plan.againAtMs ?? null,
    operations: await readOperations(store, person),
  };
}

function statusOf(object: MirrorObject, nowMs: number): DirectoryStatus {
  if (object.deleted) return 'deleted';
  if (object.absent) return 'missing';
  if (object.userAccountControl === null) return 'unreadable';
  if (isDisabled(object)) return 'disabled';
  return isExpired(object, nowMs) ? 'expired' : 'enabled';
}

/** How the person comes to be in each group around them, by its objectGUID. */
async function waysOf({ gathering }: View, guid: string, object: MirrorObject): Promise<ReadonlyMap<string, Way>> {
  const through = await gathering.groupsUp(guid, object);
  const nameOfGroup = async (each: string) => {
    const group = await gathering.group(each);
    return group === null ? each : nameOf(group.object);
  };
  const names = new Map<string, string>();
  for (const each of through.keys()) names.set(each, await nameOfGroup(each));
  const wayTo = (group: string): Way => {
    const below = through.get(group) ?? null;
    return [...(below === null ? [] : wayTo(below)), names.get(group) ?? group];
  };
  return new Map([...through.keys()].map((group) => [group, wayTo(group)]));
}

async function scopeOf(
  { policy }: Context,
  { gathering, filter }: View,
  surroundings: Surroundings,
  ways: ReadonlyMap<string, Way>,
): Promise<Story['scope']> {
  const above = surroundings.containers.find((guid) => gathering.bases.users.includes(guid));
  const base = above === undefined ? null : await gathering.mirror.object(above);
  const excluding = surroundings.groups.find(({ excludedBy }) => excludedBy !== null);
  return {
    out: outOfScope(surroundings, { bases: gathering.bases, filter }),
    base: base && (await gathering.dnOf(base)),
    filter: policy.groupFilter.map((entry) => {
      const guids = filter.find((each) => each.entry === entry)?.guids ?? [];
      const inside = guids.find((guid) => ways.has(guid));
      return { entry, exists: guids.length > 0, way: ways.get(inside ?? '') ?? null };
    }),
    excludedThrough: ways.get(excluding?.guid ?? '') ?? null,
  };
}

function groupsOf(
  { policy }: Context,
  { gathering, filter }: View,
  { groups }: Surroundings,
  ways: ReadonlyMap<string, Way>,
): Story['groups'] {
  const synced = syncedGroupsAround(groups, { memberships: policy.memberships, bases: gathering.bases, filter });
  return synced
    .flatMap((group) => lastPassNamesOf(group).map((name) => ({ name, way: ways.get(group.guid) ?? [] })))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function namesOf({ views }: Context, people: readonly PersonKey[]): Promise<Story['sameMail']> {
  return Promise.all(
    people.map(async (person) => {
      const { directory, guid } = partsOfPerson(person);
      const object = await views.get(directory)?.gathering.mirror.object(guid);
      return { person, name: object ? fullnameOf(object) : person };
    }),
  );
}

async function linkedAccount({ store: { redis, keys } }: Context, { link }: Known): Promise<Account | null> {
  if (link === null) return null;
  return parseStored(account, keys.accounts, await redis.hget(keys.accounts, link.username)).value;
}
