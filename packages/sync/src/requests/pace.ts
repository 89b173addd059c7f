/**
 * How long deliveries will take, from how fast they were: never from how fast they might be. Pushers note each batch that they have
 * delivered; whoever asks looks at the last stretch of them, in which pauses and everything that went wrong count, too.
 */
import type { Keys } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';

/** A batch of people to whom everything planned was delivered. */
export interface DeliveredBatch {
  /** When it was over, ms since 1970. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly people: number;
}

/** So far back is looked, ms. */
const lookBackMs = 60_000;
/** After so long without a batch, what was before is another stretch, ms: longer than a call's time limit and a pause. */
const gapMs = 30_000;

/** The writes that note a batch. @param owner names the batch */
export const paceWrites = (keys: Keys, owner: string, { atMs, tookMs, people }: DeliveredBatch): string[][] => [
  ['ZADD', keys.pace, String(atMs), `${owner}:${people}:${Math.round(tookMs)}`],
  ['ZREMRANGEBYSCORE', keys.pace, '-inf', String(atMs - lookBackMs)],
];

/** What a member and its score say; `null` for what isn't ours. */
function batchIn(member: string, score: string): DeliveredBatch | null {
  const [people, tookMs] = member.split(':').slice(-2).map(Number);
  const batch = { atMs: Number(score), tookMs: tookMs ?? Number.NaN, people: people ?? Number.NaN };
  return Object.values(batch).every((value) => Number.isFinite(value) && value >= 0) ? batch : null;
}

/** People delivered in a millisecond, over the last stretch; `null` when nothing was. */
export function paceOf(batches: readonly DeliveredBatch[], nowMs: number): number | null {
  const latestFirst = batches.filter(({ atMs }) => atMs > nowMs - lookBackMs).sort((a, b) => b.atMs - a.atMs);
  let fromMs = nowMs;
  let people = 0;
  for (const batch of latestFirst) {
    if (fromMs - batch.atMs > gapMs) break;
    people += batch.people;
    fromMs = Math.min(fromMs, batch.atMs - batch.tookMs);
  }
  return people === 0 ? null : people / Math.max(1, nowMs - fromMs);
}

/**
 * How long it takes to deliver to so many people, ms; `null`: unknown yet.
 * @param pausedMs so long nobody calls LastPass
 */
export function timeLeftMs(
  people: number,
  { batches, pausedMs, nowMs }: { batches: readonly DeliveredBatch[]; pausedMs: number; nowMs: number },
): number | null {
  const pace = paceOf(batches, nowMs);
  return pace === null ? null : Math.max(0, pausedMs) + people / pace;
}

/** The same for what Redis knows. */
export async function readTimeLeftMs({ redis, keys }: Store, people: number, nowMs: number): Promise<number | null> {
  const [noted, pausedUntil] = await Promise.all([
    redis.zrangebyscore(keys.pace, nowMs - lookBackMs, '+inf', 'WITHSCORES'),
    redis.hget(keys.callRate, 'pausedUntil'),
  ]);
  const batches: DeliveredBatch[] = [];
  for (let index = 0; index + 1 < noted.length; index += 2) {
    const batch = batchIn(noted[index] ?? '', noted[index + 1] ?? '');
    if (batch !== null) batches.push(batch);
  }
  return timeLeftMs(people, { batches, pausedMs: (Number(pausedUntil) || 0) - nowMs, nowMs });
}
