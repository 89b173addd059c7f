/** The watcher's place in the directory is lost, and the mirror isn't: as when somebody deletes the key to have everything read again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstCursor } from '@connector/shared/directory-state.ts';
import { ChangeLog } from '../../services/watcher/src/change-log.ts';
import { takeLease } from '../../services/watcher/src/lease.ts';
import { guid, Reconciling, root, user } from '../reconciler/reconciling.ts';

test('a watcher without its cursor goes on behind what was applied, with a generation that was never used', async () => {
  await using reconciling = await Reconciling.create();
  const { store } = reconciling;
  await reconciling.fullRead(user(2));
  await store.redis.sadd(reconciling.keys.garbage, '7');
  const lease = await takeLease(store, 'corp', 'test');
  assert.ok(lease);
  const log = await ChangeLog.open(store, lease, 'corp');
  assert.deepEqual(log.cursor, { ...firstCursor, sequence: 4, generation: 7 });
  const bases = { version: '', users: [guid(root)], groups: [guid(root)], missing: [] };
  await log.append([{ type: 'begin', generation: 8, gap: true, bases }], { generation: 8 });
  assert.deepEqual(await reconciling.applyNext(), { people: [], change: 'corp/5' });
});

test('in an empty Redis it begins at the beginning', async () => {
  await using reconciling = await Reconciling.create();
  const lease = await takeLease(reconciling.store, 'corp', 'test');
  assert.ok(lease);
  assert.deepEqual((await ChangeLog.open(reconciling.store, lease, 'corp')).cursor, firstCursor);
});
