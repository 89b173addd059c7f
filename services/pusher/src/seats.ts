/**
 * Seats, LastPass's licences. Once it says that none is free, creates and enables wait, whoever's they are; one of them is tried
 * each minute, and with the first that passes all go on. Said once when it begins, and once when it is over.
 */
import { noSeat } from '@connector/shared/no-seat.ts';
import { setAside } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import type { Logger } from 'pino';

/** Without a free seat, one account is tried this often, ms. */
const tryEveryMs = 60_000;

/** What a call that takes seats may do: go as it is, try with one account, or wait. */
export type SeatsAnswer =
  | { readonly may: 'go' | 'try' }
  | { readonly may: 'wait'; readonly untilMs: number; readonly message: string };

export class Seats {
  readonly #store: Store;
  readonly #log: Logger;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  async ask(): Promise<SeatsAnswer> {
    const { redis, keys, commit } = this.#store;
    const { raw, value } = parseStored(noSeat, keys.noSeat, await redis.get(keys.noSeat));
    if (value === null) return { may: 'go' };
    const { message, tryAgainAtMs } = value;
    if (tryAgainAtMs > Date.now()) return { may: 'wait', untilMs: tryAgainAtMs, message };
    const untilMs = Date.now() + tryEveryMs;
    const { committed } = await commit({
      guards: [{ command: ['GET', keys.noSeat], is: raw }],
      writes: [['SET', keys.noSeat, JSON.stringify({ ...value, tryAgainAtMs: untilMs })]],
    });
    return committed ? { may: 'try' } : { may: 'wait', untilMs, message };
  }

  /** LastPass says that no seat is free. @returns when one is tried again */
  async noneLeft(message: string): Promise<number> {
    const { redis, keys, commit } = this.#store;
    const { raw, value } = parseStored(noSeat, keys.noSeat, await redis.get(keys.noSeat));
    const untilMs = Date.now() + tryEveryMs;
    const next = { message, sinceMs: value?.sinceMs ?? Date.now(), tryAgainAtMs: untilMs };
    const { committed } = await commit({
      guards: [{ command: ['GET', keys.noSeat], is: raw }],
      writes: [['SET', keys.noSeat, JSON.stringify(next)]],
    });
    if (committed && value === null)
      this.#log.warn(
        `LastPass has no seat left ("${message}"): new accounts wait, everything else goes on; add licences, or free some. Who waits: connector aside`,
      );
    return untilMs;
  }

  /** LastPass took somebody who needs a seat: all who wait go on. */
  async someLeft(): Promise<void> {
    const { redis, keys, commit } = this.#store;
    const raw = await redis.get(keys.noSeat);
    if (raw === null) return;
    const waiting = Object.entries(await redis.hgetall(keys.setAside)).flatMap(([person, aside]) =>
      parseStored(setAside, keys.setAside, aside).value?.kind === 'no-seat' ? [person] : [],
    );
    const now = String(Date.now());
    const { committed } = await commit({
      guards: [{ command: ['GET', keys.noSeat], is: raw }],
      writes: [['DEL', keys.noSeat], ...waiting.map((person) => ['ZADD', keys.toDeliver, 'XX', 'LT', now, person])],
    });
    if (committed) this.#log.info(`LastPass has seats again: the ${waiting.length} who waited go on`);
  }
}
