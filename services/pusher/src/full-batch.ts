/**
 * Waiting a moment for a full call. Where many are planned one after the other, whoever delivers at once takes the first few of them, and it
 * takes twice the calls. A single change waits for nobody: by then nobody else is to be planned.
 */
import { pause } from '@connector/shared/every.ts';
import type { Store } from '@connector/shared/store.ts';

/** Nobody is kept waiting longer, ms. */
const longestMs = 200;
const lookEveryMs = 20;

/** Waits until as many are due as one call takes, or nobody is being planned who may become due; not while a leaver is due. */
export async function waitForFullBatch(
  { redis, keys }: Store,
  { atMost, signal }: { readonly atMost: number; readonly signal: AbortSignal },
): Promise<void> {
  for (const untilMs = Date.now() + longestMs; !signal.aborted; ) {
    const nowMs = Date.now();
    const [due, leavers, toPlan] = await Promise.all([
      redis.zcount(keys.toDeliver, '-inf', nowMs),
      redis.zcount(keys.leavers, '-inf', nowMs),
      redis.zcard(keys.toPlan),
    ]);
    if (due === 0 || due >= atMost || leavers > 0 || toPlan === 0 || nowMs >= untilMs) return;
    await pause(lookEveryMs, signal);
  }
}
