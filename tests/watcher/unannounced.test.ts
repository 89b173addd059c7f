/** A notification isn't guaranteed: what nobody rang for is read all the same. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import { every } from '@connector/shared/every.ts';
import { openStore } from '@connector/shared/store.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import { pino } from 'pino';
import { Bell } from '../../services/watcher/src/bell.ts';
import { ChangeLog } from '../../services/watcher/src/change-log.ts';
import { renewEveryMs, takeLease } from '../../services/watcher/src/lease.ts';
import { Watch } from '../../services/watcher/src/watch-directory.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { waitUntil } from '../support/wait-until.ts';

const id = 'corp';

test('a change that no notification told of is read within a minute', async (t) => {
  await using scope = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'unannounced-'));
  scope.defer(() => rm(dir, { recursive: true, force: true }));
  const domain = scope.use(await SambaDomain.create({ dir: join(dir, 'domain') }));
  const admin = scope.use(new DirectoryAdmin(domain));
  const redis = scope.use(await RedisServer.create({ dir: join(dir, 'redis') }));
  const { dn: bindDn, password: bindPassword } = await domain.createServiceAccount({
    name: 'svc-lastpass',
    password: 'Secret123!svc',
  });
  const section = { id, urls: [domain.ldapsUrl], bindDn, bindPassword, tls: { caFile: domain.caFile } };
  const text = JSON.stringify({ directories: [section], lastpass: { cid: 1, provhash: 'unused' } });
  const [directory] = parseConfiguration(text, { file: join(dir, 'connector.yaml'), environment: {} }).directories;
  assert.ok(directory);
  const store = openStore({ target: { url: redis.url }, prefix: 'connector', name: 'test' });
  scope.defer(() => store.close());
  const lease = (await takeLease(store, id, 'test')) ?? assert.fail('somebody else watches');
  const connection = scope.use(await connectDirectory(connectionOptions(directory)));

  const stop = new AbortController();
  const ignore = () => undefined;
  let changes = 0;
  let caughtUp = 0;
  const watch = new Watch({
    directory,
    store,
    log: await ChangeLog.open(store, lease, id),
    logger: pino({ level: 'silent' }),
    connection,
    mayChooseAgain: () => false,
    bell: new Bell(), // nobody rings it
    fullReadEveryMs: 86_400_000,
    ring: async () => undefined,
    onReading: () => undefined,
    onCaughtUp: () => {
      caughtUp += 1;
    },
    onChanges: (count) => {
      changes += count;
    },
    onBases: ignore,
    signal: stop.signal,
  });
  const options = { pauseMs: renewEveryMs, signal: stop.signal, onError: ignore };
  const renewing = every(options, async () => void (await lease.renew()));
  const watching = watch.run();
  scope.defer(async () => {
    stop.abort();
    await Promise.all([watching, renewing]);
  });

  await waitUntil('the first reading', () => caughtUp > 0);
  const [readChanges, readTimes] = [changes, caughtUp];
  await admin.createOu({ name: 'Unannounced' });
  const now = performance.now.bind(performance);
  t.mock.method(performance, 'now', () => now() + 55_000);
  await new Promise((done) => setTimeout(done, 2_000)); // time in which nothing may happen
  assert.deepEqual([changes, caughtUp], [readChanges, readTimes], 'it was read before a minute had passed');
  t.mock.method(performance, 'now', () => now() + 61_000);
  await waitUntil('the change', () => changes > readChanges, { withinMs: 5_000 });
});
