/** Waiting for what services do, and what it has come to. They do it by themselves: leaving early stops nothing. */
import { pause } from '@connector/shared/every.ts';
import { setAside } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { countHeldRenames } from '@connector/sync/plan/group-renames.ts';
import {
  isFinished,
  type Outstanding,
  readSnapshot,
  type Snapshot,
  type Watched,
} from '@connector/sync/requests/outstanding.ts';
import { readTimeLeftMs } from '@connector/sync/requests/pace.ts';
import { isLost, type SyncRequest } from '@connector/sync/requests/request.ts';
import { readPause } from '@connector/sync/requests/steering.ts';
import { RedisUnreachable } from '../session.ts';
import { readServiceStates } from '../status/service-states.ts';
import { problemsOf } from '../status/status.ts';

const lookEveryMs = 250;

export interface WaitOptions {
  readonly store: Store;
  /** What is left to wait for. */
  readonly readOutstanding: (nowMs: number) => Promise<Outstanding>;
  readonly timeoutMs: number;
  /** Given when the person doesn't want to wait any longer. */
  readonly signal: AbortSignal;
  /** Told at every look. */
  readonly onLook: (look: Look) => void;
  /** What a failure of Redis means. */
  readonly explain: (error: unknown) => unknown;
}

/** How things are at one moment. */
export interface Look {
  /** `null` while Redis doesn't answer. */
  readonly outstanding: Outstanding | null;
  /** How long it takes to deliver what is to be delivered, ms; `null`: nothing is, or it is unknown yet. */
  readonly timeLeftMs: number | null;
  /** What stands in the way, one line each. */
  readonly problems: readonly string[];
}

export type Waited = { readonly end: 'finished' | 'timed out' | 'interrupted'; readonly last: Look };

/** Waits until nothing is outstanding. */
export async function waitUntilDone(options: WaitOptions): Promise<Waited> {
  const { timeoutMs, signal, onLook } = options;
  const giveUpAtMs = performance.now() + timeoutMs;
  for (;;) {
    const last = await look(options);
    onLook(last);
    if (last.outstanding !== null && isFinished(last.outstanding)) return { end: 'finished', last };
    if (signal.aborted) return { end: 'interrupted', last };
    if (performance.now() >= giveUpAtMs) return { end: 'timed out', last };
    await pause(Math.min(lookEveryMs, Math.max(1, giveUpAtMs - performance.now())), signal);
  }
}

/** What keeps a sync from going on: services that are missing or not ready, a person's pause. */
export async function readProblems(store: Store): Promise<string[]> {
  return problemsOf(await readServiceStates(store, Date.now()), { raised: null, pause: await readPause(store) });
}

/** Looks once. An outage of Redis in the middle is a problem like another: the services outlive it, and so does the wait. */
async function look({ store, readOutstanding, explain }: WaitOptions): Promise<Look> {
  const nowMs = Date.now();
  try {
    const problems = await readProblems(store);
    const outstanding = await readOutstanding(nowMs);
    const { toDeliver } = outstanding;
    return { outstanding, timeLeftMs: toDeliver > 0 ? await readTimeLeftMs(store, toDeliver, nowMs) : null, problems };
  } catch (error) {
    const explained = explain(error);
    if (!(explained instanceof RedisUnreachable)) throw explained;
    return { outstanding: null, timeLeftMs: null, problems: [explained.message] };
  }
}

/** A request that is waited for. */
export interface Asked {
  readonly watched: Watched;
  readonly request: SyncRequest;
  /** Asks again, should Redis have lost it. */
  readonly askAgain: () => Promise<void>;
}

/** How things are, for somebody who has asked for a sync. */
export async function lookAfter(store: Store, { watched, request, askAgain }: Asked, nowMs: number): Promise<Snapshot> {
  const snapshot = await readSnapshot(store, watched, nowMs);
  if (isLost(request, snapshot.requests)) await askAgain();
  return snapshot;
}

/** How many steps, by kind. */
export type Delivered = Readonly<Record<string, number>>;

/** What a sync has come to. */
export interface Summary {
  /** What was delivered since it was asked for. */
  readonly delivered: Delivered;
  readonly linked: number;
  readonly accounts: number;
  readonly held: number;
  /** Renamed groups that wait for a person's word. */
  readonly heldGroups: number;
  readonly pending: number;
  readonly setAside: number;
  /** People whose accounts somebody deleted by hand at LastPass. */
  readonly deletedByHand: number;
}

/** How many steps of each kind were delivered, ever. */
export async function readDelivered({ redis, keys }: Store): Promise<Delivered> {
  const counts = Object.entries(await redis.hgetall(keys.delivered));
  return Object.fromEntries(counts.map(([kind, count]) => [kind, Number(count)]));
}

/** @param before what had been delivered when the sync was asked for */
export async function readSummary(store: Store, before: Delivered): Promise<Summary> {
  const { redis, keys } = store;
  const now = Object.entries(await readDelivered(store));
  const done = now.map(([kind, count]) => [kind, count - (before[kind] ?? 0)] as const);
  const [linked, accounts, held, heldGroups, pending, asides] = await Promise.all([
    redis.hlen(keys.links),
    redis.hlen(keys.accounts),
    redis.zcard(keys.held),
    countHeldRenames(store),
    redis.zcard(keys.pending),
    redis.hvals(keys.setAside),
  ]);
  const isDrift = (raw: string) => parseStored(setAside, keys.setAside, raw).value?.kind === 'drift';
  const deletedByHand = asides.filter(isDrift).length;
  const delivered = Object.fromEntries(done.filter(([, count]) => count > 0));
  const others = asides.length - deletedByHand;
  return { delivered, linked, accounts, held, heldGroups, pending, setAside: others, deletedByHand };
}
