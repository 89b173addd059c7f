/**
 * The company's event log, which `reporting` reads: everything that changed, by whom, from where and when.
 *
 * It is bounded: the newest 100,000 events are sure to be kept, and never more than a tenth beyond them are in memory.
 * Every event has a time of its own in microseconds, as LastPass's cursor counts them, so no two share a place.
 */
import { z } from 'zod';
import type { Happening } from './happening.ts';

/** Events that are sure to be kept. */
const KEPT = 100_000;
const AT_MOST = KEPT + KEPT / 10;

export const companyEvent = z.strictObject({
  /** Microseconds since 1970; grows by one at least from each event to the next. */
  timeUs: z.number().int().min(0),
  /** Who did it: a person, the `apiuser` of a call, `API` for a call without one, `Admin Console` for the control API. */
  username: z.string(),
  ipAddress: z.string(),
  action: z.string(),
  data: z.string(),
});
export type CompanyEvent = z.infer<typeof companyEvent>;

/** Who makes things happen, from where and when. */
export type Occasion = { username: string; ipAddress: string; nowMs: number };

export class EventLog {
  #events: CompanyEvent[];

  /** Begins with these, which must be in the order of their times. */
  constructor(events: readonly CompanyEvent[] = []) {
    this.#events = events.slice(-KEPT);
  }

  get size(): number {
    return this.#events.length;
  }

  /** Appends what happened on one occasion, in its order. */
  add(happenings: readonly Happening[], { username, ipAddress, nowMs }: Occasion): void {
    for (const { action, data, username: by = username } of happenings) {
      const timeUs = Math.max(nowMs * 1_000, (this.#events.at(-1)?.timeUs ?? -1) + 1);
      this.#events.push({ timeUs, username: by, ipAddress, action, data });
    }
    if (this.#events.length > AT_MOST) this.#events = this.#events.slice(-KEPT);
  }

  /** From the newest to the oldest, those at or before `fromUs` only. */
  *newestFirst({ fromUs = Number.POSITIVE_INFINITY }: { fromUs?: number } = {}): Generator<CompanyEvent> {
    for (let at = this.#events.length - 1; at >= 0; at -= 1) {
      const event = this.#events[at];
      if (event !== undefined && event.timeUs <= fromUs) yield event;
    }
  }

  /** After that time, oldest first. */
  since(timeUs: number): CompanyEvent[] {
    const first = this.#events.findIndex((event) => event.timeUs > timeUs);
    return first === -1 ? [] : this.#events.slice(first);
  }

  list(): CompanyEvent[] {
    return [...this.#events];
  }

  clear(): void {
    this.#events = [];
  }
}
