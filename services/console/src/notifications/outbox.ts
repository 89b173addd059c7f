/**
 * Messages that are still to be sent, each once for every way. A message stays until the other side has taken it, so it is sent at least once:
 * a process that is killed between sending and noting it sends it again, with the id that it had.
 */
import type { Keys } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';
import { z } from 'zod';
import { body, type Message } from './message.ts';
import { readable } from './readable.ts';
import type { WayName } from './way.ts';

/** A message on its way. */
export const outgoing = z.strictObject({
  id: z.string(),
  /** The condition that it tells of: its messages keep their order. */
  about: z.string(),
  body,
  atMs: z.number(),
  /** How often it was tried in vain. */
  attempts: z.number().int(),
  /** Not before, ms since 1970. */
  nextTryAtMs: z.number(),
  /** Why the last try failed. */
  failure: z.string().nullable(),
});
export type Outgoing = z.infer<typeof outgoing>;

/** The same, with where it lies. */
export interface Waiting extends Outgoing {
  readonly way: WayName;
  readonly field: string;
  /** As it is stored, for a guard. */
  readonly raw: string;
}

/** Pauses after each try that failed, ms; after the last one, the same again and again. */
const pausesMs = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];
/** What couldn't be told for so long is of no use any more, ms: a long weekend. */
export const keptForMs = 4 * 24 * 3_600_000;

/** How long to wait after the failure of a try. @param attempts how many have failed, this one included */
export const pauseAfterMs = (attempts: number): number => pausesMs[Math.min(attempts, pausesMs.length) - 1] ?? 0;

/** Everything that waits, the oldest first, but for what this release can't read: another one may (`dropUnreadable`). */
export async function readOutbox({ redis, keys }: Store): Promise<Waiting[]> {
  const all = Object.entries(await redis.hgetall(keys.outbox)).flatMap(([field, raw]) => {
    const value = readable(outgoing, raw);
    const way: WayName = field.startsWith('email/') ? 'email' : 'webhook';
    return value === null ? [] : [{ ...value, way, field, raw }];
  });
  return all.sort((a, b) => a.atMs - b.atMs || a.id.localeCompare(b.id));
}

/** The write that puts a message there. */
export function outgoingWrite(
  keys: Keys,
  way: WayName,
  { id, body: told }: Message,
  about: { name: string; atMs: number },
) {
  const next: Outgoing = {
    id,
    about: about.name,
    body: told,
    atMs: about.atMs,
    attempts: 0,
    nextTryAtMs: about.atMs,
    failure: null,
  };
  return ['HSET', keys.outbox, `${way}/${id}`, JSON.stringify(next)];
}

/** What may be sent one way now: of each condition the oldest alone, so that no end is told before its beginning. */
export function dueOf(waiting: readonly Waiting[], way: WayName, nowMs: number): Waiting[] {
  const first = new Map<string, Waiting>();
  for (const each of waiting) if (each.way === way && !first.has(each.about)) first.set(each.about, each);
  return [...first.values()].filter(({ nextTryAtMs }) => nextTryAtMs <= nowMs);
}

/** Those whom a newer message of the same condition makes needless: what has changed since they were written is in that one. */
export const outdatedBy = (waiting: readonly Waiting[], about: string): Waiting[] =>
  waiting.filter(
    (each) => each.about === about && each.attempts === 0 && ['changed', 'reminder'].includes(each.body.data.phase),
  );

/** When a message was written, whatever else it says. */
const written = z.object({ atMs: z.number() });

/** Takes out what this release can't read, once it is too old to be told, or nothing says how old it is. @returns the fields where it was */
export async function dropUnreadable(store: Store, nowMs: number): Promise<string[]> {
  const { redis, keys } = store;
  const dropped = Object.entries(await redis.hgetall(keys.outbox)).filter(([, raw]) => {
    if (readable(outgoing, raw) !== null) return false;
    const { atMs = 0 } = readable(written, raw) ?? {};
    return nowMs - atMs > keptForMs;
  });
  for (const [field, raw] of dropped) await remove(store, { field, raw });
  return dropped.map(([field]) => field);
}

/** Takes a message out, once it was sent or is given up. @returns whether it was still there as it was read */
export async function remove(
  { keys, commit }: Store,
  { field, raw }: Pick<Waiting, 'field' | 'raw'>,
): Promise<boolean> {
  const guard = { command: ['HGET', keys.outbox, field], is: raw };
  return (await commit({ guards: [guard], writes: [['HDEL', keys.outbox, field]] })).committed;
}

/** Notes that a try failed, and when the next one is due. */
export async function postpone({ keys, commit }: Store, waiting: Waiting, failed: { failure: string; nowMs: number }) {
  const { way: _, field, raw, ...message } = waiting;
  const attempts = message.attempts + 1;
  const nextTryAtMs = failed.nowMs + pauseAfterMs(attempts);
  const next: Outgoing = { ...message, attempts, nextTryAtMs, failure: failed.failure };
  const guard = { command: ['HGET', keys.outbox, field], is: raw };
  await commit({ guards: [guard], writes: [['HSET', keys.outbox, field, JSON.stringify(next)]] });
  return next;
}
