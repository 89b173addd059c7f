/**
 * The state of the whole, for Prometheus: what waits where, and since when. It is read at each scrape, so whatever is read here
 * is a count or the head of a line (behind those whom LastPass refuses), which takes Redis the same few microseconds for ten people and for a hundred thousand.
 */
import type { Configuration } from '@connector/shared/configuration.ts';
import { credentialsDigest } from '@connector/shared/credentials.ts';
import { cursor, firstCursor, firstMirrorState, mirrorState } from '@connector/shared/directory-state.ts';
import { accountsRead, step } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { type AllowedCalls, readAllowedCalls } from '@connector/sync/requests/allowed-calls.ts';
import { type OnTheWay, readOnTheWay } from '@connector/sync/requests/on-the-way.ts';
import type { Queue } from 'bullmq';
import { countPeople, type PeopleCounts } from '../status/people-counts.ts';

/** Every kind of step that a plan may have. */
export const stepKinds = step.options.map((option) => option.shape.kind.value);

export interface DirectoryFigures {
  readonly id: string;
  /** Entries of the change log that aren't applied to the mirror yet. */
  readonly unapplied: number;
  /** When the last full read was complete, ms since 1970; `null` before the first. */
  readonly completedAtMs: number | null;
}

/** In which states jobs are counted. */
export const jobStates = ['waiting', 'active', 'delayed', 'failed'] as const;

export interface QueueFigures {
  readonly name: string;
  readonly jobs: Readonly<Record<(typeof jobStates)[number], number>>;
  /** How long the job waits that is next, ms; 0: none does. */
  readonly nextWaitsMs: number;
}

export interface Figures {
  readonly nowMs: number;
  readonly people: PeopleCounts & { readonly setAside: number };
  readonly directories: readonly DirectoryFigures[];
  readonly queues: readonly QueueFigures[];
  readonly onTheWay: OnTheWay;
  /** Accounts at LastPass, and when all were last read, ms since 1970; `null`: never. */
  readonly accounts: {
    readonly count: number;
    readonly readAtMs: number | null;
    /** How many of them take a licence; `null`: unknown. */
    readonly licensed: number | null;
  };
  /** How many licences there are; `null`: not configured. */
  readonly licences: number | null;
  /** Steps delivered ever, by kind. */
  readonly delivered: ReadonlyMap<string, number>;
  readonly allowed: AllowedCalls;
  /** Entries of the audit trail that aren't sealed yet. */
  readonly unsealed: number;
  /** Somebody has paused all deliveries. */
  readonly isPaused: boolean;
  /** LastPass refuses the configured credentials. */
  readonly isRefused: boolean;
  /** LastPass has no licence left for those who need one. */
  readonly lacksLicences: boolean;
}

export interface FiguresOptions {
  readonly store: Store;
  readonly configuration: Pick<Configuration, 'directories' | 'lastpass'>;
  readonly queues: readonly Queue[];
}

/** Reads all of it. @throws what Redis throws, UnreadableState */
export async function readFigures({ store, configuration, queues }: FiguresOptions, nowMs: number): Promise<Figures> {
  const { redis, keys } = store;
  const { lastpass, directories } = configuration;
  const [counts, setAside, read, jobs, onTheWay, accounts, delivered, allowed, unsealed, paused, refused, noSeat] =
    await Promise.all([
      countPeople(store, nowMs),
      redis.hlen(keys.setAside),
      Promise.all(directories.map(({ id }) => readDirectory(store, id))),
      Promise.all(queues.map((queue) => readQueue(queue, nowMs))),
      readOnTheWay(store),
      readAccounts(store),
      redis.hmget(keys.delivered, ...stepKinds),
      readAllowedCalls(store, lastpass),
      redis.xlen(keys.auditUnsealed),
      redis.exists(keys.paused),
      redis.hexists(keys.alarms, credentialsDigest(lastpass)),
      redis.exists(keys.noSeat),
    ]);
  return {
    nowMs,
    people: { ...counts, setAside },
    licences: lastpass.licences ?? null,
    directories: read,
    queues: jobs,
    onTheWay,
    accounts,
    delivered: new Map(stepKinds.map((kind, index) => [kind, Number(delivered[index] ?? 0)])),
    allowed,
    unsealed,
    isPaused: paused === 1,
    isRefused: refused === 1,
    lacksLicences: noSeat === 1,
  };
}

async function readDirectory({ redis, keys }: Store, id: string): Promise<DirectoryFigures> {
  const own = keys.directory(id);
  const [cursorRaw, stateRaw] = await Promise.all([redis.get(own.cursor), redis.get(own.mirrorState)]);
  const read = parseStored(cursor, own.cursor, cursorRaw).value ?? firstCursor;
  const applied = parseStored(mirrorState, own.mirrorState, stateRaw).value ?? firstMirrorState;
  return {
    id,
    unapplied: Math.max(0, read.sequence - applied.sequence),
    completedAtMs: read.completed === 0 ? null : read.completedAtMs,
  };
}

async function readAccounts({ redis, keys }: Store): Promise<Figures['accounts']> {
  const [count, raw] = await Promise.all([redis.hlen(keys.accounts), redis.get(keys.accountsRead)]);
  const read = parseStored(accountsRead, keys.accountsRead, raw).value;
  return { count, readAtMs: read?.atMs ?? null, licensed: read?.licensed ?? null };
}

async function readQueue(queue: Queue, nowMs: number): Promise<QueueFigures> {
  const [counts, [next]] = await Promise.all([
    queue.getJobCounts(...jobStates),
    queue.getJobs(['waiting'], 0, 0, true),
  ]);
  const count = (state: (typeof jobStates)[number]) => counts[state] ?? 0;
  return {
    name: queue.name,
    jobs: {
      waiting: count('waiting'),
      active: count('active'),
      delayed: count('delayed'),
      failed: count('failed'),
    },
    nextWaitsMs: next === undefined ? 0 : Math.max(0, nowMs - next.timestamp),
  };
}
