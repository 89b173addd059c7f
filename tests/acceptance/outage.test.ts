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

async function runWithOutages(world: World, random: Random, outage: (number: number) => Promise<void>): Promise<void> {
  const places = randomPlaces(random, { count: 4, among: 250 });
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
  let isDown = false;
  await runWithOutages(world, random, async () => {
    if (isDown) await redis.start();
    else await redis.kill(); // the directory goes on changing until it is back
    isDown = !isDown;
  });
  await assertAllIsWell(world, context, random);
});

test(`the domain controller is killed and starts again in the middle of random operations (SEED=${seed})`, async (context) => {
  await using world = await World.create();
  const random = new Random(seed);
  await world.start();
  const { domain } = world.stack;
  await runWithOutages(world, random, async (number) => {
    await domain.kill();
    if (number === 1) await waitUntil('the watcher to be not ready', async () => !(await isWatcherReady(world)));
    await domain.start();
    await world.hands.reconnect();
  });
  await waitUntil('the watcher to be ready again', () => isWatcherReady(world));
  await assertAllIsWell(world, context, random);
});
