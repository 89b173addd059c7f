/** How far a sync is, and what stands in its way, in words. */

import { isFinished, type Outstanding, partsOf } from '@connector/sync/requests/outstanding.ts';
import { timeLeftText } from '../text/time-left.ts';

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

/** What came and what went between two looks at the problems. */
export function problemLines(before: readonly string[], now: readonly string[]): string[] {
  const came = now.filter((problem) => !before.includes(problem)).map((problem) => `problem: ${problem}`);
  const went = before.filter((problem) => !now.includes(problem)).map((problem) => `solved: ${problem}`);
  return [...went, ...came];
}
