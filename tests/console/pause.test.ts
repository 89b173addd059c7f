/** `connector pause` and `resume` on a real Redis. */
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { after, before, beforeEach, test } from 'node:test';
import { credentialsDigest } from '@connector/shared/credentials.ts';
import type { Alarm, Disabling } from '@connector/shared/plan.ts';
import { mayDeliver, pauseDelivery, readPause } from '@connector/sync/requests/steering.ts';
import { guidOf, Workplace } from './workplace.ts';

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

/** Somebody whose being disabled can be undone. */
async function disabledPerson(digit: string): Promise<void> {
  const { redis, keys } = place.store;
  const person = `corp/${guidOf(digit)}`;
  const told = { username: `${digit}@x.org`, name: 'Ann', because: 'was disabled', digest: 'x' };
  const disabling: Disabling = { ...told, atMs: Date.now() };
  await redis.hset(keys.disablings, person, JSON.stringify(disabling));
  const link = { username: `${digit}@x.org`, id: '1', disabledByUs: true, removedByUs: false };
  await redis.hset(keys.links, person, JSON.stringify(link));
}

/** What release, approve and undo tell of when it happens. */
async function toldOfTime(): Promise<string[]> {
  const { redis, keys } = place.store;
  await place.hold('a');
  const pending = await place.hold('b', { steps: [{ kind: 'create', fullname: 'B', groups: [], because: 'is new' }] });
  await redis.zrem(keys.held, pending);
  await redis.zadd(keys.pending, 1, pending);
  await disabledPerson('c');
  const outputs = [
    await place.run('release', 'a@x.org'),
    await place.run('approve', 'b@x.org'),
    await place.run('undo', 'c@x.org'),
  ];
  return outputs.map(({ output }) => output.split('\n').at(-1) ?? '');
}

/** What keeps all deliveries back, as a decision tells it in JSON. */
async function stoppedNow(): Promise<string | null> {
  await place.hold('a');
  return JSON.parse((await place.run('release', 'a@x.org', '--json')).output).stopped;
}

const accountsAreRead = () =>
  place.store.redis.set(place.store.keys.accountsRead, JSON.stringify({ atMs: 1, total: 0, answered: null }));

test('what is decided happens now where something is sent, and later while somebody has paused it', async () => {
  await accountsAreRead();
  assert.deepEqual(await toldOfTime(), [
    '1 person released: the steps shown happen now.',
    '1 person approved: their accounts are created now.',
    'undone  Ann  c@x.org  is enabled now, and stays so as long as the reason is the same',
  ]);
  await pauseDelivery(place.store, { by: 'root', atMs: Date.UTC(2026, 10, 23) });
  const stopped = 'root paused all deliveries at 2026-11-23 00:00:00 UTC: "connector resume"';
  assert.deepEqual(await toldOfTime(), [
    `1 person released: the steps shown happen later, as ${stopped}.`,
    `1 person approved: their accounts are created later, as ${stopped}.`,
    `It happens later, as ${stopped}.`,
  ]);
  assert.equal(await stoppedNow(), stopped);
});

test('it happens later, too, while LastPass refuses the credentials, before the accounts were read, and in manual mode', async () => {
  const { redis, keys } = place.store;
  assert.match((await stoppedNow()) ?? '', /^nothing is sent before the accounts at LastPass were read: /);
  await accountsAreRead();
  assert.equal(await stoppedNow(), null);
  const alarm: Alarm = { message: 'wrong provhash', sinceMs: 1, tryAgainAtMs: 1 };
  await redis.hset(keys.alarms, credentialsDigest({ cid: '1', provhash: 'p' }), JSON.stringify(alarm));
  assert.equal(await stoppedNow(), 'LastPass refuses the credentials: wrong provhash');
  await redis.del(keys.alarms);
  await place.configure({ sync: { mode: 'manual' } });
  try {
    const before = 'nothing is sent in manual mode before somebody asks for it: "connector sync"';
    assert.equal(await stoppedNow(), before);
    await place.run('sync', '--no-wait');
    assert.equal(await stoppedNow(), null);
  } finally {
    await place.configure({});
  }
});
