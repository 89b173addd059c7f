/** Telling how a long wait gets on: what is outstanding, and how many people are through. */
import { isFinished, type Outstanding, partsOf } from '@connector/sync/requests/outstanding.ts';
import type { Report } from '../progress/report.ts';
import type { Terminal } from '../terminal.ts';
import { problemLines } from './progress.ts';
import type { Look } from './wait-for-sync.ts';

/** Tells problems as they come and go, and how far it is. */
export function tellerOn({ line, progress }: Pick<Terminal, 'line' | 'progress'>): (look: Look) => void {
  const tally = new Tally();
  let told: readonly string[] = [];
  return ({ outstanding, timeLeftMs, problems }) => {
    for (const text of problemLines(told, problems)) line(text);
    told = problems;
    if (outstanding === null) return;
    const counts = tally.next(outstanding);
    if (!isFinished(outstanding)) progress(reportOf(outstanding, { ...counts, timeLeftMs }));
  };
}

/** What is outstanding, as a report; what isn't planned yet may be to be delivered, too. */
function reportOf(
  outstanding: Outstanding,
  { timeLeftMs, ...counts }: Pick<Report, 'done' | 'of'> & { timeLeftMs: number | null },
): Report {
  const parts = partsOf(outstanding);
  return {
    kind: parts.map(({ kind }) => kind).join(),
    doing: parts.map(({ text }) => text).join(', '),
    ...counts,
    what: 'people',
    ...(outstanding.toDeliver > 0 ? { timeLeftMs } : {}),
    isAll: parts.length === 1,
  };
}

/** Counts people who were outstanding and aren't any more. */
export class Tally {
  #left = 0;
  #done = 0;

  /** `of` is unknown as long as something is still read: more may come. Before anybody is through there is nothing to tell. */
  next({ reading, readingAccounts, logEntries, toPlan, toJudge, toDeliver }: Outstanding): Pick<Report, 'done' | 'of'> {
    const left = toPlan + toJudge + toDeliver; // everybody is in one of them at a time
    this.#done += Math.max(0, this.#left - left);
    this.#left = left;
    if (this.#done === 0) return { done: null, of: null };
    const mayGrow = reading.length > 0 || readingAccounts || logEntries > 0;
    return { done: this.#done, of: mayGrow ? null : this.#done + left };
  }
}
