/**
 * The run: round after round something happens in the directory or at LastPass while faults strike; then it is quiet, and
 * everything must be as the oracle says. One domain, one Redis and one LastPass for all rounds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../acceptance/random.ts';
import { RandomRounds } from '../oracle/random-rounds.ts';
import { Lanes } from './lanes.ts';
import { anotherPolicy, firstPolicy } from './policies.ts';
import { askForAccounts, type Released, settle } from './quiet.ts';
import { differencesAfter } from './verdict.ts';
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

/** Runs until so many faults were survived, or something is wrong. */
export async function runChaos(options: ChaosOptions): Promise<Outcome> {
  await using world = await ChaosWorld.create(firstPolicy);
  const run = new Run(world, options);
  return await run.run();
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
    const { faults, tell } = this.#options;
    this.#world.replicas.startAll();
    let failure = await this.#round('the first sync', async () => undefined, Math.min(faults, 10));
    while (failure === null && this.#survived.length < faults) {
      const count = Math.min(faultsInRound, faults - this.#survived.length);
      failure = await this.#anyRound(count);
      tell(`round ${this.#rounds}: ${this.#survived.length} faults survived`);
    }
    const { operations } = this.#world;
    return { rounds: this.#rounds, operations: operations.length, survived: this.#survived, failure };
  }

  #anyRound(count: number): Promise<Failure | null> {
    const { random } = this.#options;
    return random.weighted([
      [1, () => this.#byHand(count)],
      [3, () => this.#round('operations', () => this.#operations(), count)],
      [1, () => this.#otherPolicy(count)],
    ])();
  }

  /** Something is done at LastPass by hand, and read while faults strike. */
  #byHand(count: number): Promise<Failure | null> {
    return this.#round(
      'by hand',
      async () => {
        await askForAccounts(this.#world);
      },
      count,
      () => this.#world.byHand(this.#life.byHand()),
    );
  }

  /** All services begin again with another policy, or other limits of the guard. */
  #otherPolicy(count: number): Promise<Failure | null> {
    const { random } = this.#options;
    const { policy } = this.#world;
    const next = random.chance(0.5) ? { ...policy, tight: !policy.tight } : anotherPolicy(policy, random);
    return this.#round(
      JSON.stringify(next),
      () => this.#operations(),
      count,
      async () => {
        await this.#world.stack.stopAll();
        await this.#world.changePolicy(next);
        this.#world.replicas.startAll();
      },
    );
  }

  /** Deeds as long as faults begin. */
  async #operations(signal?: AbortSignal): Promise<void> {
    const { random } = this.#options;
    const lanes = new Lanes(this.#world.oracle, random);
    for (let made = 0; made < 20 && !signal?.aborted; made++) {
      const deed = lanes.choose(() => this.#life.deed());
      if (deed !== null) await this.#world.perform(deed);
      await sleep(random.below(500));
    }
  }

  async #round(
    what: string,
    happen: () => Promise<void>,
    count: number,
    first: () => Promise<void> = async () => undefined,
  ): Promise<Failure | null> {
    const { tell, random } = this.#options;
    const world = this.#world;
    const round = ++this.#rounds;
    const startedAt = performance.now();
    const callsBefore = await world.stack.simulator.lastCall();
    await first();
    const [injected] = await Promise.all([wave(world, { random, count }), happen()]);
    const waved = performance.now();
    const differences: string[] = [];
    let released: readonly Released[] = [];
    try {
      released = await settle(world);
      world.oracle.settle();
      world.story.tell({ moment: round });
      differences.push(...(await differencesAfter(world, { callsBefore, injected, released })));
    } catch (error) {
      differences.push(`${(error as Error).message}${causeOf(error as Error)}`);
    }
    const seconds = (ms: number) => (ms / 1_000).toFixed(1);
    tell(
      `round ${round} (${what}): ${injected.length} faults in ${seconds(waved - startedAt)} s, quiet after ${seconds(performance.now() - waved)} s`,
    );
    if (differences.length > 0) return { round, differences, story: world.story.of(differences), injected };
    this.#survived.push(...injected);
    return null;
  }
}

const causeOf = ({ cause }: Error): string => (cause instanceof Error ? `: ${cause.message}` : '');
