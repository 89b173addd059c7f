/** Whatever happens in the directory, LastPass comes to be what a separate, simple oracle says. */
import { test } from 'node:test';
import { chosenSeed, Random } from './random.ts';
import { RandomOperations } from './random-operations.ts';
import { assertAllIsWell, runRandomOperations } from './random-run.ts';
import { World } from './world.ts';

const seed = chosenSeed();

test(`500 random operations as fast as they go: LastPass is what the oracle says (memberships: all, SEED=${seed})`, async (context) => {
  await using world = await World.create({ memberships: 'all' });
  await world.start();
  const random = new Random(seed);
  await runRandomOperations({ world, operations: new RandomOperations(world.oracle, random), count: 500 });
  await assertAllIsWell(world, context, random);
});

test(`500 random operations, a few at a time: LastPass is what the oracle says (memberships: filtered, SEED=${seed})`, async (context) => {
  await using world = await World.create({ memberships: 'filtered' });
  await world.start();
  const random = new Random(seed);
  const operations = new RandomOperations(world.oracle, random);
  for (let made = 0; made < 500; made += 20) {
    await runRandomOperations({ world, operations, count: 20 });
    await assertAllIsWell(world, context, random);
  }
});
