/** The last day as equal slots, also those in which nothing reached LastPass. Pure. */
import type { LastDayDocument } from '../../api/documents.ts';

export interface Slot {
  /** When it begins, ms since 1970. */
  readonly fromMs: number;
  /** Whose change reached LastPass in it. */
  readonly people: number;
  /** Half of them took at most so long, ms; 0 for nobody. */
  readonly p50Ms: number;
  /** 95 in a hundred of them, ms; 0 for nobody. */
  readonly p95Ms: number;
}

const dayMs = 86_400_000;

/** The oldest first; the last one isn't over. */
export function slotsOf({ at, slotMs, slots }: LastDayDocument): Slot[] {
  const known = new Map(slots.map((slot) => [Math.floor(Date.parse(slot.from) / slotMs), slot]));
  const last = Math.floor(Date.parse(at) / slotMs);
  const count = Math.round(dayMs / slotMs);
  return Array.from({ length: count }, (_, index) => {
    const number = last - count + 1 + index;
    const { people = 0, p50Ms = 0, p95Ms = 0 } = known.get(number) ?? {};
    return { fromMs: number * slotMs, people, p50Ms, p95Ms };
  });
}
