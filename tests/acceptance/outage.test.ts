/** Redis and the domain controller go and come back in the middle of the work: nothing is lost. */
import { test } from 'node:test';
import { condition } from '@connector/shared/plan.ts';
import { waitUntil } from '../support/wait-until.ts';
import { chosenSeed, Random } from './random.ts';
import { RandomOperations } from './random-operations.ts';
import { assertAllIsWell, randomPlaces, runRandomOperations } from './random-run.ts';
import { World } from './world.ts';

const seed = chosenSeed();
const recoversWithinMs = 20_000;

interface Outages {
  readonly count: number;
  /** Called for each, with its number from 0 on. */
  readonly outage: (number: number) => Promise<void>;
}

async function runWithOutages(world: World, random: Random, { count, outage }: Outages): Promise<void> {
  const places = randomPlaces(random, { count, among: 250 });
  let outages = 0;
  await runRandomOperations({
    world,
    operations: new RandomOperations(world.oracle, random),
    count: 250,
    between: async (made) => {
      if ((places[0] ?? Number.POSITIVE_INFINITY) > made) return;
      places.shift();
      await outage(outages++);
    },
  });
  for (const _ of places) await outage(outages++);
  await world.probe({ withinMs: recoversWithinMs });
}

/** What the running watcher says of itself. */
async function isWatcherReady({ stack }: World): Promise<boolean> {
  const all = await stack.store.redis.hgetall(stack.keys.services);
  const watchers = Object.entries(all).filter(([name]) => name.startsWith('watcher/'));
  return watchers.every(([, raw]) => condition.parse(JSON.parse(raw)).ready);
}

test(`Redis is killed and starts again in the middle of random operations (SEED=${seed})`, async (context) => {
  await using world = await World.create();
  const random = new Random(seed);
  await world.start();
  const { redis } = world.stack;
  await runWithOutages(world, random, {
    count: 9,
    outage: async (number) => {
      // In turn: back at once, then away while the directory goes on changing.
      if (number % 3 !== 2) await redis.kill();
      if (number % 3 !== 1) await redis.start();
    },
  });
  await assertAllIsWell(world, context, random);
});

test(`the domain controller is killed and starts again in the middle of random operations (SEED=${seed})`, async (context) => {
  await using world = await World.create();
  const random = new Random(seed);
  await world.start();
  const { domain } = world.stack;
  await runWithOutages(world, random, {
    count: 4,
    outage: async (number) => {
      await domain.kill();
      if (number === 1) await waitUntil('the watcher to be not ready', async () => !(await isWatcherReady(world)));
      await domain.start();
      await world.hands.reconnect();
    },
  });
  await waitUntil('the watcher to be ready again', () => isWatcherReady(world));
  await assertAllIsWell(world, context, random);
});
