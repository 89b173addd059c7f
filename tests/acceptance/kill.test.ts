/** kill -9 of any service at any moment: nothing is lost, nobody is created twice, work goes on within 10 s. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ServiceName, serviceNames } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { mailOf, ous, personId } from './company.ts';
import type { Operation } from './directory-model.ts';
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

test(`all services killed at once, again and again during the first sync (SEED=${seed})`, async (context) => {
  await using world = await World.create({ latencyMs: 150, lastpass: { batchSize: 5 } });
  const { simulator } = world.stack;
  const random = new Random(seed);
  for (let round = 0; round < 2; round++) {
    const until = (await simulator.writes()).length + 1 + random.below(3);
    world.stack.startAll();
    await waitUntil('calls to be under way', async () => (await simulator.writes()).length >= until);
    await Promise.all(serviceNames.map((name) => world.stack.service(name).kill()));
  }
  world.stack.startAll();
  await assertAllIsWell(world, context, random);
});

test('a pusher killed while a call is under way: what the call did is known afterwards', async () => {
  await using world = await World.create({ latencyMs: 400 });
  const { stack } = world;
  await world.start();
  const [first, second] = [personId(0), personId(7)] as const;
  await world.perform({ kind: 'create-person', person: 'late', cn: 'Late', ou: ous.people, mail: mailOf('late') });
  const rounds: readonly (readonly Operation[])[] = [
    [
      { kind: 'disable', person: first },
      { kind: 'remove-member', group: 'g-staff', member: second },
    ],
    [
      { kind: 'enable', person: first },
      { kind: 'add-member', group: 'g-staff', member: 'late' },
    ],
    [
      { kind: 'add-member', group: 'g-staff', member: second },
      { kind: 'modify', person: first, displayName: 'Renamed' },
      { kind: 'add-member', group: 'g-zuerich', member: first },
    ],
  ];
  for (const changes of rounds) {
    const since = await stack.simulator.lastCall();
    await world.perform(...changes);
    await waitUntil('a call to be under way', async () => (await stack.simulator.writes(since)).length > 0, {
      everyMs: 5,
    });
    await stack.service('pusher').kill();
    stack.start('pusher');
    await world.settle();
    await world.assertConverged();
  }
  await world.assertNobodyCreatedTwice();
});
