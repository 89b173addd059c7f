/**
 * Everybody changes at once, and the directory tells it in one answer, as Samba does. The watcher appends it part by part; what was
 * appended of an answer whose end it didn't see does no harm, and is read again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cursor, cursor } from '@connector/shared/directory-state.ts';
import { isMidRead } from '@connector/sync/plan/mid-read.ts';
import { Fenced } from '../../services/watcher/src/change-log.ts';
import { Reconciling } from '../reconciler/reconciling.ts';
import { guidTextOf } from '../support/generated/identity.ts';
import { LoopbackServer } from '../support/generated/loopback-server.ts';
import { watchOnce } from './watching.ts';

const people = 2_500;

test('a watcher that is superseded in the midst of an answer leaves nothing that the next one does not make good', async () => {
  await using server = await LoopbackServer.start({ people, dirSync: 'one' });
  await using reconciling = await Reconciling.create();
  const { store, keys } = reconciling;
  const watched = { server, reconciling };
  const cursorNow = async (): Promise<Cursor> => cursor.parse(JSON.parse((await store.redis.get(keys.cursor)) ?? ''));
  const changed = async (): Promise<number> => {
    const objects = await store.redis.hvals(keys.mirror(1).objects);
    return objects.filter((object) => object.includes('Everybody')).length;
  };

  await watchOnce(watched);
  const before = await cursorNow();
  assert.equal(await store.redis.hlen(keys.mirror(1).objects), server.directory.count);
  const everybody = Array.from({ length: people }, (_, index) => server.directory.company.person(index));
  for (const number of everybody)
    server.directory.modify(number, [{ operation: 'replace', type: 'displayName', values: ['Everybody'] }]);

  const supersede = async (count: number) =>
    void (count === 2 && (await store.redis.set(keys.fence, 'another watcher')));
  await assert.rejects(watchOnce({ ...watched, onAppend: supersede }), Fenced);
  const between = await changed();
  assert.ok(between > 0 && between < people, `${between} changes were appended`);
  assert.equal((await cursorNow()).cookie, before.cookie, 'the place is kept with the end of an answer only');
  assert.equal(await isMidRead(store, 'corp'), true, 'nobody is planned by half of it');

  await store.redis.del(keys.lease);
  let appends = 0;
  const onAppend = async (count: number) => {
    appends = count;
  };
  await watchOnce({ ...watched, onAppend });
  assert.ok(appends > 2, 'part by part');
  assert.equal(await changed(), people);
  assert.notEqual((await cursorNow()).cookie, before.cookie);
  assert.equal(await isMidRead(store, 'corp'), false);
  assert.equal(await store.redis.hexists(keys.mirror(1).objects, guidTextOf(everybody[0] ?? 0)), 1);
});
