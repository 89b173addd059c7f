/** How changes got to LastPass in the last day, for charts. */
import type { Store } from '@connector/shared/store.ts';
import { readLatencyOfSlots, slotMs } from '@connector/sync/requests/latency.ts';
import { isoText } from '../text/when.ts';

export interface LastDay {
  /** When this was so. */
  readonly at: string;
  /** So long a time each of these is about, ms. */
  readonly slotMs: number;
  /** The oldest first; without those in which nothing reached LastPass. */
  readonly slots: readonly {
    /** When it began. */
    readonly from: string;
    /** People whose change in a directory reached LastPass. */
    readonly people: number;
    /** Half of them took at most so long from the reading of the change, ms. */
    readonly p50Ms: number;
    /** 95 in a hundred of them, ms. */
    readonly p95Ms: number;
  }[];
}

/** Reads it. */
export async function readLastDay(store: Store, nowMs: number): Promise<LastDay> {
  const slots = await readLatencyOfSlots(store, nowMs);
  return {
    at: isoText(nowMs),
    slotMs,
    slots: slots.flatMap(({ fromMs, people, p50Ms, p95Ms }) =>
      p50Ms === null || p95Ms === null ? [] : [{ from: isoText(fromMs), people, p50Ms, p95Ms }],
    ),
  };
}
