/** When what is done every so often is to be done again, by a stored time of the last one. */

/**
 * Whether it is due.
 * @param lastMs when it was done last, ms since 1970, by the clock of whoever did it. A time that lies ahead by a whole period is of a clock that was
 *   wrong: it counts as long ago, else nothing would be done until then.
 */
export const isDueAgain = ({ lastMs, everyMs, nowMs }: { lastMs: number; everyMs: number; nowMs: number }): boolean =>
  Math.abs(nowMs - lastMs) >= everyMs;
