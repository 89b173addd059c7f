/**
 * Deeds whose order of arrival doesn't matter. While services run, nobody knows which moments between two operations the
 * connector sees; so that the oracle still knows exactly what must come of it, only such deeds are done in one round of which
 * the same comes whichever moments are seen. That is tried: each lane is an oracle that sees moments of its own choice.
 */
import type { Operation } from '../acceptance/directory-model.ts';
import type { Random } from '../acceptance/random.ts';
import type { Deed } from '../acceptance/random-operations.ts';
import type { SettledOracle } from '../oracle/settled-oracle.ts';

/** How likely each lane sees the moment after an operation: none, all, and some. */
const sights = [0, 1, 0.5, 0.3] as const;

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
    this.#lanes = sights.map((sight) => ({ sight, oracle: oracle.copy(oracle.directory.copy()) }));
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
    return true;
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
