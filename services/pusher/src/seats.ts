/**
 * Seats, LastPass's licences. Once it says that none is free, creates and enables wait, whoever's they are; one of them is tried
 * each minute, and with the first that passes all go on. Said once when it begins, and once when it is over.
 */
import { noSeat } from '@connector/shared/no-seat.ts';
import { setAside } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import type { Logger } from 'pino';

/** Without a free seat, one account is tried this often, ms. */
const tryEveryMs = 60_000;

/** That no seat is free, as it was read or said: whoever waits for that must not begin to once it is over. */
export interface NoSeatFree {
  readonly message: string;
  /** When one is tried again, ms since 1970. */
  readonly untilMs: number;
  /** Holds as long as it stands so. */
  readonly guard: Guard;
}

/** What a call that takes seats may do: go as it is, try with one account, or wait. */
export type SeatsAnswer = { readonly may: 'go' | 'try' } | ({ readonly may: 'wait' } & NoSeatFree);

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
    const guard: Guard = { command: ['GET', keys.noSeat], is: raw };
    if (tryAgainAtMs > Date.now()) return { may: 'wait', untilMs: tryAgainAtMs, message, guard };
    const untilMs = Date.now() + tryEveryMs;
    const { committed } = await commit({
      guards: [guard],
      writes: [['SET', keys.noSeat, JSON.stringify({ ...value, tryAgainAtMs: untilMs })]],
    });
    return committed ? { may: 'try' } : this.ask();
  }

  /** LastPass says that no seat is free. */
  async noneLeft(message: string): Promise<NoSeatFree> {
    const { redis, keys, commit } = this.#store;
    const { raw, value } = parseStored(noSeat, keys.noSeat, await redis.get(keys.noSeat));
    const untilMs = Date.now() + tryEveryMs;
    const next = JSON.stringify({ message, sinceMs: value?.sinceMs ?? Date.now(), tryAgainAtMs: untilMs });
    const { committed } = await commit({
      guards: [{ command: ['GET', keys.noSeat], is: raw }],
      writes: [['SET', keys.noSeat, next]],
    });
    if (!committed) return this.noneLeft(message);
    if (value === null)
      this.#log.warn(
        `LastPass has no seat left ("${message}"): new accounts wait, everything else goes on; add licences, or free some. Who waits: connector aside`,
      );
    return { message, untilMs, guard: { command: ['GET', keys.noSeat], is: next } };
  }

  /** LastPass took somebody who needs a seat: all who wait go on. */
  async someLeft(): Promise<void> {
    const { redis, keys, commit } = this.#store;
    const raw = await redis.get(keys.noSeat);
    if (raw === null) return;
    const over = await commit({
      guards: [{ command: ['GET', keys.noSeat], is: raw }],
      writes: [['DEL', keys.noSeat]],
    });
    if (!over.committed) return;
    // From now on nobody begins to wait: all who do are among these.
    const waiting = Object.entries(await redis.hgetall(keys.setAside)).flatMap(([person, aside]) =>
      parseStored(setAside, keys.setAside, aside).value?.kind === 'no-seat' ? [person] : [],
    );
    const now = String(Date.now());
    await commit({
      guards: [],
      writes: waiting.map((person) => ['ZADD', keys.toDeliver, 'XX', 'LT', now, person]),
    });
    this.#log.info(`LastPass has seats again: the ${waiting.length} who waited go on`);
  }
}
