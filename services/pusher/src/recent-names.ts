/**
 * The user names that LastPass had a moment ago. All batches of creates that follow each other ask whether their accounts exist by now:
 * one list answers them all, and is gone on with from its end (`NameList`) when it is too old. Were it read whole each time, a first sync would be
 * as long as the square of its people.
 *
 * How long may somebody make an account by hand without being noticed? 20 s, as long as the end follows on what is known. Where it doesn't, as
 * after each deletion, the list is read whole: also then 20 s, or four times what the last whole one took, where that is more, so that
 * reading whole lists takes a fourth of the time at most. An account that is known under another name is noticed at the next reading of all
 * accounts (`sync.accountsEvery`), which has the plans of those concerned made anew: a change of address takes effect with a log-in, so
 * it isn't a disabled account that batchadd would enable.
 */

/** A list of names as LastPass has them, which can be gone on with. */
export interface Names {
  has(username: string): boolean;
  /** How many there are. */
  readonly size: number;
  /** Reads whoever has come since. @returns whether this is all that LastPass has */
  readOn(): Promise<boolean>;
}

/** What was listed before a certain time may lack what LastPass has carried out meanwhile; ms since 1970. */
export interface Known {
  readonly knownSinceMs: number;
}

/** A list of all accounts is taken for what LastPass has for so long, ms. */
export const freshForMs = 20_000;
/** A list that nobody has asked for in so long isn't gone on with, ms: whatever made creates follow each other is over. */
const goOnWithinMs = 5 * 60_000;
/** Reading whole lists takes at most one part of so many of the time. */
const partsOfTime = 4;

/** A list that was read whole. */
interface Whole {
  readonly names: Names;
  readonly beganMs: number;
  readonly tookMs: number;
}

export class RecentNames {
  readonly #readWhole: () => Promise<Names>;
  #whole: Whole | null = null;
  /** When it was last gone on with, ms since 1970. */
  #asOfMs = 0;
  /** A list from before doesn't count any more, whoever asks; ms since 1970. */
  #knownSinceMs = 0;
  /** Whether the end followed on what was known when it was last read. */
  #follows = true;
  #reading: Promise<Names> | null = null;

  /** @param readWhole lists the names of all accounts */
  constructor(readWhole: () => Promise<Names>) {
    this.#readWhole = readWhole;
  }

  /**
   * How many names needn't be read again for a list that is fresh. None where the last time the end didn't follow: to read all again, because
   * somebody has gone once more, may take more calls than to ask for those few who are due.
   */
  known({ knownSinceMs }: Known): number {
    this.#forgetBefore(knownSinceMs);
    const nowMs = Date.now();
    const names = this.#follows ? this.#toGoOnWith(nowMs)?.names : this.#listedSince(nowMs - freshForMs);
    return names?.size ?? 0;
  }

  /**
   * All names, not older than `freshForMs`, as far as the file's head promises it.
   * @throws whatever reading throws; it is tried again then
   */
  async fresh({ knownSinceMs }: Known): Promise<Pick<Names, 'has'>> {
    this.#forgetBefore(knownSinceMs);
    const sinceMs = Date.now() - freshForMs;
    if (this.#listedSince(sinceMs) === null) await this.#reading; // which may have begun too long ago
    return this.#listedSince(sinceMs) ?? this.#next();
  }

  #forgetBefore(ms: number): void {
    this.#knownSinceMs = Math.max(this.#knownSinceMs, ms);
    if (this.#whole !== null && this.#whole.beganMs < this.#knownSinceMs) this.#whole = null;
  }

  #listedSince(ms: number): Names | null {
    return this.#whole === null || this.#asOfMs < ms ? null : this.#whole.names;
  }

  /** A reading that is under way, or else a new one: either has begun since. */
  #next(): Promise<Names> {
    this.#reading ??= this.#readAgain().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAgain(): Promise<Names> {
    const beganMs = Date.now();
    const known = this.#toGoOnWith(beganMs);
    this.#follows = known === null || (await known.names.readOn());
    const suffices = known !== null && (this.#follows || isWithin(freshForMs, known, beganMs));
    const whole = suffices ? known : await this.#readAll(beganMs);
    this.#asOfMs = beganMs;
    this.#whole = whole;
    this.#forgetBefore(this.#knownSinceMs); // it may have begun too early for somebody who asked meanwhile
    return whole.names;
  }

  async #readAll(beganMs: number): Promise<Whole> {
    const names = await this.#readWhole();
    return { names, beganMs, tookMs: Date.now() - beganMs };
  }

  /** The list that is known, if a reading at this time would go on with it. */
  #toGoOnWith(nowMs: number): Whole | null {
    const asOf = { beganMs: this.#asOfMs, tookMs: this.#whole?.tookMs ?? 0 };
    return isWithin(goOnWithinMs, asOf, nowMs) ? this.#whole : null;
  }
}

/** Whether it began less than so long ago, or than four times as long as it took. */
const isWithin = (ms: number, { beganMs, tookMs }: Omit<Whole, 'names'>, nowMs: number): boolean =>
  nowMs - beganMs <= Math.max(ms, partsOfTime * tookMs);
