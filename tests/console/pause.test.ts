/** `connector pause` and `resume` on a real Redis. */
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { after, before, beforeEach, test } from 'node:test';
import { mayDeliver, readPause } from '@connector/sync/requests/steering.ts';
import { Workplace } from './workplace.ts';

let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());
beforeEach(() => place.clear());

const me = userInfo().username;

test('a pause stops deliveries, names who paused and since when, and a resume lets them go on', async () => {
  const { store } = place;
  await store.redis.set(store.keys.accountsRead, JSON.stringify({ atMs: 1, total: 0, answered: null }));
  assert.equal(await mayDeliver(store, 'automatic'), true);
  const { code, output } = await place.run('pause');
  assert.equal(code, 0);
  assert.match(output, /^Paused: nothing is sent to LastPass any more, leavers included/);
  assert.equal(await mayDeliver(store, 'automatic'), false);
  const paused = await readPause(store);
  assert.equal(paused?.by, me);
  assert.ok(Math.abs(Date.now() - (paused?.atMs ?? 0)) < 60_000);
  assert.deepEqual(await place.run('resume'), { code: 0, output: 'Resumed: what waits is sent now.' });
  assert.equal(await mayDeliver(store, 'automatic'), true);
});

test('a second pause keeps who paused first, and says so', async () => {
  const { redis, keys } = place.store;
  const first = { by: 'somebody', atMs: Date.UTC(2026, 10, 23) };
  await redis.set(keys.paused, JSON.stringify(first));
  const { code, output } = await place.run('pause');
  assert.equal(code, 0);
  assert.match(output, /^somebody paused already, at 2026-11-23 00:00:00 UTC\./);
  assert.deepEqual(await readPause(place.store), first);
  assert.deepEqual(JSON.parse((await place.run('pause', '--json')).output), {
    paused: true,
    by: 'somebody',
    since: '2026-11-23T00:00:00.000Z',
  });
});

test('a resume of nothing says so, changes nothing, and is no failure', async () => {
  assert.deepEqual(await place.run('resume'), { code: 0, output: 'Nothing was paused.' });
  assert.deepEqual(JSON.parse((await place.run('resume', '--json')).output), { paused: false, wasPaused: false });
  await place.run('pause');
  assert.deepEqual(JSON.parse((await place.run('resume', '--json')).output), { paused: false, wasPaused: true });
});

test('while paused, status and sync name who paused and the way out, and exit with 1; a sync asks for nothing', async () => {
  const { redis, keys } = place.store;
  for (const service of ['watcher', 'reconciler', 'pusher']) await place.tellCondition(service);
  await place.run('pause');
  const status = await place.run('status');
  assert.equal(status.code, 1);
  assert.match(status.output, new RegExp(`${me} paused all deliveries at .* UTC: "connector resume"`));
  const sync = await place.run('sync', '--confirm-first');
  assert.equal(sync.code, 1);
  assert.match(sync.output, new RegExp(`^connector: ${me} paused all deliveries at .* UTC: "connector resume" first$`));
  assert.equal(await redis.exists(keys.requests), 0);
  const { code, output } = await place.run('sync', '--json');
  assert.equal(code, 1);
  assert.equal(JSON.parse(output).error.code, 'DELIVERY_PAUSED');
  await place.run('resume');
  assert.equal((await place.run('status')).code, 0);
});
