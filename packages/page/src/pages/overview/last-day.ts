/** The last day by the hour, out of the audit trail: how much was done at LastPass, and how soon it answered. Pure. */
import type { LogEntry } from '../../api/documents.ts';

/** One hour by the clock of whoever looks. */
export interface Hour {
  /** When it begins, ms since 1970. */
  readonly fromMs: number;
  /** Steps that LastPass has taken. */
  readonly done: number;
  /** Steps that it has refused. */
  readonly refused: number;
  /** The median of how long its answers took, ms; `null`: none was measured. */
  readonly answerMs: number | null;
}

const hourMs = 3_600_000;
const hours = 24;

/** Beginning of the day that is told of, ms since 1970. */
export const dayBeganMs = (nowMs: number): number => Math.floor(nowMs / hourMs) * hourMs - (hours - 1) * hourMs;

/** Its hours, the oldest first. What was asked of LastPass has its answer; everything else isn't counted. */
export function hoursOf(entries: readonly LogEntry[], nowMs: number): Hour[] {
  const beganMs = dayBeganMs(nowMs);
  const asked = entries.filter(({ answer }) => answer !== null);
  const byHour = Map.groupBy(asked, ({ at }) => Math.floor((Date.parse(at) - beganMs) / hourMs));
  return Array.from({ length: hours }, (_, index) => {
    const these = byHour.get(index) ?? [];
    const refused = these.filter(({ did }) => did.startsWith('tried to ')).length;
    const times = these.flatMap(({ answer }) => answer?.tookMs ?? []);
    return { fromMs: beganMs + index * hourMs, done: these.length - refused, refused, answerMs: median(times) };
  });
}

function median(numbers: readonly number[]): number | null {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? null;
}
