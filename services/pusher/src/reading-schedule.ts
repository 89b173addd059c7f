/** When one pusher thinks that the accounts are to be read again. */
import { isDueAgain } from '@connector/shared/schedule.ts';

interface Clocks {
  /** ms since 1970. */
  readonly nowMs: number;
  /** ms, of a clock that nobody sets. */
  readonly steadyMs: number;
}

const clocks = (): Clocks => ({ nowMs: Date.now(), steadyMs: performance.now() });

/**
 * By the time of the last reading, which whichever pusher did it told by its own clock. One that lies far ahead and was told while we looked is that
 * of a pusher whose clock is ahead still: it counts from when we saw it, else two such pushers would read in turn without a rest.
 */
export class ReadingSchedule {
  readonly #everyMs: number;
  #seen: { readonly lastMs: number; readonly sinceMs: number } | null = null;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  isDue(lastMs: number, { nowMs, steadyMs }: Clocks = clocks()): boolean {
    if (lastMs !== this.#seen?.lastMs)
      this.#seen = { lastMs, sinceMs: this.#seen === null ? Number.NEGATIVE_INFINITY : steadyMs };
    if (!isDueAgain({ lastMs, everyMs: this.#everyMs, nowMs })) return false;
    return lastMs <= nowMs || steadyMs - this.#seen.sinceMs >= this.#everyMs;
  }
}
