/** kill -9 of all services at once, and of a pusher whose call is under way: nothing is lost, nobody is created twice. */
import { test } from 'node:test';
import { serviceNames } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { mailOf, ous, personId } from './company.ts';
import type { Operation } from './directory-model.ts';
import { chosenSeed, Random } from './random.ts';
import { assertAllIsWell } from './random-run.ts';
import { World } from './world.ts';

const seed = chosenSeed();

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
