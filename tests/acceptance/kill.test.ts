/** kill -9 of any service at any moment: nothing is lost, nobody is created twice, work goes on within 10 s. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ServiceName, serviceNames } from '../support/stack.ts';
import { chosenSeed, Random } from './random.ts';
import { RandomOperations } from './random-operations.ts';
import { assertAllIsWell, randomPlaces, runRandomOperations } from './random-run.ts';
import { World } from './world.ts';

const seed = chosenSeed();
const goesOnWithinMs = 10_000;

/** Two replicas of each service; which of them runs is for the killer to know. */
type Replica = { readonly name: ServiceName; readonly replica: string };
const nameOf = ({ name, replica }: Replica) => name + replica;

class Killer {
  readonly #world: World;
  readonly #random: Random;
  /** How long work took to go on, ms, by whom was killed. */
  readonly tookMs: string[] = [];
  /** The probe under way after the last kill. */
  #recovery: Promise<void> = Promise.resolve();

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  /** Kills one; the operations go on while it is waited for the work to go on. */
  async kill(replicas: readonly string[]): Promise<void> {
    await this.#recovery;
    const name = this.#random.pick(serviceNames) ?? 'watcher';
    const victim = { name, replica: this.#random.pick(replicas) ?? '' };
    await this.#world.stack.service(nameOf(victim)).kill();
    const isReplaced = replicas.length > 1 && this.#random.chance(0.6);
    if (!isReplaced) this.#start(victim);
    this.#recovery = this.#recover(victim, isReplaced);
    this.#recovery.catch(() => undefined); // whoever awaits it next is told
  }

  async recovered(): Promise<void> {
    await this.#recovery;
  }

  #start({ name, replica }: Replica): void {
    this.#world.stack.start(name, { replica });
  }

  async #recover(victim: Replica, isReplaced: boolean): Promise<void> {
    const tookMs = await this.#world.probe({ withinMs: goesOnWithinMs });
    this.tookMs.push(`${nameOf(victim)}${isReplaced ? ' (the other went on)' : ''} ${Math.round(tookMs)}`);
    if (isReplaced) this.#start(victim);
  }
}

interface Run {
  readonly world: World;
  readonly operations: RandomOperations;
  readonly random: Random;
  readonly replicas: readonly string[];
}

/** Half of the operations, with ten kills. */
async function run({ world, operations, random, replicas }: Run): Promise<string[]> {
  const killer = new Killer(world, random);
  const places = randomPlaces(random, { count: 10, among: 250 });
  await runRandomOperations({
    world,
    operations,
    count: 250,
    between: async (made) => {
      if ((places[0] ?? Number.POSITIVE_INFINITY) > made) return;
      places.shift();
      await killer.kill(replicas);
    },
  });
  for (const _ of places) await killer.kill(replicas);
  await killer.recovered();
  return killer.tookMs;
}

test(`20 kills of services during 500 random operations, one and two replicas of each (SEED=${seed})`, async (context) => {
  await using world = await World.create({ latencyMs: 50 }); // so that calls are often under way
  const random = new Random(seed);
  context.diagnostic(`SEED=${seed}`);
  await world.start();
  const operations = new RandomOperations(world.oracle, random);
  const alone = await run({ world, operations, random, replicas: [''] });
  for (const name of serviceNames) world.stack.start(name, { replica: '-b' });
  const together = await run({ world, operations, random, replicas: ['', '-b'] });
  context.diagnostic(`went on after ms: ${[...alone, ...together].join(', ')}`);
  assert.equal(alone.length + together.length, 20);
  await assertAllIsWell(world, context, random);
});
