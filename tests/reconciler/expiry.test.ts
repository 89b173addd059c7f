import assert from 'node:assert/strict';
import { test } from 'node:test';
import { touchExpired } from '@connector/sync/plan/expiries.ts';
import { waitUntil } from '../support/wait-until.ts';
import { patch, person, Reconciling, user } from './reconciling.ts';

const directories = ['corp'];
const touched = ({ store }: Reconciling) => touchExpired(store, { directories, nowMs: Date.now() });

/** Waits for the moment to pass: the planner goes by the clock, and nothing else tells it. */
async function expired(reconciling: Reconciling, count: number): Promise<void> {
  const people = new Set<string>();
  await waitUntil('accountExpires to pass', async () => {
    for (const each of await touched(reconciling)) people.add(each);
    return people.size === count;
  });
  await reconciling.reconcile();
}

test('whoever expires is disabled when it happens, with no word from the directory', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.fullRead(user(2, { accountExpiresMs: Date.now() + 700 }), user(3));
  assert.deepEqual(await reconciling.stepsOf(2), ['create']);
  await reconciling.deliverAll();
  await expired(reconciling, 1);
  assert.deepEqual([await reconciling.stepsOf(2), await reconciling.toDeliver()], [['disable'], [person(2)]]);
  assert.deepEqual(await touched(reconciling), []);
});

test('an expiry that is put off, or taken away, stops the timer of before', async () => {
  await using reconciling = await Reconciling.create();
  const later = Date.now() + 3_600_000;
  await reconciling.fullRead(user(2, { accountExpiresMs: later }), user(3, { accountExpiresMs: later }));
  await reconciling.changes(patch(2, { accountExpiresMs: later + 1_000 }), patch(3, { accountExpiresMs: null }));
  const { redis, keys } = reconciling.store;
  assert.deepEqual(await redis.zrange(keys.expiries, '0', '-1', 'WITHSCORES'), [person(2), String(later + 1_000)]);
  await reconciling.changes(patch(2, { deleted: true }));
  assert.equal(await redis.zcard(keys.expiries), 0);
});

test('those who expire together are judged as one set, however the planning is cut up', async () => {
  const people = Array.from({ length: 12 }, (_, index) => index + 2);
  await using reconciling = await Reconciling.create();
  const accountExpiresMs = Date.now() + 1_500;
  await reconciling.fullRead(...people.map((number) => user(number, { accountExpiresMs })));
  await reconciling.deliverAll();
  await waitUntil('all of them to expire', async () => (await touched(reconciling)).length === people.length);
  await reconciling.planSome(5);
  await reconciling.judge();
  assert.deepEqual([await reconciling.held(), await reconciling.toDeliver()], [[], []]);
  await reconciling.reconcile();
  assert.deepEqual([(await reconciling.held()).toSorted(), await reconciling.toDeliver()], [people.map(person), []]);
});

test('nobody expires behind the back of a read that goes on: planning and the guard wait for its end', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.fullRead(user(2, { accountExpiresMs: Date.now() + 500 }), user(3));
  await reconciling.deliverAll();
  await reconciling.append({ type: 'changes', changes: [patch(3, { sn: 'Meyer' })], caughtUp: false });
  await reconciling.reconcile();
  await expired(reconciling, 1);
  assert.deepEqual([await reconciling.stepsOf(2), await reconciling.toDeliver()], [[], []]);
  await reconciling.changes();
  assert.deepEqual(await reconciling.stepsOf(2), ['disable']);
  assert.deepEqual(await reconciling.toDeliver(), [person(2)]);
});
