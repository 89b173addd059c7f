/** The first run against a tenant: so many accounts are created, and no more until a person has confirmed it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmFirstRun, letFirstGo } from '@connector/sync/plan/first-run.ts';
import { decideAll } from '../../services/console/src/held/decide.ts';
import { readHeld } from '../../services/console/src/held/held-people.ts';
import { Reconciling, user } from './reconciling.ts';

const people = (from: number, count: number) => Array.from({ length: count }, (_, index) => user(from + index));
const threeAtFirst = { memberships: 'all', guard: { firstCreates: 3 } } as const;
const open = { confirmed: false };

test('creates firstCreates people and holds the others, who say how to go on', async () => {
  await using reconciling = await Reconciling.create(threeAtFirst, open);
  await reconciling.fullRead(...people(10, 8));
  assert.equal((await reconciling.toDeliver()).length, 3);
  assert.equal((await reconciling.held()).length, 5);
  const plan = await reconciling.planOfKey((await reconciling.held())[0] ?? '');
  assert.match(plan?.heldBecause ?? '', /firstCreates \(3\).*connector preview.*connector sync --confirm-first/);
});

test('what has passed counts, too, when others come later', async () => {
  await using reconciling = await Reconciling.create(threeAtFirst, open);
  await reconciling.fullRead(...people(10, 5));
  await reconciling.deliverAll();
  await reconciling.changes(...people(20, 2));
  assert.equal((await reconciling.toDeliver()).length, 0);
  assert.equal((await reconciling.held()).length, 4);
});

test('once confirmed everybody is created, and nobody who comes later is held', async () => {
  await using reconciling = await Reconciling.create(threeAtFirst, open);
  await reconciling.fullRead(...people(10, 8));
  assert.equal((await confirmFirstRun(reconciling.store)).length, 5);
  await reconciling.reconcile();
  assert.equal((await reconciling.toDeliver()).length, 8);
  await reconciling.changes(...people(20, 10));
  assert.equal((await reconciling.toDeliver()).length, 18);
  assert.deepEqual(await reconciling.held(), []);
});

test('confirmed before it began, it is no first run', async () => {
  await using reconciling = await Reconciling.create(threeAtFirst);
  await reconciling.fullRead(...people(10, 8));
  assert.equal((await reconciling.toDeliver()).length, 8);
});

test('a small one, or one that creates nobody, isn’t over before somebody has confirmed it: the filter may be mistyped', async () => {
  await using reconciling = await Reconciling.create({ ...threeAtFirst, groupFilter: ['Stafff'] }, open);
  await reconciling.fullRead(...people(10, 8));
  assert.deepEqual([await reconciling.toDeliver(), await reconciling.held()], [[], []]);
  await reconciling.changePolicy(threeAtFirst);
  await reconciling.fullRead(...people(10, 8));
  assert.deepEqual([(await reconciling.toDeliver()).length, (await reconciling.held()).length], [3, 5]);
});

test('the same people pass, in whatever order they are planned', async () => {
  const passed: string[][] = [];
  for (const isBackwards of [false, true]) {
    await using reconciling = await Reconciling.create(threeAtFirst, open);
    const generation = await reconciling.beginFullRead(people(10, 8));
    await reconciling.append({ type: 'listed', generation }, { type: 'end', generation });
    await reconciling.applyAll();
    const listed = await reconciling.store.redis.zrange(reconciling.store.keys.toPlan, '0', '-1');
    for (const each of isBackwards ? listed.reverse() : listed) await reconciling.plan(each);
    await reconciling.judge();
    passed.push(await reconciling.toDeliver());
  }
  assert.deepEqual(passed[0]?.sort(), passed[1]?.sort());
});

test('where all may pass, they pass as they are planned; where not, nobody does before all are', async () => {
  for (const [firstCreates, passed] of [
    [4, 1],
    [3, 0],
  ] as const) {
    await using reconciling = await Reconciling.create({ memberships: 'all', guard: { firstCreates } }, open);
    const generation = await reconciling.beginFullRead(people(10, 4));
    await reconciling.append({ type: 'listed', generation }, { type: 'end', generation });
    await reconciling.applyAll();
    const [first = ''] = await reconciling.store.redis.zrange(reconciling.store.keys.toPlan, '0', '0');
    await reconciling.plan(first);
    await reconciling.judge();
    assert.equal((await reconciling.toDeliver()).length, passed, `firstCreates ${firstCreates}, one of four planned`);
    await reconciling.reconcile();
    assert.equal((await reconciling.toDeliver()).length, firstCreates);
  }
});

test('whoever is held while somebody confirms is let go, too, and by the sweep when that ended half-way', async () => {
  await using reconciling = await Reconciling.create(threeAtFirst, open);
  const { store } = reconciling;
  await reconciling.fullRead(...people(10, 8));
  const policy = JSON.parse((await store.redis.get(store.keys.policy)) ?? '');
  await store.redis.set(store.keys.policy, JSON.stringify({ ...policy, firstRun: null })); // and there it was killed
  assert.equal((await letFirstGo(store)).length, 5);
  await reconciling.reconcile();
  assert.deepEqual([(await reconciling.toDeliver()).length, await reconciling.held()], [8, []]);
});

test('a first run of thousands neither stops the guard nor Redis', async () => {
  await using reconciling = await Reconciling.create(threeAtFirst, open);
  await reconciling.fullRead(...people(10, 3_000));
  assert.deepEqual([(await reconciling.toDeliver()).length, (await reconciling.held()).length], [3, 2_997]);
  assert.equal((await confirmFirstRun(reconciling.store)).length, 2_997);
});

test('neither adoptions nor approvals count', async () => {
  await using reconciling = await Reconciling.create({ ...threeAtFirst, onDetected: 'approve' }, open);
  await reconciling.fullRead(...people(10, 8));
  assert.equal((await reconciling.pending()).length, 8);
  assert.deepEqual(await reconciling.held(), []);
});

test('whoever was rejected in the first run gets no account when it is over', async () => {
  await using reconciling = await Reconciling.create(threeAtFirst, open);
  await reconciling.fullRead(...people(10, 4));
  const [held = ''] = await reconciling.held();
  const rejected = (await readHeld(reconciling.store)).filter(({ person }) => person === held);
  await decideAll(reconciling.store, rejected, { verdict: 'rejected', by: 'test', atMs: Date.now() });
  await confirmFirstRun(reconciling.store);
  await reconciling.reconcile();
  assert.equal((await reconciling.toDeliver()).includes(held), false);
  assert.deepEqual(await reconciling.store.redis.zrange(reconciling.store.keys.rejected, '0', '-1'), [held]);
});

test('another policy does not end it', async () => {
  await using reconciling = await Reconciling.create(threeAtFirst, open);
  await reconciling.fullRead(...people(10, 8));
  await reconciling.changePolicy({ ...threeAtFirst, memberships: 'none' });
  await reconciling.fullRead(...people(10, 8));
  assert.equal((await reconciling.held()).length, 5);
});
