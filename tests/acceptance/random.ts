/** Chance that can be repeated: the same seed makes the same choices. */
import { createHash, randomInt } from 'node:crypto';

/** The seed to use: the environment's `SEED`, to repeat a run, else a new one. */
export function chosenSeed(): number {
  const given = process.env['SEED'];
  return given === undefined ? randomInt(1_000_000_000) : Number(given);
}

/** Mulberry32: small, and good enough to shuffle a company. */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** Another one, made from this one's seed and a name: how much is drawn here makes no difference there. */
  fork(name: string): Random {
    return new Random(createHash('sha256').update(`${this.seed} ${name}`).digest().readUInt32BE());
  }

  /** Goes on as the other one would. */
  goOnAs(other: Random): void {
    this.#state = other.#state;
  }

  /** From 0 up to, but not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 up to, but not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them; `undefined` when there is none. */
  pick<T>(all: Iterable<T>): T | undefined {
    const list = [...all];
    return list[this.below(list.length)];
  }

  /** One of them, in proportion to the weights. @throws RangeError when there is none */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, choice] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    throw new RangeError('nothing to choose from');
  }
}
