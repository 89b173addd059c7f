/**
 * Everybody changes at once, and the directory tells it in one answer, as Samba does. The watcher appends it part by part; what was
 * appended of an answer whose end it didn't see does no harm, and is read again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import { type Cursor, cursor } from '@connector/shared/directory-state.ts';
import { isMidRead } from '@connector/sync/plan/mid-read.ts';
import { pino } from 'pino';
import { Bell } from '../../services/watcher/src/bell.ts';
import { ChangeLog, Fenced } from '../../services/watcher/src/change-log.ts';
import { takeLease } from '../../services/watcher/src/lease.ts';
import { Watch } from '../../services/watcher/src/watch-directory.ts';
import { Reconciling } from '../reconciler/reconciling.ts';
import { guidTextOf } from '../support/generated/identity.ts';
import { LoopbackServer, loopbackPassword } from '../support/generated/loopback-server.ts';

const people = 2_500;

test('a watcher that is superseded in the midst of an answer leaves nothing that the next one does not make good', async () => {
  await using server = await LoopbackServer.start({ people, dirSync: 'one' });
  await using reconciling = await Reconciling.create();
  const { store, keys } = reconciling;
  const account = { urls: [server.ldapUrl], bindDn: 'CN=svc', bindPassword: loopbackPassword, insecure: true };
  const section = { directories: [{ id: 'corp', ...account }], lastpass: { cid: '1', provhash: 'p' } };
  const [directory] = parseConfiguration(JSON.stringify(section), { file: 'test.yaml', environment: {} }).directories;
  assert.ok(directory);

  /** Watches until everything is read and applied; `onAppend` is told after each append. */
  const watchOnce = async (onAppend: (count: number) => Promise<void> = async () => undefined): Promise<void> => {
    const lease = (await takeLease(store, 'corp', 'test')) ?? assert.fail('the lease is taken');
    const stop = new AbortController();
    const bell = new Bell();
    let appends = 0;
    await using connection = await connectDirectory(account);
    const log = await ChangeLog.open(store, lease, 'corp');
    const watch = new Watch({
      ...{ directory, store, log, connection, bell, signal: stop.signal, logger: pino({ level: 'silent' }) },
      ...{ mayChooseAgain: () => false, fullReadEveryMs: 3_600_000, onChanges: () => undefined },
      ring: async () => {
        await onAppend(++appends);
        await reconciling.applyAll();
        if (log.cursor.completed === 1 && log.cursor.caughtUp) stop.abort();
      },
      onCaughtUp: () => undefined,
      onBases: () => undefined,
    });
    await watch.run();
    await lease.release();
  };
  const cursorNow = async (): Promise<Cursor> => cursor.parse(JSON.parse((await store.redis.get(keys.cursor)) ?? ''));
  const changed = async (): Promise<number> => {
    const objects = await store.redis.hvals(keys.mirror(1).objects);
    return objects.filter((object) => object.includes('Everybody')).length;
  };

  await watchOnce();
  const before = await cursorNow();
  assert.equal(await store.redis.hlen(keys.mirror(1).objects), server.directory.count);
  const everybody = Array.from({ length: people }, (_, index) => server.directory.company.person(index));
  for (const number of everybody)
    server.directory.modify(number, [{ operation: 'replace', type: 'displayName', values: ['Everybody'] }]);

  const supersede = async (count: number) =>
    void (count === 2 && (await store.redis.set(keys.fence, 'another watcher')));
  await assert.rejects(watchOnce(supersede), Fenced);
  const between = await changed();
  assert.ok(between > 0 && between < people, `${between} changes were appended`);
  assert.equal((await cursorNow()).cookie, before.cookie, 'the place is kept with the end of an answer only');
  assert.equal(await isMidRead(store, 'corp'), true, 'nobody is planned by half of it');

  await store.redis.del(keys.lease);
  let appends = 0;
  await watchOnce(async (count) => {
    appends = count;
  });
  assert.ok(appends > 2, 'part by part');
  assert.equal(await changed(), people);
  assert.notEqual((await cursorNow()).cookie, before.cookie);
  assert.equal(await isMidRead(store, 'corp'), false);
  assert.equal(await store.redis.hexists(keys.mirror(1).objects, guidTextOf(everybody[0] ?? 0)), 1);
});
