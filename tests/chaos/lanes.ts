/**
 * Deeds whose order of arrival doesn't matter. While services run, nobody knows which moments between two operations the
 * connector sees; so that the oracle still knows exactly what must come of it, only such deeds are done in one round of which
 * the same comes whichever moments are seen. That is tried: each lane is an oracle that sees moments of its own choice, and none after a moment.
 */
import type { Operation } from '../acceptance/directory-model.ts';
import type { Random } from '../acceptance/random.ts';
import type { Deed } from '../acceptance/random-operations.ts';
import { type Domain, domainOfOperation, domains, labs } from '../oracle/domains.ts';
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
  /** Of two domains, the one of which nothing more is heard: what has happened there since. */
  readonly unheard?: { readonly domain: Domain; readonly operations: Operation[] };
}

/** The same, to go another way. */
const copyOf = ({ sight, oracle, unheard }: Lane): Lane => ({
  sight,
  oracle: oracle.copy(oracle.directory.copy()),
  ...(unheard ? { unheard: { ...unheard, operations: [...unheard.operations] } } : {}),
});

const isStopped = ({ sight, unheard }: Lane): boolean => sight === none || unheard !== undefined;

export class Lanes {
  readonly #random: Random;
  readonly #isOfTwo: boolean;
  #lanes: readonly Lane[];

  /** Begins at a moment at which everything had arrived, unless the oracle was told of another policy since. */
  constructor(oracle: SettledOracle, random: Random) {
    this.#random = random;
    const sights: Omit<Lane, 'oracle'>[] = [all, ...some, none].map((sight) => ({ sight }));
    this.#isOfTwo = oracle.directory.ous.has(labs.mark);
    if (this.#isOfTwo) sights.push(...domains.map((domain) => ({ sight: all, unheard: { domain, operations: [] } })));
    this.#lanes = sights.map((lane) => copyOf({ ...lane, oracle }));
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
    const tried = this.#lanes.map(copyOf);
    for (const lane of tried) this.#happen(lane, deed);
    const [first, ...others] = tried.flatMap(endsOf);
    if (!others.every((text) => text === first)) return false;
    this.#lanes = tried;
    if (this.#random.chance(stopChance)) this.#stopHere();
    return true;
  }

  /**
   * What somebody is like who leaves the scope stays; so it counts which moment was the last that was seen of them. Of two domains one may go
   * on being heard of, as each is read by itself.
   */
  #stopHere(): void {
    const [seesAll] = this.#lanes;
    if (seesAll === undefined) return;
    const domain = this.#isOfTwo && this.#random.chance(0.6) ? this.#random.pick(domains) : undefined;
    const lane = copyOf({ ...seesAll, ...(domain ? { unheard: { domain, operations: [] } } : { sight: none }) });
    const others = this.#lanes.filter((each) => !isStopped(each));
    const stopped = [...this.#lanes.filter(isStopped), lane];
    const always = this.#isOfTwo ? 1 + domains.length : 1; // those that have never seen anything, and stay
    const early = always + this.#random.below(mostStopped / 2);
    this.#lanes = [...others, ...stopped.filter((_, index) => stopped.length <= mostStopped || index !== early)];
  }

  #happen(lane: Lane, operations: readonly Operation[]): void {
    for (const operation of operations) {
      if (lane.unheard?.domain === domainOfOperation(operation)) {
        lane.unheard.operations.push(operation);
        continue;
      }
      lane.oracle.directory.apply(operation);
      this.#perhapsSee(lane);
    }
  }

  #perhapsSee({ sight, oracle }: Lane): void {
    if (this.#random.chance(sight)) oracle.settle();
  }
}

/** What comes of everything in the end; of what wasn't heard of, both when it is seen at once and when it is seen one by one. */
function endsOf({ oracle, unheard }: Lane): string[] {
  const ways = unheard && unheard.operations.length > 0 ? [false, true] : [false];
  return ways.map((isOneByOne) => {
    const end = oracle.copy(oracle.directory.copy());
    for (const operation of unheard?.operations ?? []) {
      end.directory.apply(operation);
      if (isOneByOne) end.settle();
    }
    end.settle();
    return end.text;
  });
}
