/** The last day by the hour: how many people's changes reached LastPass, and how soon. Pure. */
import type { LastDayDocument } from '../../api/documents.ts';

/** One hour by the clock of whoever looks. */
export interface Hour {
  /** When it begins, ms since 1970. */
  readonly fromMs: number;
  /** People whose change reached LastPass. */
  readonly people: number;
  /** In the slowest five minutes of it, 95 in a hundred took at most so long, ms; `null`: nobody's did. */
  readonly p95Ms: number | null;
}

const hourMs = 3_600_000;
const hours = 24;

/** Its hours, the oldest first; the last one isn't over. */
export function hoursOf({ at, slots }: LastDayDocument): Hour[] {
  const beganMs = Math.floor(Date.parse(at) / hourMs) * hourMs - (hours - 1) * hourMs;
  const byHour = Map.groupBy(slots, ({ from }) => Math.floor((Date.parse(from) - beganMs) / hourMs));
  return Array.from({ length: hours }, (_, index) => {
    const these = byHour.get(index) ?? [];
    return {
      fromMs: beganMs + index * hourMs,
      people: these.reduce((sum, { people }) => sum + people, 0),
      p95Ms: these.length === 0 ? null : Math.max(...these.map(({ p95Ms }) => p95Ms)),
    };
  });
}
