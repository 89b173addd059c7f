/**
 * Deeds whose order of arrival doesn't matter. While services run, nobody knows which moments between two operations the
 * connector sees; so that the oracle still knows exactly what must come of it, only such deeds are done in one round of which
 * the same comes whichever moments are seen. That is tried: each lane is an oracle that sees moments of its own choice, and none after a moment.
 */
import type { Operation } from '../acceptance/directory-model.ts';
import type { Random } from '../acceptance/random.ts';
import type { Deed } from '../acceptance/random-operations.ts';
import type { SettledOracle } from '../oracle/settled-oracle.ts';

/** How likely a lane sees the moment after an operation: all, some, and none. */
const [all, some, none] = [1, [0.5, 0.3], 0] as const;
/** So many lanes have stopped at some moment and see nothing more; of more than these, an early one is given up. */
const mostStopped = 14;
/** How likely one stops after a deed. */
const stopChance = 0.5;

/** A deed isn't looked for for ever. */
const tries = 40;

interface Lane {
  readonly sight: number;
  readonly oracle: SettledOracle;
}

export class Lanes {
  readonly #random: Random;
  #lanes: readonly Lane[];

  /** Begins at a moment at which everything had arrived, unless the oracle was told of another policy since. */
  constructor(oracle: SettledOracle, random: Random) {
    this.#random = random;
    this.#lanes = [all, ...some, none].map((sight) => ({ sight, oracle: oracle.copy(oracle.directory.copy()) }));
    for (const lane of this.#lanes) this.#perhapsSee(lane);
  }

  /** The first deed offered of which the same comes whatever is seen; `null` when there is none among many. */
  choose(offer: () => Deed): Deed | null {
    for (let attempt = 0; attempt < tries; attempt++) {
      const deed = offer();
      if (this.#accept(deed)) return deed;
    }
    return null;
  }

  #accept(deed: Deed): boolean {
    const tried = this.#lanes.map(({ sight, oracle }) => ({ sight, oracle: oracle.copy(oracle.directory.copy()) }));
    for (const lane of tried) this.#happen(lane, deed);
    const [first, ...others] = tried.map(({ oracle }) => endOf(oracle));
    if (!others.every((text) => text === first)) return false;
    this.#lanes = tried;
    if (this.#random.chance(stopChance)) this.#stopHere();
    return true;
  }

  /** What somebody is like who leaves the scope stays; so it counts which moment was the last that was seen of them. */
  #stopHere(): void {
    const [seesAll] = this.#lanes;
    if (seesAll === undefined) return;
    const oracle = seesAll.oracle.copy(seesAll.oracle.directory.copy());
    const others = this.#lanes.filter(({ sight }) => sight !== none);
    const stopped = [...this.#lanes.filter(({ sight }) => sight === none), { sight: none, oracle }];
    const early = 1 + this.#random.below(mostStopped / 2); // the first of all has never seen anything, and stays
    this.#lanes = [...others, ...stopped.filter((_, index) => stopped.length <= mostStopped || index !== early)];
  }

  #happen(lane: Lane, operations: readonly Operation[]): void {
    for (const operation of operations) {
      lane.oracle.directory.apply(operation);
      this.#perhapsSee(lane);
    }
  }

  #perhapsSee({ sight, oracle }: Lane): void {
    if (this.#random.chance(sight)) oracle.settle();
  }
}

/** What comes of everything in the end. */
function endOf(oracle: SettledOracle): string {
  const end = oracle.copy(oracle.directory.copy());
  end.settle();
  return end.text;
}
