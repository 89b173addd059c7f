/** How everything is: what Redis knows, gathered into plain data. */

import type { Configuration, DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { credentialsDigest } from '@connector/shared/credentials.ts';
import { cursor, firstCursor, firstMirrorState, mirrorState } from '@connector/shared/directory-state.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { type Alarm, accountsRead, alarm, decision, type SetAside, setAside } from '@connector/shared/plan.ts';
import { policyVersion } from '@connector/shared/policy.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { countHeldRenames } from '@connector/sync/plan/group-renames.ts';
import { countingPolicy, disagreementOf } from '@connector/sync/plan/policy-in-force.ts';
import { type Latency, readLatency } from '@connector/sync/requests/latency.ts';
import { type OnTheWay, readOnTheWay } from '@connector/sync/requests/on-the-way.ts';
import { soonMs } from '@connector/sync/requests/outstanding.ts';
import { readTimeLeftMs } from '@connector/sync/requests/pace.ts';
import { type ReviewedRun, readReviewedRun } from '@connector/sync/requests/reviewed-run.ts';
import { mayDeliver, type PauseState, type Run, readPause, readRun } from '@connector/sync/requests/steering.ts';
import { type FailingWay, readFailingWays } from '../notifications/failing.ts';
import { momentText } from '../text/when.ts';
import { countPeople } from './people-counts.ts';
import { readServiceStates, type ServiceState, serviceProblems } from './service-states.ts';

export interface DirectoryStatus {
  readonly id: string;
  /** DNS name of the domain controller that was read last; `null` before the first read. */
  readonly domainController: string | null;
  /** When the last full read was complete, ms since 1970; `null` before the first. */
  readonly completedAtMs: number | null;
  /** A full read is under way, or asked for. */
  readonly fullRead: 'none' | 'asked for' | 'under way';
  /** highestCommittedUSN of that domain controller, decimal, up to which it was read; `null` before the first read. */
  readonly usn: string | null;
  /** Nothing more was to be read there then. */
  readonly caughtUp: boolean;
  /** Entries of the change log that aren't applied to the mirror yet. */
  readonly logEntries: number;
}

export interface AsideStatus extends SetAside {
  readonly person: PersonKey;
}

export interface Status {
  readonly nowMs: number;
  readonly services: readonly ServiceState[];
  readonly directories: readonly DirectoryStatus[];
  readonly accounts: {
    readonly count: number;
    /** When all were last read, ms since 1970; `null`: never. */
    readonly readAtMs: number | null;
  };
  readonly people: {
    /** Who should be synced: under `userBases`, by `groupFilter`, and not excluded. */
    readonly inScope: number;
    readonly linked: number;
    readonly toPlan: number;
    /** Planned, and waiting for the guard's judgement. */
    readonly toJudge: number;
    readonly toDeliver: number;
    /** Of these, so many are postponed: tried again later. */
    readonly postponed: number;
    readonly held: number;
    /** Renamed groups that are held. */
    readonly heldGroups: number;
    /** New, and waiting for approval. */
    readonly pending: number;
    /** Somebody rejected their guarded steps, and they keep what they have. */
    readonly rejected: number;
    readonly setAside: { readonly data: number; readonly refused: number; readonly noSeat: number };
    /** Somebody deleted their accounts by hand. */
    readonly deletedByHand: number;
  };
  /** What is on its way to LastPass; `null`: nothing, or nothing may be, or a plan file alone. */
  readonly delivering: {
    /** Due now or within a minute. */
    readonly people: number;
    /** How long they take, ms; `null`: unknown yet. */
    readonly timeLeftMs: number | null;
  } | null;
  /** How long changes in the directories took to LastPass, of the last hour and the last day. */
  readonly latency: { readonly hour: Latency; readonly day: Latency };
  /** Changes that were read and haven't reached LastPass. */
  readonly onTheWay: OnTheWay;
  /** The newest of each kind, or all. */
  readonly setAside: readonly AsideStatus[];
  /** People whose accounts somebody deleted by hand: a part of what `connector drift` lists; the newest, or all. */
  readonly deletedByHand: readonly AsideStatus[];
  /** LastPass refuses the configured credentials. */
  readonly alarm: Alarm | null;
  /** Somebody has paused all deliveries. */
  readonly pause: PauseState | null;
  /** In manual mode nothing is delivered but in a run, which `connector sync` opens. */
  readonly mode: Configuration['sync']['mode'];
  readonly run: Run | null;
  /** Likewise, with what a plan file says alone, which `connector apply` opens. */
  readonly reviewed: ReviewedRun | null;
  /** The first run against the tenant, until somebody has confirmed it. */
  readonly firstRun: {
    /** So many accounts it may create before. */
    readonly limit: number;
    readonly created: number;
    /** So many people wait for the confirmation. */
    readonly waiting: number;
  } | null;
  readonly policy: 'not in force yet' | 'settled' | 'unsettled' | 'another than configured';
  /** Somebody has set the policy: it counts, and not the configured one. */
  readonly policySet: {
    readonly by: string;
    readonly atMs: number;
    /** Keys in which the configured one differs. */
    readonly differs: readonly string[];
  } | null;
  /** Ways by which administrators are to be told of something, and aren't. The sync goes on all the same. */
  readonly untold: readonly FailingWay[];
  /** What stops the sync, one line each; empty when nothing does. */
  readonly problems: readonly string[];
}

/** So many of each kind are named who are set aside, unless all are asked for: the page asks each second. */
const namedOfKind = 100;

/** Gathers the status of everything that the configuration names. @param all whether everybody is named who is set aside */
export async function readStatus(
  store: Store,
  configuration: Configuration,
  { nowMs, all }: { nowMs: number; all: boolean },
): Promise<Status> {
  const services = await readServiceStates(store, nowMs);
  const raised = await readAlarm(store, configuration.lastpass);
  const pause = await readPause(store);
  const { mode } = configuration.sync;
  const run = await readRun(store);
  const isOpen = mode === 'automatic' || run !== null; // a plan file is for some of them alone
  const { counts, ...named } = await readSetAside(store, all ? Number.POSITIVE_INFINITY : namedOfKind);
  const goesOut = raised === null && isOpen && (await mayDeliver(store, mode));
  return {
    nowMs,
    services,
    directories: await Promise.all(configuration.directories.map((directory) => readDirectory(store, directory))),
    accounts: await readAccounts(store),
    people: { ...(await readPeople(store, nowMs)), ...counts },
    delivering: goesOut ? await readDelivering(store, nowMs) : null,
    latency: await readLatency(store, nowMs),
    onTheWay: await readOnTheWay(store),
    ...named,
    alarm: raised,
    pause,
    mode,
    run,
    reviewed: await readReviewedRun(store),
    ...(await readPolicy(store, configuration)),
    untold: await readFailingWays(store, configuration.notifications),
    problems: problemsOf(services, { raised, pause }),
  };
}

/** What stops the sync: services that are missing or not ready, refused credentials, a person. */
export function problemsOf(
  services: readonly ServiceState[],
  { raised, pause }: { raised: Alarm | null; pause: PauseState | null },
): string[] {
  const paused =
    pause === null ? [] : [`${pause.by} paused all deliveries at ${momentText(pause.atMs)}: "connector resume"`];
  const problems = [...paused, ...serviceProblems(services)];
  const isTold = raised !== null && problems.some((problem) => problem.includes(raised.message));
  return raised === null || isTold ? problems : [...problems, `LastPass: ${raised.message}`];
}

async function readDirectory({ redis, keys }: Store, { id }: DirectoryConfiguration): Promise<DirectoryStatus> {
  const own = keys.directory(id);
  const [cursorRaw, stateRaw, asked] = await Promise.all([
    redis.get(own.cursor),
    redis.get(own.mirrorState),
    redis.hget(keys.requests, 'full-read'),
  ]);
  const read = parseStored(cursor, own.cursor, cursorRaw).value ?? firstCursor;
  const applied = parseStored(mirrorState, own.mirrorState, stateRaw).value ?? firstMirrorState;
  const isAsked = asked !== null && asked !== read.answered;
  return {
    id,
    domainController: read.dnsHostName,
    usn: read.cookie === null ? null : read.usn,
    caughtUp: read.caughtUp,
    completedAtMs: read.completed === 0 ? null : read.completedAtMs,
    fullRead: read.completed < read.generation ? 'under way' : isAsked ? 'asked for' : 'none',
    logEntries: Math.max(0, read.sequence - applied.sequence),
  };
}

async function readAccounts({ redis, keys }: Store): Promise<Status['accounts']> {
  const [count, raw] = await Promise.all([redis.hlen(keys.accounts), redis.get(keys.accountsRead)]);
  return { count, readAtMs: parseStored(accountsRead, keys.accountsRead, raw).value?.atMs ?? null };
}

async function readPeople(store: Store, nowMs: number): Promise<Omit<Status['people'], 'setAside' | 'deletedByHand'>> {
  const { redis, keys } = store;
  const [counts, decisions, heldGroups] = await Promise.all([
    countPeople(store, nowMs),
    redis.hvals(keys.decisions),
    countHeldRenames(store),
  ]);
  const rejected = decisions.filter(
    (raw) => parseStored(decision, keys.decisions, raw).value?.verdict === 'rejected',
  ).length;
  return { ...counts, heldGroups, rejected };
}

async function readDelivering(store: Store, nowMs: number): Promise<Status['delivering']> {
  const { redis, keys } = store;
  const people = await redis.zcount(keys.toDeliver, '-inf', nowMs + soonMs);
  return people === 0 ? null : { people, timeLeftMs: await readTimeLeftMs(store, people, nowMs) };
}

/** How many are set aside, and so many of each kind, the newest first. */
async function readSetAside({ redis, keys }: Store, ofKind: number) {
  const all: AsideStatus[] = Object.entries(await redis.hgetall(keys.setAside)).flatMap(([person, raw]) => {
    const { value } = parseStored(setAside, keys.setAside, raw);
    return value === null ? [] : [{ person, ...value }];
  });
  all.sort(newestFirst);
  const { data = [], refused = [], 'no-seat': noSeat = [], drift = [] } = Object.groupBy(all, ({ kind }) => kind);
  const counts = {
    setAside: { data: data.length, refused: refused.length, noSeat: noSeat.length },
    deletedByHand: drift.length,
  };
  const named = [data, refused, noSeat].flatMap((these) => these.slice(0, ofKind)).sort(newestFirst);
  return { counts, setAside: named, deletedByHand: drift.slice(0, ofKind) };
}

const newestFirst = (a: AsideStatus, b: AsideStatus): number => b.sinceMs - a.sinceMs || a.name.localeCompare(b.name);

/** That LastPass refuses these credentials. */
export async function readAlarm({ redis, keys }: Store, credentials: Configuration['lastpass']): Promise<Alarm | null> {
  return parseStored(alarm, keys.alarms, await redis.hget(keys.alarms, credentialsDigest(credentials))).value;
}

async function readPolicy(
  store: Store,
  configuration: Configuration,
): Promise<Pick<Status, 'policy' | 'policySet' | 'firstRun'>> {
  const { redis, keys } = store;
  const counting = await countingPolicy(store, configuration.policy);
  const { inForce, policy } = counting;
  const policySet = inForce?.set ? { ...inForce.set, differs: disagreementOf(counting, configuration.policy) } : null;
  const open = inForce?.firstRun ?? null;
  const firstRun = open && {
    limit: policy.guard.firstCreates,
    created: open.passed,
    waiting: await redis.zcard(keys.firstCreates),
  };
  if (inForce === null) return { policy: 'not in force yet', policySet, firstRun };
  if (inForce.version !== policyVersion(policy, configuration.directories))
    return { policy: 'another than configured', policySet, firstRun };
  return { policy: inForce.settled ? 'settled' : 'unsettled', policySet, firstRun };
}
