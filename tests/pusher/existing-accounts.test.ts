/** An account that somebody makes by hand must be found before the create leaves, also where a list of a moment ago is asked. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LastPassClient } from '@connector/lastpass/client.ts';
import { openStore } from '@connector/shared/store.ts';
import { listNames } from '@connector/sync/accounts/list-accounts.ts';
import { existingAmong } from '../../services/pusher/src/existing-accounts.ts';
import type { Calls } from '../../services/pusher/src/gate.ts';
import { RecentNames } from '../../services/pusher/src/recent-names.ts';
import { RedisServer } from '../support/redis-server.ts';
import { Simulator } from '../support/simulator.ts';

/** More than it takes calls to list everything, so that a list is asked. */
const usernames = ['ann', 'ben', 'cy', 'dee', 'eve'].map((name) => `${name}@example.test`);
const [ann = '', ben = ''] = usernames;
const signal = AbortSignal.timeout(60_000);

/** A tenant without accounts, of which nothing was read yet. The clock goes on as the test says. */
async function asking(t: TestContext) {
  const all = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'existing-'));
  all.defer(() => rm(dir, { recursive: true, force: true }));
  const redis = all.use(await RedisServer.create({ dir: join(dir, 'redis') }));
  const store = all.adopt(openStore({ target: { url: redis.url }, prefix: 'connector', name: 'test' }), (it) =>
    it.close(),
  );
  const simulator = all.use(await Simulator.create());
  const { provhash } = await simulator.settings(null);
  const client = new LastPassClient({ apiUrl: simulator.apiUrl, cid: Simulator.cid, provhash });
  const gate: Calls = { call: (_, send) => send(client) };
  const recentNames = new RecentNames(() => listNames(gate, signal));
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const existing = async ({ knownSinceMs = 0 } = {}) => [
    ...(await existingAmong({ store, gate, signal, recentNames }, usernames, { knownSinceMs })).keys(),
  ];
  const makeByHand = (username: string) => simulator.byHand('batchadd', [{ username, fullname: 'By hand' }]);
  return { existing, makeByHand, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

test('an account that somebody makes is found once the list is 20 s old', async (t) => {
  await using asked = await asking(t);
  assert.deepEqual(await asked.existing(), []);
  await asked.makeByHand(ann);
  t.mock.timers.tick(20_001);
  assert.deepEqual(await asked.existing(), [ann]);
});

test('what LastPass had before a certain time doesn’t count, however fresh the list is', async (t) => {
  await using asked = await asking(t);
  assert.deepEqual(await asked.existing(), []);
  await asked.makeByHand(ben);
  t.mock.timers.tick(10);
  assert.deepEqual(await asked.existing({ knownSinceMs: Date.now() }), [ben]);
});
