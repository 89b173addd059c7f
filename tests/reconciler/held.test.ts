import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from '@connector/shared/plan.ts';
import { patch, person, Reconciling, user } from './reconciling.ts';

const nobodyLeaves = { guard: { maxLeavers: 0, maxLeaversPercent: 0, maxLeaversHard: 0 } };

/** One person who left and is held. */
const heldPerson = () =>
  Reconciling.create(nobodyLeaves, {
    begin: async (reconciling) => {
      await reconciling.fullRead(user(2));
      await reconciling.deliverAll();
      await reconciling.changes(patch(2, { userAccountControl: 514 }));
      assert.deepEqual(await reconciling.held(), [person(2)]);
    },
  });

async function decide(reconciling: Reconciling, verdict: Decision['verdict']): Promise<void> {
  const { redis, keys } = reconciling.store;
  const guarded = (await reconciling.planOf(2))?.guarded ?? '';
  await redis.hset(
    keys.decisions,
    person(2),
    JSON.stringify({ guarded, verdict, by: 'admin', atMs: Date.now() } satisfies Decision),
  );
  await redis.zrem(keys.held, person(2));
  await redis.del(keys.recentLeavers);
}

test('whoever is held stays held when the reason changes, even after the hour that the guard counts', async () => {
  await using reconciling = await heldPerson();
  await reconciling.store.redis.del(reconciling.store.keys.recentLeavers);
  await reconciling.changes(patch(2, { deleted: true }));
  assert.deepEqual(await reconciling.held(), [person(2)]);
  assert.deepEqual(await reconciling.toDeliver(), []);
});

test('whoever is held drops off when they are back', async () => {
  await using reconciling = await heldPerson();
  await reconciling.changes(patch(2, { userAccountControl: 512 }));
  assert.deepEqual([await reconciling.held(), await reconciling.stepsOf(2)], [[], []]);
  assert.equal(await reconciling.store.redis.zcard(reconciling.store.keys.recentLeavers), 0);
});

test('what is released is delivered as it was shown', async () => {
  await using reconciling = await heldPerson();
  await decide(reconciling, 'released');
  await reconciling.changes(patch(2, { sn: 'Meyer' }));
  assert.deepEqual([await reconciling.held(), await reconciling.toDeliver()], [[], [person(2)]]);
});

test('what is released is held again when it has changed', async () => {
  await using reconciling = await heldPerson();
  await decide(reconciling, 'released');
  await reconciling.changes(patch(2, { deleted: true }));
  assert.deepEqual([await reconciling.held(), await reconciling.toDeliver()], [[person(2)], []]);
  assert.match((await reconciling.planOf(2))?.heldBecause ?? '', /changed since/);
});

test('a rejection ends when its reason does: who leaves again is judged again', async () => {
  await using reconciling = await heldPerson();
  await decide(reconciling, 'rejected');
  await reconciling.changes(patch(2, { sn: 'Meyer' }));
  assert.deepEqual([await reconciling.held(), await reconciling.stepsOf(2)], [[], []]);
  await reconciling.changes(patch(2, { userAccountControl: 512 }));
  await reconciling.changes(patch(2, { userAccountControl: 514 }));
  assert.deepEqual([await reconciling.held(), await reconciling.stepsOf(2)], [[person(2)], ['disable']]);
});
