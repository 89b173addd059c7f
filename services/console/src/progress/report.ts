/** What a command tells of how far it is, and what its pace makes of that. */
import type { HowFar } from '@connector/sync/preview/how-far.ts';

/** @property doing - in words that may hold numbers: `planning 9, delivering 2` */
export interface Report extends HowFar {
  /** What kind of work that is, where the words may change with each report; else it is the words. */
  readonly kind?: string;
  /** How long it still takes, ms, where that is known better than by the pace; `null`: unknown yet. */
  readonly timeLeftMs?: number | null;
  /** Whether nothing else comes after it. */
  readonly isAll?: boolean;
}

/** For whoever must not be told. */
export const untold = (_: Report): void => undefined;

/** A report with what its pace tells. */
export interface Measured extends Omit<Report, 'timeLeftMs'> {
  readonly kind: string;
  /** How many are done in a second; `null`: unknown yet. */
  readonly perSecond: number | null;
  /** `undefined`: nobody says, nor can it be reckoned. */
  readonly timeLeftMs: number | null | undefined;
}

/** So far back is looked, ms, or to the report before: a pause counts, and what was quick long ago doesn't. */
const lookBackMs = 30_000;
/** In less than this nothing can be told of a pace, ms. */
const shortestMs = 1_000;

/** Measures how fast what is counted gets done. */
export class Pace {
  #what = '';
  #samples: { readonly atMs: number; readonly done: number }[] = [];

  measure(report: Report, nowMs: number): Measured {
    const { doing, kind = doing, done, of, what, timeLeftMs } = report;
    const perSecond = done === null ? null : this.#paceOf({ what, done }, nowMs);
    const left = done === null || of === null ? null : of - done;
    const reckonedMs = left === null || perSecond === null ? undefined : (left / perSecond) * 1_000;
    return { ...report, kind, perSecond, timeLeftMs: timeLeftMs === undefined ? reckonedMs : timeLeftMs };
  }

  #paceOf({ what, done }: { what: string; done: number }, nowMs: number): number | null {
    const isAnew = what !== this.#what || done < (this.#samples.at(-1)?.done ?? 0);
    if (isAnew) this.#samples = [];
    this.#what = what;
    this.#samples.push({ atMs: nowMs, done });
    while (this.#samples[1] !== undefined && this.#samples[1].atMs <= nowMs - lookBackMs) this.#samples.shift();
    const [first = { atMs: nowMs, done }] = this.#samples;
    const tookMs = nowMs - first.atMs;
    return tookMs < shortestMs || done === first.done ? null : ((done - first.done) / tookMs) * 1_000;
  }
}
