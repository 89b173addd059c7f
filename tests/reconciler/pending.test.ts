import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from '@connector/shared/plan.ts';
import { patch, person, Reconciling, user } from './reconciling.ts';

/** One person who waits for approval. */
const newcomer = () =>
  Reconciling.create(
    { onDetected: 'approve' },
    {
      begin: async (reconciling) => {
        await reconciling.fullRead(user(2));
        assert.deepEqual([await reconciling.pending(), await reconciling.toDeliver()], [[person(2)], []]);
      },
    },
  );

async function decide(reconciling: Reconciling, verdict: Decision['verdict']): Promise<void> {
  const { redis, keys } = reconciling.store;
  const decision: Decision = {
    guarded: (await reconciling.planOf(2))?.guarded ?? '',
    verdict,
    by: 'admin',
    atMs: Date.now(),
  };
  await redis.hset(keys.decisions, person(2), JSON.stringify(decision));
}

test('an approved person is delivered, whatever name they have by then', async () => {
  await using reconciling = await newcomer();
  await decide(reconciling, 'approved');
  await reconciling.changes(patch(2, { displayName: 'Ann Lee' }));
  assert.deepEqual([await reconciling.pending(), await reconciling.toDeliver()], [[], [person(2)]]);
});

test('an approval is about one account: who has it and is disabled later leaves like everybody else', async () => {
  await using reconciling = await newcomer();
  await decide(reconciling, 'approved');
  await reconciling.changes(patch(2, { displayName: 'Ann Lee' }));
  await reconciling.haveAccount(2, 'Ann Lee'); // created, and before anybody planned her again:
  await reconciling.changes(patch(2, { userAccountControl: 514 }));
  assert.deepEqual([await reconciling.stepsOf(2), await reconciling.held()], [['disable'], []]);
  assert.deepEqual(await reconciling.toDeliver(), [person(2)]);
});

test('a rejected person is on a list of their own, and pending again under another address', async () => {
  await using reconciling = await newcomer();
  const { redis, keys } = reconciling.store;
  const rejected = () => redis.zrange(keys.rejected, '0', '-1');
  await decide(reconciling, 'rejected');
  await reconciling.changes(patch(2, { displayName: 'Ann Lee' }));
  assert.deepEqual([await rejected(), await reconciling.pending()], [[person(2)], []]);
  await reconciling.changes(patch(2, { mail: 'ann.lee@example.test' }));
  assert.deepEqual([await rejected(), await reconciling.pending()], [[], [person(2)]]);
  assert.deepEqual(await reconciling.toDeliver(), []);
});

test('somebody pending who is gone drops off', async () => {
  await using reconciling = await newcomer();
  await reconciling.changes(patch(2, { deleted: true }));
  assert.deepEqual([await reconciling.pending(), await reconciling.planOf(2)], [[], null]);
});
