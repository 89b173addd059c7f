/** Telling how a sync gets on: at every change of what is being done, and now and then in between. */

import { isFinished, type Outstanding, partsOf } from '@connector/sync/requests/outstanding.ts';
import { timeLeftText } from '../text/time-left.ts';

/** Where lines stay, a change of numbers alone is told this seldom, ms. */
const retellAfterMs = 5_000;

/** How far it is. */
export interface Progress {
  readonly outstanding: Outstanding;
  /** How long deliveries take, ms; `null`: unknown yet. */
  readonly timeLeftMs: number | null;
}

export function progressText({ outstanding, timeLeftMs }: Progress): string {
  if (isFinished(outstanding)) return 'finishing';
  const parts = partsOf(outstanding);
  const texts = parts.map(({ text }) => text);
  if (outstanding.toDeliver === 0) return texts.join(', ');
  // What isn't planned yet may be to be delivered, too.
  return [...texts, timeLeftText(timeLeftMs, { isAll: parts.length === 1 })].join(', ');
}

/** Picks the lines worth telling where every line stays. */
export class ProgressLines {
  #kinds = '';
  #text = '';
  #toldAtMs = 0;

  /** @returns the line to tell now; `null` when there is nothing new */
  next(progress: Progress, nowMs: number): string | null {
    const { outstanding } = progress;
    const text = progressText(progress);
    const kinds = partsOf(outstanding)
      .map(({ kind }) => kind)
      .join();
    const isNew = kinds !== this.#kinds || (text !== this.#text && nowMs - this.#toldAtMs >= retellAfterMs);
    if (!isNew || isFinished(outstanding)) return null;
    this.#kinds = kinds;
    this.#text = text;
    this.#toldAtMs = nowMs;
    return text;
  }
}

/** What came and what went between two looks at the problems. */
export function problemLines(before: readonly string[], now: readonly string[]): string[] {
  const came = now.filter((problem) => !before.includes(problem)).map((problem) => `problem: ${problem}`);
  const went = before.filter((problem) => !now.includes(problem)).map((problem) => `solved: ${problem}`);
  return [...went, ...came];
}
