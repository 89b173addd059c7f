/** An account that somebody makes by hand must be found before the create leaves, also where a list of a moment ago is asked. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LastPassClient } from '@connector/lastpass/client.ts';
import { openStore } from '@connector/shared/store.ts';
import { pageSize } from '@connector/sync/accounts/list-accounts.ts';
import { NameList } from '@connector/sync/accounts/name-list.ts';
import { existingAmong } from '../../services/pusher/src/existing-accounts.ts';
import type { Calls } from '../../services/pusher/src/gate.ts';
import { RecentNames } from '../../services/pusher/src/recent-names.ts';
import { RedisServer } from '../support/redis-server.ts';
import { Simulator } from '../support/simulator.ts';

/** More than it takes calls to list everything, so that a list is asked. */
const usernames = ['ann', 'ben', 'cy', 'dee', 'eve'].map((name) => `${name}@example.test`);
const [ann = '', ben = ''] = usernames;
const signal = AbortSignal.timeout(60_000);

/** A tenant with so many accounts, all of which were read a while ago. The clock goes on as the test says. */
async function asking(t: TestContext, { accounts = 0 } = {}) {
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
  const others = Array.from({ length: accounts }, (_, number) => `other${number}@example.test`);
  if (accounts > 0) {
    await simulator.seed({ users: others.map((username) => ({ username, fullname: 'Other' })) });
    await store.redis.hset(store.keys.accounts, ...others.flatMap((username) => [username, '{}']));
  }
  const gate: Calls = { call: (_, send) => send(client) };
  const recentNames = new RecentNames(() => NameList.read(gate, signal));
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const existing = async ({ knownSinceMs = 0 } = {}) => [
    ...(await existingAmong({ store, gate, signal, recentNames }, usernames, { knownSinceMs })).found.keys(),
  ];
  const makeByHand = (username: string) => simulator.byHand('batchadd', [{ username, fullname: 'By hand' }]);
  /** What is found, and in how many calls. */
  const counted = async () => {
    const since = await simulator.lastCall();
    return { found: await existing(), calls: (await simulator.calls(since)).length };
  };
  return { store, existing, counted, makeByHand, [Symbol.asyncDispose]: () => all.disposeAsync() };
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

test('of a long list only the end is read again, where others are due than before and where few are', async (t) => {
  const pages = 5;
  await using asked = await asking(t, { accounts: pages * pageSize });
  const { redis, keys } = asked.store;
  const many = Array.from({ length: 2 * pages + 2 }, (_, number) => [0, `person${number}`]).flat();
  await redis.zadd(keys.toDeliver, ...many);
  assert.deepEqual(await asked.counted(), { found: [], calls: 2 * pages - 1 }, 'each page but the last is read twice');
  t.mock.timers.tick(20_001);
  // The last page that is known is full: it is read twice, as there is one behind it. Whom the list has is asked for by name.
  await asked.makeByHand(ann);
  assert.deepEqual(await asked.counted(), { found: [ann], calls: 3 + 1 });
  await redis.del(keys.toDeliver);
  t.mock.timers.tick(20_001);
  await asked.makeByHand(ben);
  assert.deepEqual(await asked.counted(), { found: [ann, ben], calls: 1 + 2 });
});
