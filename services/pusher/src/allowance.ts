/**
 * How much LastPass bears, found by trying, for it publishes no limit but updateemail's: additive increase, multiplicative decrease, as
 * TCP finds what a way bears (RFC 5681, 3.1). It begins with the most that is configured. Pure.
 *
 * | what LastPass does | calls in a second | accounts in a call |
 * |---|---|---|
 * | answers quickly | a little more | a little more, if the call was nearly full |
 * | answers slowly, or fails in another way | as before | as before |
 * | adds "slow down" to its answer | half | half, if the call was half full |
 * | gives no answer in time | half | half, if the call was half full |
 * | answers HTTP 429, or asks to wait | half | as before |
 * | answers HTTP 413 to several accounts | as before | half of what was sent |
 *
 * A call that left before something was lowered says nothing about what has been allowed since: calls that fail side by side halve it once.
 */
import type { LastPassError } from '@connector/lastpass/errors.ts';
import { callTimeoutMs } from './settling.ts';

/** One quantity, and when it was lowered last: ms since 1970, by Redis' clock; 0: never. */
export interface Allowed {
  readonly value: number;
  readonly loweredAtMs: number;
}

/** The most that is configured. */
export interface Most {
  /** Calls in any second, reads included, of all pushers together. */
  readonly callsPerSecond: number;
  /** Accounts in one call. */
  readonly batchSize: number;
}

/** What is allowed now. Fractions count, so that little by little becomes more. */
export type Allowance = { readonly [Each in keyof Most]: Allowed };

/** What a call told of what LastPass bears. */
export type Sign = 'well' | 'too-often' | 'too-large' | 'too-much' | 'nothing';

/** A call that has come to its end. */
export interface EndedCall {
  readonly sign: Sign;
  /** When its turn was taken, ms since 1970, by Redis' clock. */
  readonly takenAtMs: number;
  readonly tookMs: number;
  /** Accounts in it that were to be changed together; 0 for a call that isn't a batch. */
  readonly accounts: number;
}

/** Neither is ever less. */
const least = 1;
/** A slower answer is no reason to ask for more, ms. */
export const quickMs = callTimeoutMs / 4;
/** A second of calls without a gap allows so many more in each. */
const callsMore = 1;
/** A call that was nearly full allows so many more accounts in the next. */
const accountsMore = 2;
/** What was cut before another call allowed a little more counts as full all the same. */
const nearlyFull = 0.75;

const never = 0;

/** What it begins with. */
export const firstAllowance = (most: Most): Allowance => ({
  callsPerSecond: { value: most.callsPerSecond, loweredAtMs: never },
  batchSize: { value: most.batchSize, loweredAtMs: never },
});

/** What a failed call told. */
export function signOf({ code, retryAfterMs }: LastPassError): Sign {
  if (code === 'too-large') return 'too-large';
  if (code === 'no-answer') return 'too-much';
  return code === 'rate-limited' || retryAfterMs !== undefined ? 'too-often' : 'nothing';
}

/** What is allowed after a call. @param nowMs by Redis' clock, ms since 1970 */
export function allowanceAfter(
  before: Allowance,
  call: EndedCall,
  { most, nowMs }: { most: Most; nowMs: number },
): Allowance {
  return {
    callsPerSecond: callsAfter(before.callsPerSecond, call, { most: most.callsPerSecond, nowMs }),
    batchSize: batchAfter(before.batchSize, call, { most: most.batchSize, nowMs }),
  };
}

interface Bounds {
  readonly most: number;
  readonly nowMs: number;
}

/** Whether it left before this was lowered last. What was lowered in time to come was so before Redis' clock went back, and says nothing. */
const leftBefore = (takenAtMs: number, { loweredAtMs }: Allowed, nowMs: number): boolean =>
  takenAtMs <= loweredAtMs && loweredAtMs <= nowMs;

function callsAfter(before: Allowed, { sign, takenAtMs, tookMs }: EndedCall, { most, nowMs }: Bounds): Allowed {
  if (leftBefore(takenAtMs, before, nowMs)) return before;
  if (sign === 'well' && tookMs <= quickMs) return raised(before, { by: callsMore / before.value, most });
  return sign === 'too-often' || sign === 'too-much' ? lowered(before.value / 2, nowMs) : before;
}

function batchAfter(before: Allowed, call: EndedCall, { most, nowMs }: Bounds): Allowed {
  const { sign, takenAtMs, tookMs, accounts } = call;
  // However long ago it left: what was too large then is too large now.
  const half = Math.ceil(accounts / 2); // as it goes on: the larger half is no larger than is allowed then
  if (sign === 'too-large' && accounts > 1) return half < before.value ? lowered(half, nowMs) : before;
  if (leftBefore(takenAtMs, before, nowMs)) return before;
  const isFull = accounts >= nearlyFull * Math.floor(before.value);
  if (sign === 'well' && isFull && tookMs <= quickMs) return raised(before, { by: accountsMore, most });
  const mayBeToBlame = accounts > 1 && accounts >= before.value / 2;
  return sign === 'too-much' && mayBeToBlame ? lowered(before.value / 2, nowMs) : before;
}

const raised = (before: Allowed, { by, most }: { by: number; most: number }): Allowed =>
  before.value >= most ? before : { ...before, value: Math.min(most, before.value + by) };

const lowered = (value: number, nowMs: number): Allowed => ({ value: Math.max(least, value), loweredAtMs: nowMs });

/** Whether these are the same. */
export const isSame = (one: Allowance, other: Allowance): boolean =>
  one.callsPerSecond === other.callsPerSecond && one.batchSize === other.batchSize;
