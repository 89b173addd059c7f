/**
 * A directory that refuses the connector's account. AD locks an account after a few wrong passwords, and a locked service
 * account would stop more than this connector; so all watchers together try again only so often.
 */
import type { DirectoryError } from '@connector/active-directory/errors.ts';
import { pause } from '@connector/shared/every.ts';
import type { Store } from '@connector/shared/store.ts';
import { countRefusal, forgetRefusals, lastOfWatchers } from '@connector/sync/directory/bind-refusals.ts';
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

/** Waits without giving up the lease, so that no other watcher tries meanwhile. @returns `false` when the lease is lost, or the signal given, before */
async function sitOut(lease: Lease, { ms, signal }: { ms: number; signal: AbortSignal }): Promise<boolean> {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs) {
    if (signal.aborted || !(await lease.renew())) return false;
    await pause(Math.min(renewEveryMs, Math.max(0, untilMs - performance.now())), signal);
  }
  return !signal.aborted;
}

/**
 * When one watcher may sign in to a directory. It knows of its own refusals, whatever becomes of the lease and of Redis meanwhile; and of those of
 * other watchers since it began, by Redis. Of those before it asks nobody: whoever has mended the account restarts the watcher. Nor of those of a
 * console or a pusher: one that has the old password still must not keep watchers from reading.
 */
export class SignInRest {
  readonly #store: Store;
  readonly #directory: string;
  /** By a clock that nobody sets, ms, as all times here. */
  readonly #beganAtMs = performance.now();
  #refused = 0;
  #notBeforeMs = 0;

  constructor(store: Store, directory: string) {
    this.#store = store;
    this.#directory = directory;
  }

  /** Counts a refusal. The rest is known before Redis is asked for what others have counted: it may be away. */
  async refused(error: Pick<DirectoryError, 'countsTowardsLockOut'>): Promise<void> {
    const restFor = (count: number) => {
      this.#notBeforeMs = performance.now() + pauseAfterMs(error, count);
    };
    if (!error.countsTowardsLockOut) return restFor(0);
    restFor(++this.#refused);
    restFor(Math.max(this.#refused, await countRefusal(this.#store, this.#directory, { of: 'watcher' })));
  }

  /** The account was taken: counting begins anew. */
  async taken(): Promise<void> {
    this.#refused = 0;
    await forgetRefusals(this.#store, this.#directory);
  }

  /** How long nobody may try, ms; 0 or less: they may. */
  async leftMs(): Promise<number> {
    const nowMs = performance.now();
    const last = await lastOfWatchers(this.#store, this.#directory);
    const isNews = last !== null && last.agoMs < nowMs - this.#beganAtMs;
    const ofOthersMs = isNews ? pauseAfterMs({ countsTowardsLockOut: true }, last.count) - last.agoMs : 0;
    return Math.max(ofOthersMs, this.#notBeforeMs - nowMs);
  }

  /** Rests as the active watcher for as long as is left. @returns whether it still is the active one, and may try */
  async sitOut(lease: Lease, signal: AbortSignal): Promise<boolean> {
    return await sitOut(lease, { ms: await this.leftMs(), signal });
  }
}
