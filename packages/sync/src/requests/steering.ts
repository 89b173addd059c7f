/**
 * Whether anything may be delivered now: not while somebody has paused it, not before the accounts were read, and in manual mode
 * only while a run is open, which somebody asked for and which ends by itself once everything that was outstanding is done. A run
 * may be one of reviewed steps alone (`reviewed-run.ts`).
 */
import { auditWrite } from '@connector/shared/audit.ts';
import type { Configuration } from '@connector/shared/configuration.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { z } from 'zod';
import { isFinished, outstandingOf, readSnapshot, type Watched } from './outstanding.ts';
import { requestWrites, type SyncRequest, syncRequest } from './request.ts';

export type Mode = Configuration['sync']['mode'];

/** Somebody has stopped all deliveries. */
export const pauseState = z.strictObject({ by: z.string(), atMs: z.number() });
export type PauseState = z.infer<typeof pauseState>;

/** Somebody has asked for a sync in manual mode, which isn't done yet. */
export const run = z.strictObject({ by: z.string(), atMs: z.number(), request: syncRequest });
export type Run = z.infer<typeof run>;

const deliveries = { kind: 'deliveries', id: '', name: '' } as const;

/** Stops all deliveries, unless somebody has done so already; calls under way come to their end. */
export async function pauseDelivery({ keys, commit }: State, pause: PauseState): Promise<void> {
  const noted = auditWrite(keys, { ...pause, did: 'paused', of: deliveries, was: 'on', is: 'paused', source: null });
  await commit({
    guards: [{ command: ['GET', keys.paused], is: null }],
    writes: [['SET', keys.paused, JSON.stringify(pause)], noted],
  });
}

/** @returns whether deliveries were paused */
export async function resumeDelivery({ redis, keys, commit }: State, resumed: PauseState): Promise<boolean> {
  const noted = auditWrite(keys, { ...resumed, did: 'resumed', of: deliveries, was: 'paused', is: 'on', source: null });
  for (;;) {
    const raw = await redis.get(keys.paused);
    if (raw === null) return false;
    const { committed } = await commit({
      guards: [{ command: ['GET', keys.paused], is: raw }], // somebody else may resume, and pause again
      writes: [['DEL', keys.paused], noted],
    });
    if (committed) return true;
  }
}

export async function readPause({ redis, keys }: State): Promise<PauseState | null> {
  return parseStored(pauseState, keys.paused, await redis.get(keys.paused)).value;
}

export async function readRun({ redis, keys }: State): Promise<Run | null> {
  return parseStored(run, keys.run, await redis.get(keys.run)).value;
}

export async function mayDeliver({ redis, keys }: State, mode: Mode): Promise<boolean> {
  if ((await redis.exists(keys.paused)) === 1) return false;
  // Redis may have forgotten what LastPass answered (`timeline.ts`): plans count once the accounts are known again.
  if ((await redis.exists(keys.accountsRead)) === 0) return false;
  return mode === 'automatic' || (await redis.exists(keys.run)) === 1 || (await redis.exists(keys.reviewed)) === 1;
}

/** Asks for a sync; in manual mode it opens a run. Repeated, if Redis has lost it. */
export async function putRequest(
  state: State,
  request: SyncRequest,
  { mode, by, atMs }: { mode: Mode; by: string; atMs: number },
): Promise<void> {
  const opened: Run = { by, atMs, request };
  const writes = mode === 'manual' ? [['SET', state.keys.run, JSON.stringify(opened)]] : [];
  const asked = { did: 'asked for a sync', of: deliveries, was: null, is: { ...request }, source: null };
  await state.commit({
    guards: [],
    writes: [...requestWrites(state, request), ...writes, auditWrite(state.keys, { by, atMs, ...asked })],
  });
}

/** A run that can't be done, as an end is away, is over after this, ms: what comes later isn't what was asked for. */
export const longestWaitMs = 3_600_000;

/** Ends the run once nothing of what was asked for is outstanding, or nothing can be done about it. */
export async function endRunIfDone(store: Store, watched: Watched, nowMs: number): Promise<void> {
  const { redis, keys, commit } = store;
  const { raw, value } = parseStored(run, keys.run, await redis.get(keys.run));
  if (value === null) return;
  const snapshot = await readSnapshot(store, watched, nowMs);
  const isStuck = nowMs - value.atMs > longestWaitMs && snapshot.toDeliver === 0;
  if (!isStuck && !isFinished(outstandingOf(snapshot, value.request))) return;
  await commit({ guards: [{ command: ['GET', keys.run], is: raw }], writes: [['DEL', keys.run]] });
}
