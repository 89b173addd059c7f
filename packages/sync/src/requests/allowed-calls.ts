/** How much LastPass is allowed to be asked now, by all pushers together: what is configured, or less where it was found to bear less. */
import type { Store } from '@connector/shared/store.ts';

export interface AllowedCalls {
  /** Calls in a second. */
  readonly callsPerSecond: number;
  /** Accounts in one call. */
  readonly batchSize: number;
}

/** Neither is ever less. */
const least = 1;

/** Within its bounds, whatever was remembered of it. */
export const within = (value: number, most: number): number =>
  Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : most;

/** Reads it. @param most what is configured */
export async function readAllowedCalls(
  { redis, keys }: Store,
  { adaptive, ...most }: AllowedCalls & { readonly adaptive: boolean },
): Promise<AllowedCalls> {
  const { callsPerSecond, batchSize } = most;
  if (!adaptive) return { callsPerSecond, batchSize };
  const [calls, batch] = await redis.hmget(keys.callRate, 'callsPerSecond', 'batchSize');
  return {
    callsPerSecond: within(Number(calls ?? Number.NaN), callsPerSecond),
    batchSize: Math.floor(within(Number(batch ?? Number.NaN), batchSize)),
  };
}
