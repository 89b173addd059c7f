/** A watch of a generated directory, inside the test: what it reads is applied at once. */
import assert from 'node:assert/strict';
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import { pino } from 'pino';
import { Bell } from '../../services/watcher/src/bell.ts';
import { ChangeLog } from '../../services/watcher/src/change-log.ts';
import { takeLease } from '../../services/watcher/src/lease.ts';
import { Watch } from '../../services/watcher/src/watch-directory.ts';
import type { Reconciling } from '../reconciler/reconciling.ts';
import { type LoopbackServer, loopbackPassword } from '../support/generated/loopback-server.ts';

export interface Watched {
  readonly server: LoopbackServer;
  readonly reconciling: Reconciling;
  /** Told after each append, before it is applied: how many there were; `ring` tells the watch that something has changed. */
  readonly onAppend?: (count: number, ring: () => void) => Promise<void>;
  /** Told of each page of a full read as it has arrived. */
  readonly onPage?: () => void;
}

/** The same connection, which tells of pages. */
function telling(connection: DirectoryConnection, onPage: () => void): DirectoryConnection {
  async function* everything(...options: Parameters<DirectoryConnection['everything']>) {
    for await (const page of connection.everything(...options)) {
      onPage();
      yield page;
    }
  }
  return new Proxy(connection, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target);
      if (name === 'everything') return everything;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Watches until everything is read and applied. @throws what ends the watch before */
export async function watchOnce({
  server,
  reconciling,
  onAppend = async () => {},
  onPage = () => {},
}: Watched): Promise<void> {
  const account = { urls: [server.ldapUrl], bindDn: 'CN=svc', bindPassword: loopbackPassword, insecure: true };
  const section = { directories: [{ id: 'corp', ...account }], lastpass: { cid: '1', provhash: 'p' } };
  const [directory] = parseConfiguration(JSON.stringify(section), { file: 'test.yaml', environment: {} }).directories;
  assert.ok(directory);
  const { store } = reconciling;
  const lease = (await takeLease(store, 'corp', 'test')) ?? assert.fail('the lease is taken');
  const stop = new AbortController();
  const bell = new Bell();
  let appends = 0;
  await using connected = await connectDirectory(account);
  const connection = telling(connected, onPage);
  const log = await ChangeLog.open(store, lease, 'corp');
  const watch = new Watch({
    ...{ directory, store, log, connection, bell, signal: stop.signal, logger: pino({ level: 'silent' }) },
    ...{ mayChooseAgain: () => false, fullReadEveryMs: 3_600_000, onChanges: () => undefined },
    ring: async () => {
      await onAppend(++appends, () => bell.ring());
      await reconciling.applyAll();
      if (log.cursor.completed === 1 && log.cursor.caughtUp) stop.abort();
    },
    onReading: () => undefined,
    onCaughtUp: () => undefined,
    onBases: () => undefined,
  });
  await watch.run();
  await lease.release();
}
