/** Changes made while nobody watches arrive all the same, and nothing else does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personId } from './company.ts';
import { chosenSeed, Random } from './random.ts';
import { RandomOperations } from './random-operations.ts';
import { assertAllIsWell, runRandomOperations } from './random-run.ts';
import { usernamesIn, World } from './world.ts';

const seed = chosenSeed();

test(`50 changes made while the watcher is stopped arrive, and no other account is named in a call (SEED=${seed})`, async (context) => {
  await using world = await World.create();
  const { stack } = world;
  await world.start();
  const before = new Map((await stack.simulator.state()).users.map((user) => [user.username, JSON.stringify(user)]));
  const since = await stack.simulator.lastCall();

  await stack.stop('watcher');
  await world.perform(
    { kind: 'rename-ou', ou: 'ou-sales', name: 'Sales, South' },
    { kind: 'delete', person: personId(1) },
    { kind: 'delete', person: personId(7) },
    { kind: 'modify', person: personId(2), displayName: 'Renamed, Twice' },
    { kind: 'disable', person: personId(14) },
    { kind: 'move-ou', ou: 'ou-lab', above: 'ou-old' },
  );
  const random = new Random(seed);
  await runRandomOperations({ world, operations: new RandomOperations(world.oracle, random), count: 44 });
  assert.deepEqual(await stack.simulator.writes(since), [], 'nothing can arrive yet');

  stack.start('watcher');
  await assertAllIsWell(world, context, random);
  const changed = (await stack.simulator.state()).users.filter(
    (user) => before.get(user.username) !== JSON.stringify(user),
  );
  const had = new Set(changed.map(({ username }) => username));
  const named = new Set((await stack.simulator.writes(since)).flatMap(usernamesIn));
  assert.deepEqual(
    [...named].filter((username) => !had.has(username)),
    [],
    'named in a call, and nothing changed',
  );
  assert.ok(had.size >= 5, `${had.size} accounts changed`);
});
