/**
 * A directory that refuses the connector's account. AD locks an account after a few wrong passwords, and a locked service
 * account would stop more than this connector; so all watchers together try again only so often.
 */
import type { DirectoryError } from '@connector/active-directory/errors.ts';
import { pause } from '@connector/shared/every.ts';
import type { Store } from '@connector/shared/store.ts';
import { countRefusal } from '@connector/sync/directory/bind-refusals.ts';
import { type Lease, renewEveryMs } from './lease.ts';

const minuteMs = 60_000;
/**
 * Pauses after a password that may be wrong, ms. At most three tries fall into any 30 minutes, which is the longest time over
 * which AD counts by common policies, and few lock at less than five.
 */
const pausesMs = [15_000, 15 * minuteMs];
const longestPauseMs = 31 * minuteMs;
/** After a refusal that doesn't count, such as of a disabled account, ms. */
const harmlessPauseMs = 30_000;

/** How long to wait after a refusal. @param count how many there were in a row, this one included */
export function pauseAfterMs({ countsTowardsLockOut }: Pick<DirectoryError, 'countsTowardsLockOut'>, count: number) {
  return countsTowardsLockOut ? (pausesMs[count - 1] ?? longestPauseMs) : harmlessPauseMs;
}

/** What to tell besides the reason. */
export const refusedAdvice = ({ countsTowardsLockOut }: Pick<DirectoryError, 'countsTowardsLockOut'>): string =>
  countsTowardsLockOut
    ? '; it is tried again ever more seldom, so that AD doesn’t lock the account: once it is mended, restart pusher, console and watcher, in this order, to try at once'
    : `; it is tried again every ${harmlessPauseMs / 1_000} s`;

/** Counts a refusal. @returns how long to wait before the next try, ms */
export async function noteRefusal(store: Store, directory: string, error: DirectoryError): Promise<number> {
  return pauseAfterMs(error, error.countsTowardsLockOut ? await countRefusal(store, directory) : 0);
}

/** Waits without giving up the lease, so that no other watcher tries meanwhile; ends early when the lease is lost. */
export async function sitOut(lease: Lease, { ms, signal }: { ms: number; signal: AbortSignal }): Promise<void> {
  const until = Date.now() + ms;
  while (!signal.aborted && Date.now() < until && (await lease.renew()))
    await pause(Math.min(renewEveryMs, Math.max(0, until - Date.now())), signal);
}
