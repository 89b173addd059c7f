/** Between the entries of one read: its directory's people wait for the end, which may be long in coming, and those of others don't. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { firstToPlan } from '@connector/sync/plan/mid-read.ts';
import { patch, person, personIn, Reconciling, user } from './reconciling.ts';

test('people of one directory needn’t wait behind those of another that is in the midst of a read', async () => {
  await using reconciling = await Reconciling.create();
  const { redis, keys } = reconciling.store;
  const guidOf = (number: number) => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
  const all = (directory: string, from: number, count: number) =>
    Array.from({ length: count }, (_, index) => personKey(directory, guidOf(from + index)));
  const [first, second] = [all('first', 0, 2_500), all('second', 5_000, 3)];
  for (const [score, person] of [...first, ...second].entries()) await redis.zadd(keys.toPlan, score, person);
  const next = (count: number) => firstToPlan(reconciling.store, { directories: ['first', 'second'], count });

  assert.deepEqual(await next(2), first.slice(0, 2));
  await redis.set(keys.directory('first').caughtUp, '');
  assert.deepEqual(await next(100), second);
  assert.deepEqual(await next(2), second.slice(0, 2));
  await redis.set(keys.directory('first').caughtUp, '7');
  assert.deepEqual(await next(2_502), [...first, ...second.slice(0, 2)]);
});

/** Two directories, whose people all have their accounts; person 2 of corp and 3 of labs have one mail. */
const bothInSync = (rules: Parameters<typeof Reconciling.create>[0] = {}) =>
  Reconciling.create(rules, {
    directories: ['corp', 'labs'],
    begin: async (reconciling) => {
      await reconciling.readDirectory('corp', ...[2, 5, 6, 7].map((each) => user(each)));
      const ofLabs = [9, 10, 11].map((each) => user(each, { mail: `l${each}@example.test` }));
      await reconciling.readDirectory('labs', user(3, { mail: 'u2@example.test' }), ...ofLabs);
      await reconciling.settle();
      await reconciling.deliverAll();
    },
  });

const disabled = { userAccountControl: 514 };

/** Applies changes of a directory, of which more is to come if told so, and plans whoever can be. */
async function read(
  reconciling: Reconciling,
  of: string,
  { numbers, caughtUp = true }: { numbers: readonly number[]; caughtUp?: boolean },
): Promise<void> {
  const changes = numbers.map((each) => patch(each, disabled));
  await reconciling.appendTo(of, { type: 'changes', changes, caughtUp });
  await reconciling.applyAll();
  for (let planned = 0; planned < 3; planned++) await reconciling.planAll();
}

test('a directory that is away in the midst of a read keeps no leaver of another in access, but its own', async () => {
  await using reconciling = await bothInSync();
  await read(reconciling, 'labs', { numbers: [9] });
  await read(reconciling, 'labs', { numbers: [10], caughtUp: false });
  await read(reconciling, 'corp', { numbers: [5] });
  assert.deepEqual(await reconciling.toDeliver(), []);
  await reconciling.judge();
  assert.deepEqual(await reconciling.toDeliver(), [person(5)]);
  const { redis, keys } = reconciling.store;
  assert.deepEqual(await redis.zrange(keys.waiting, '0', '-1'), [personIn('labs', 9)]);
  const clock = await redis.get(keys.clock);
  await reconciling.judge();
  assert.equal(await redis.get(keys.clock), clock, 'nothing is written while nobody can be judged');
  await read(reconciling, 'labs', { numbers: [11] });
  await reconciling.judge();
  const leavers = [person(5), ...[9, 10, 11].map((each) => personIn('labs', each))];
  assert.deepEqual((await reconciling.toDeliver()).sort(), leavers.sort());
});

test('those who can not be judged yet count all the same', async () => {
  await using reconciling = await bothInSync({ guard: { maxLeavers: 1, maxLeaversPercent: 1 } });
  await read(reconciling, 'labs', { numbers: [9] });
  await read(reconciling, 'labs', { numbers: [10], caughtUp: false });
  await read(reconciling, 'corp', { numbers: [5] });
  await reconciling.judge();
  assert.deepEqual([await reconciling.held(), await reconciling.toDeliver()], [[person(5)], []]);
});

test('nobody is judged before all are planned who can be, whichever directory’s changes they are touched by', async () => {
  await using reconciling = await bothInSync();
  await read(reconciling, 'labs', { numbers: [10], caughtUp: false });
  await read(reconciling, 'corp', { numbers: [5] });
  const { store } = reconciling;
  await store.commit({ guards: [], writes: touch(store.keys, [person(6)]) });
  await reconciling.judge();
  assert.deepEqual(await reconciling.toDeliver(), []);
  await reconciling.plan(person(6));
  await reconciling.judge();
  assert.deepEqual(await reconciling.toDeliver(), [person(5)]);
});

test('whoever has a counterpart in another directory is judged once no read is in its midst: the account may pass on', async () => {
  await using reconciling = await bothInSync({ onDisabled: 'delete' });
  await read(reconciling, 'labs', { numbers: [3], caughtUp: false });
  await read(reconciling, 'corp', { numbers: [2] });
  await reconciling.judge();
  assert.deepEqual(await reconciling.toDeliver(), []);
  await reconciling.changesIn('labs', patch(3, { userAccountControl: 512 }));
  assert.equal(
    await reconciling.store.redis.hget(reconciling.store.keys.linked, 'u2@example.test'),
    personIn('labs', 3),
  );
});

test('a read of another domain controller is over once its directory’s leavers are judged, and a new policy once all directories’ are', async () => {
  await using reconciling = await bothInSync();
  const { redis, keys } = reconciling.store;
  const elsewhere = (id: string) => keys.directory(id).readElsewhere;
  const inForce = JSON.parse((await redis.get(keys.policy)) ?? '');
  await redis.set(keys.policy, JSON.stringify({ ...inForce, settled: false }));
  for (const id of ['corp', 'labs']) await redis.set(elsewhere(id), '1');
  await read(reconciling, 'labs', { numbers: [10], caughtUp: false });
  await reconciling.judge();
  const left = async () => [
    await redis.exists(elsewhere('corp')),
    await redis.exists(elsewhere('labs')),
    JSON.parse((await redis.get(keys.policy)) ?? '').settled,
  ];
  assert.deepEqual(await left(), [0, 1, false]);
  await reconciling.changesIn('labs');
  assert.deepEqual(await left(), [0, 0, true]);
});
