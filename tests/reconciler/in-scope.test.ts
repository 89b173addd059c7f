/** How many people are in scope, as `connector status`, the page and the metrics tell it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group, guid, patch, Reconciling, user } from './reconciling.ts';

test('who is in scope is counted: in the filter, not excluded, and not deleted; whoever is disabled is', async () => {
  await using reconciling = await Reconciling.create({ groupFilter: ['Staff'], excludeUsers: ['svc-*'] });
  const { redis, keys } = reconciling.store;
  const inScope = async () => (await redis.smembers(keys.inScope)).sort();
  await reconciling.fullRead(
    group(10, 'Staff', [2, 3, 4]),
    user(2),
    user(3, { sAMAccountName: 'svc-backup' }),
    user(4, { userAccountControl: 514 }),
    user(5),
  );
  const [two, four, five] = [2, 4, 5].map((number) => `corp/${guid(number)}`);
  assert.deepEqual(await inScope(), [two, four]);
  await reconciling.deliverAll();
  assert.deepEqual(await inScope(), [two, four]);

  await reconciling.changes(patch(10, { members: { mode: 'delta', add: [guid(5)], remove: [guid(2)] } }));
  assert.deepEqual(await inScope(), [four, five]);

  await reconciling.changes(patch(5, { deleted: true }));
  assert.deepEqual(await inScope(), [four]);
});
