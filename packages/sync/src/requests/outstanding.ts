/** What is still to be done before a sync that was asked for has come to its end. */
import { type Cursor, cursor, firstCursor, firstMirrorState, mirrorState } from '@connector/shared/directory-state.ts';
import { type AccountsRead, accountsRead, isRefusal, setAside } from '@connector/shared/plan.ts';
import { type Policy, policyOf, policyState } from '@connector/shared/policy.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { syncedGroup } from '@connector/shared/synced-group.ts';
import { isAnswered, type RequestIds, type SyncRequest } from './request.ts';

/** All of it, at one moment. */
export interface Snapshot {
  readonly requests: RequestIds;
  readonly directories: readonly {
    readonly id: string;
    readonly cursor: Cursor;
    /** Of the newest log entry applied to the mirror. */
    readonly appliedSequence: number;
    /** Changes were missed, so plans aren't made from newer ones before everything was read again. */
    readonly gap: boolean;
  }[];
  readonly accountsRead: AccountsRead | null;
  /** On the list, or soon to be: whose accountExpires has passed. */
  readonly toPlan: number;
  /** Groups whose new name was released: their members are planned again as they join it. */
  readonly toMove: number;
  readonly toJudge: number;
  /** Due now or within a minute, without those whom LastPass refuses. */
  readonly toDeliver: number;
}

export interface Outstanding {
  /** Directories that weren't read since. */
  readonly reading: readonly string[];
  /** Entries of change logs that aren't applied. */
  readonly logEntries: number;
  readonly readingAccounts: boolean;
  readonly toPlan: number;
  readonly toJudge: number;
  readonly toDeliver: number;
}

export function outstandingOf(snapshot: Snapshot, { id, full, before }: SyncRequest): Outstanding {
  const { requests, directories, toPlan, toMove, toJudge, toDeliver } = snapshot;
  const asked = (field: keyof RequestIds) => ({ id, before: before[field], now: requests[field] });
  const isRead = ({
    gap,
    cursor: { answered, answeredChanges, completed },
  }: Snapshot['directories'][number]): boolean =>
    !gap &&
    (full ? isAnswered(answered, asked('full-read')) : completed > 0 && isAnswered(answeredChanges, asked('changes')));
  return {
    reading: directories.filter((each) => !isRead(each)).map((each) => each.id),
    logEntries: directories.reduce((sum, each) => sum + Math.max(0, each.cursor.sequence - each.appliedSequence), 0),
    readingAccounts: !isAnswered(snapshot.accountsRead?.answered ?? null, asked('accounts')),
    toPlan: toPlan + toMove,
    toJudge,
    toDeliver,
  };
}

/** The same, where nothing is to be delivered yet: reading and planning alone. */
export const toBePlanned = (snapshot: Snapshot, request: SyncRequest): Outstanding =>
  outstandingOf({ ...snapshot, toMove: 0, toDeliver: 0 }, request);

export const isFinished = (outstanding: Outstanding): boolean => partsOf(outstanding).length === 0;

/** A kind of work that is outstanding, and its text. */
export interface Part {
  readonly kind: keyof Outstanding;
  readonly text: string;
}

/** What is outstanding, in the order in which it is done. */
export function partsOf(outstanding: Outstanding): Part[] {
  const { reading, logEntries, readingAccounts, toPlan, toJudge, toDeliver } = outstanding;
  const parts: (Part | null)[] = [
    reading.length > 0 ? { kind: 'reading', text: `reading ${reading.join(', ')}` } : null,
    readingAccounts ? { kind: 'readingAccounts', text: 'reading the accounts' } : null,
    logEntries > 0 ? { kind: 'logEntries', text: `applying ${logEntries} of the log` } : null,
    toPlan > 0 ? { kind: 'toPlan', text: `planning ${toPlan}` } : null,
    toJudge > 0 ? { kind: 'toJudge', text: `judging ${toJudge}` } : null,
    toDeliver > 0 ? { kind: 'toDeliver', text: `delivering ${toDeliver}` } : null,
  ];
  return parts.filter((part) => part !== null);
}

/** Whoever is postponed for longer than this, or refused and not due, doesn't keep a sync from its end, ms. */
export const soonMs = 60_000;
/** Among so many who are postponed for a short while it is looked whether LastPass refuses them. */
const lookedAt = 1_000;

/** What of the configuration says whether anything is outstanding. */
export interface Watched {
  /** Ids of all directories. */
  readonly directories: readonly string[];
  /** How many the first run may create. */
  readonly policy: Policy;
}

/** Takes a snapshot, of one moment: somebody on the way from one list to the next is in one of them. */
export async function readSnapshot(store: Store, { directories, policy }: Watched, nowMs: number): Promise<Snapshot> {
  const { redis, keys } = store;
  const own = directories.map((id) => keys.directory(id));
  const soon = String(nowMs + soonMs);
  const transaction = redis
    .multi()
    .hmget(keys.requests, 'full-read', 'changes', 'accounts')
    .mget(...own.flatMap(({ cursor: read, mirrorState: applied }) => [read, applied]), keys.accountsRead)
    .zcard(keys.toPlan)
    .zcard(keys.waiting)
    .zcount(keys.toDeliver, '-inf', soon)
    .zrangebyscore(keys.toDeliver, `(${nowMs}`, soon, 'LIMIT', 0, lookedAt)
    .zcount(keys.expiries, '-inf', String(nowMs))
    .hvals(keys.syncedGroups)
    .zcard(keys.firstCreates)
    .get(keys.policy);
  const replies = ((await transaction.exec()) ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
  const [requests, states, listed, waiting, due, dueSoon, expired, groups, first, policyRaw] = replies as [
    (string | null)[],
    (string | null)[],
    number,
    number,
    number,
    string[],
    number,
    string[],
    number,
    string | null,
  ];
  const inForce = parseStored(policyState, keys.policy, policyRaw).value;
  const { firstCreates } = policyOf(inForce, policy).guard;
  const mayPass = inForce?.firstRun == null ? 0 : Math.max(0, firstCreates - inForce.firstRun.passed);
  const moving = groups.filter(
    (raw) => parseStored(syncedGroup, keys.syncedGroups, raw).value?.rename?.verdict === 'released',
  ).length;
  const [fullRead = null, changes = null, accounts = null] = requests;
  return {
    requests: { 'full-read': fullRead, changes, accounts },
    directories: directories.map((id, index) => ({ id, ...directoryOf(own[index], states, index) })),
    accountsRead: parseStored(accountsRead, keys.accountsRead, states.at(-1) ?? null).value,
    toPlan: listed + expired,
    toMove: moving,
    toJudge: waiting + Math.min(first, mayPass),
    toDeliver: due - (await countRefused(store, dueSoon)),
  };
}

function directoryOf(
  keys: { cursor: string; mirrorState: string } | undefined,
  states: readonly (string | null)[],
  index: number,
) {
  const read = parseStored(cursor, keys?.cursor ?? '', states[2 * index] ?? null).value ?? firstCursor;
  const applied =
    parseStored(mirrorState, keys?.mirrorState ?? '', states[2 * index + 1] ?? null).value ?? firstMirrorState;
  return { cursor: read, appliedSequence: applied.sequence, gap: applied.gap };
}

async function countRefused({ redis, keys }: Store, people: readonly string[]): Promise<number> {
  if (people.length === 0) return 0;
  const asides = await redis.hmget(keys.setAside, ...people);
  return asides.filter((raw) => isRefusal(parseStored(setAside, keys.setAside, raw).value)).length;
}
