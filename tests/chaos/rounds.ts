/**
 * The run: round after round something happens in the directory or at LastPass while faults strike; then it is quiet, and
 * everything must be as the oracle says. One domain, one Redis and one LastPass for all rounds.
 */
import { Random } from '../acceptance/random.ts';
import { type ChaosCall, callsAbout } from './forbidden-calls.ts';
import { firstSync, type Plot, Plots } from './plots.ts';
import { firstPolicy } from './policies.ts';
import { settle } from './quiet.ts';

import { differencesAfter, type Round } from './verdict.ts';
import { type Injected, wave } from './wave.ts';
import { ChaosWorld } from './world.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** How many faults to inject. */
  readonly faults: number;
  /** With two, people move from one domain to the other, and by an odd seed the second one's groups have a prefix at LastPass. Default: 1. */
  readonly directories?: 1 | 2;
  /** Only in this round faults strike, and of them only those at these places, if any are named; the run ends with it. */
  readonly only?: { readonly round: number; readonly keep?: readonly number[] | undefined } | undefined;
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
  /** The calls of the round about them. */
  readonly calls: readonly ChaosCall[];
  /** The faults of the round. */
  readonly injected: readonly Injected[];
}

const faultsInRound = 20;
/** Each so many rounds there is one without faults: what is sent again in it has no excuse. */
const calmEvery = 4;
/** Between two deeds, ms, on average; where no fault strikes nothing is waited for. */
const pauseMs = 100;

/** Runs until so many faults were survived, or something is wrong. */
export async function runChaos(options: ChaosOptions): Promise<Outcome> {
  const { seed, directories = 1 } = options;
  await using world = await ChaosWorld.create({ policy: firstPolicy, directories, isPrefixed: seed % 2 === 1 });
  return await new Run(world, options).run();
}

class Run {
  readonly #world: ChaosWorld;
  readonly #options: ChaosOptions;
  readonly #random: Random;
  readonly #survived: Injected[] = [];
  #rounds = 0;

  constructor(world: ChaosWorld, options: ChaosOptions) {
    this.#world = world;
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  async run(): Promise<Outcome> {
    const { faults, only } = this.#options;
    const world = this.#world;
    const plots = new Plots(world);
    world.replicas.startAll();
    let failure: Failure | null = null;
    for (let begun = 0; failure === null && begun < faults && this.#rounds < (only?.round ?? Infinity); ) {
      const random = this.#random.fork(`round ${++this.#rounds}`);
      const count = this.#rounds % calmEvery === 0 ? 0 : Math.min(faultsInRound, faults - begun);
      begun += count;
      failure = await this.#round(this.#rounds === 1 ? firstSync : plots.next(random), { random, count });
    }
    return { rounds: this.#rounds, operations: world.operations.length, survived: this.#survived, failure };
  }

  async #round(plot: Plot, { random, count }: { random: Random; count: number }): Promise<Failure | null> {
    const { tell, only } = this.#options;
    const world = this.#world;
    const round = this.#rounds;
    const isCalm = count === 0 || (only !== undefined && only.round !== round);
    const callsBefore = await world.stack.simulator.lastCall();
    const began = performance.now();
    world.beginRound();
    await plot.first();
    world.noteMoment();
    const keep = (index: number) => only?.keep?.includes(index) ?? true;
    const faults = isCalm ? [] : wave(world, { random: random.fork('faults'), count, keep });
    const [struck, happened] = await Promise.allSettled([faults, plot.meanwhile(isCalm ? 0 : pauseMs)]);
    const injected = struck.status === 'fulfilled' ? struck.value : [];
    const failed = [struck, happened].flatMap((each) => (each.status === 'rejected' ? [told(each.reason)] : []));
    const calm = performance.now();
    const differences = failed.length > 0 ? failed : await this.#verdict({ callsBefore, injected });
    const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1);
    tell(
      `round ${round} (${plot.words}): ${injected.length} faults in ${seconds(began, calm)} s, quiet after ${seconds(calm, performance.now())} s, ${world.operations.length} operations so far`,
    );
    if (differences.length > 0) {
      const story = world.story.of(differences);
      const calls = (await world.stack.simulator.calls(callsBefore)) as ChaosCall[];
      return { round, differences, story, calls: callsAbout(calls, differences), injected };
    }
    this.#survived.push(...injected);
    return null;
  }

  /** Waits until everything has arrived. @returns what isn't as it must be */
  async #verdict(round: Omit<Round, 'released'>): Promise<string[]> {
    try {
      const released = await settle(this.#world);
      this.#world.oracle.settle();
      this.#world.noteMoment();
      this.#world.story.tell({ moment: this.#rounds });
      return await differencesAfter(this.#world, { ...round, released });
    } catch (error) {
      return [told(error)];
    }
  }
}

/** An error and its cause, in a line or a few. */
function told(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
