/**
 * The run: round after round something happens in the directory or at LastPass while faults strike; then it is quiet, and
 * everything must be as the oracle says. One domain, one Redis and one LastPass for all rounds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../acceptance/random.ts';
import { RandomRounds } from '../oracle/random-rounds.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Lanes } from './lanes.ts';
import { anotherPolicy, firstPolicy, wordsOf } from './policies.ts';
import { areRead, askForAccounts, askForFullRead, settle } from './quiet.ts';
import { differencesAfter, type Round } from './verdict.ts';
import { type Injected, wave } from './wave.ts';
import { ChaosWorld } from './world.ts';

export interface ChaosOptions {
  readonly random: Random;
  /** How many faults to inject, at the least. */
  readonly faults: number;
  /** Told in a line how it goes. */
  readonly tell: (line: string) => void;
}

/** What came of a run. */
export interface Outcome {
  readonly rounds: number;
  readonly operations: number;
  /** Those of rounds that ended well. */
  readonly survived: readonly Injected[];
  /** What went wrong; `null` when nothing did. */
  readonly failure: Failure | null;
}

export interface Failure {
  readonly round: number;
  readonly differences: readonly string[];
  /** What happened to those whom these are about, in its order. */
  readonly story: readonly string[];
  /** The faults of the round. */
  readonly injected: readonly Injected[];
}

const faultsInRound = 20;
/** Between two deeds, ms: from 0 to twice this. */
const pauseMs = 100;
/** The accounts must be read within this, whatever goes wrong meanwhile, ms. */
const readWithinMs = 60_000;

/** Runs until so many faults were survived, or something is wrong. */
export async function runChaos(options: ChaosOptions): Promise<Outcome> {
  await using world = await ChaosWorld.create(firstPolicy);
  return await new Run(world, options).run();
}

/** What happens in a round. */
interface Plot {
  readonly words: string;
  /** While everything is quiet. */
  readonly first?: () => Promise<unknown>;
  /** While faults strike, until the signal is given. */
  readonly meanwhile: (signal: AbortSignal) => Promise<void>;
}

class Run {
  readonly #world: ChaosWorld;
  readonly #options: ChaosOptions;
  readonly #survived: Injected[] = [];
  readonly #life: RandomRounds;
  #rounds = 0;

  constructor(world: ChaosWorld, options: ChaosOptions) {
    this.#world = world;
    this.#options = options;
    const { oracle, operations } = world;
    this.#life = new RandomRounds({ oracle, operations, random: options.random });
  }

  async run(): Promise<Outcome> {
    const { faults } = this.#options;
    this.#world.replicas.startAll();
    let failure = await this.#round({ words: 'the first sync', meanwhile: async () => undefined }, 10);
    while (failure === null && this.#survived.length < faults)
      failure = await this.#round(this.#plot(), Math.min(faultsInRound, faults - this.#survived.length));
    const { operations } = this.#world;
    return { rounds: this.#rounds, operations: operations.length, survived: this.#survived, failure };
  }

  #plot(): Plot {
    const plots: [number, () => Plot][] = [
      [5, () => ({ words: 'operations', meanwhile: (signal) => this.#operations(signal) })],
      [3, () => this.#byHand()],
      [2, () => this.#otherPolicy()],
    ];
    return this.#options.random.weighted(plots)();
  }

  /** Something is done at LastPass by hand; it is read before anything happens in the directory, as the oracle takes for granted. */
  #byHand(): Plot {
    return {
      words: 'by hand',
      first: () => this.#world.byHand(this.#life.byHand()),
      meanwhile: async (signal) => {
        const request = await askForAccounts(this.#world);
        await waitUntil('the accounts to be read', () => areRead(this.#world, request), { withinMs: readWithinMs });
        await this.#operations(signal);
      },
    };
  }

  /** All services begin again with another policy, or other limits of the guard. */
  #otherPolicy(): Plot {
    const { random } = this.#options;
    const { policy, stack, replicas } = this.#world;
    const next = random.chance(0.5) ? { ...policy, tight: !policy.tight } : anotherPolicy(policy, random);
    return {
      words: wordsOf(next),
      first: async () => {
        await stack.stopAll();
        await this.#world.changePolicy(next);
        replicas.startAll();
      },
      meanwhile: (signal) => this.#operations(signal),
    };
  }

  /** Deeds as long as faults strike; now and then everything is read afresh meanwhile. */
  async #operations(signal: AbortSignal): Promise<void> {
    const { random } = this.#options;
    const lanes = new Lanes(this.#world.oracle, random);
    while (!signal.aborted) {
      const deed = lanes.choose(() => this.#life.deed());
      if (deed !== null) await this.#world.perform(deed);
      if (random.chance(0.02)) await askForFullRead(this.#world);
      await sleep(2 * random.next() * pauseMs);
    }
  }

  async #round({ words, first, meanwhile }: Plot, count: number): Promise<Failure | null> {
    const { tell, random } = this.#options;
    const world = this.#world;
    const round = ++this.#rounds;
    const callsBefore = await world.stack.simulator.lastCall();
    const began = performance.now();
    world.beginRound();
    await first?.();
    world.noteMoment();
    const over = new AbortController();
    const [injected] = await Promise.all([
      wave(world, { random, count }).finally(() => over.abort()),
      meanwhile(over.signal),
    ]);
    const calm = performance.now();
    const differences = await this.#verdict({ callsBefore, injected });
    const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1);
    const operations = `${world.operations.length} operations`;
    tell(
      `round ${round} (${words}): ${injected.length} faults in ${seconds(began, calm)} s, quiet after ${seconds(calm, performance.now())} s; ${operations}`,
    );
    if (differences.length > 0) return { round, differences, story: world.story.of(differences), injected };
    this.#survived.push(...injected);
    return null;
  }

  /** Waits until everything has arrived. @returns what isn't as it must be */
  async #verdict(round: Omit<Round, 'released'>): Promise<string[]> {
    try {
      const released = await settle(this.#world, round);
      this.#world.oracle.settle();
      this.#world.noteMoment();
      this.#world.story.tell({ moment: this.#rounds });
      return await differencesAfter(this.#world, { ...round, released });
    } catch (error) {
      return [`${(error as Error).message}${causeOf(error as Error)}`];
    }
  }
}

const causeOf = ({ cause }: Error): string => (cause instanceof Error ? `: ${cause.message}` : '');
