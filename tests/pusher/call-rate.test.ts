/** Waiting for a call's turn ends, whatever Redis' clock did and whatever was asked for: on a real Redis. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openStore, type Store } from '@connector/shared/store.ts';
import { CallRate } from '../../services/pusher/src/call-rate.ts';
import { RedisServer } from '../support/redis-server.ts';

const hourMs = 3_600_000;
const most = { callsPerSecond: 10, batchSize: 100 };
let redis: RedisServer;
let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'call-rate-'));
  redis = await RedisServer.create({ dir: join(dir, 'redis'), settings: { appendfsync: 'no' } });
});
after(async () => {
  await redis[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

/** The rate of a tenant of its own, kept by that name. */
function rateOf(prefix: string): Disposable & { readonly store: Store; readonly rate: CallRate } {
  const store = openStore({ target: { url: redis.url }, prefix, name: 'test' });
  const rate = new CallRate({ store, most, adaptive: true });
  return { store, rate, [Symbol.dispose]: () => store.close() };
}

test('what was stored before Redis’ clock went back by an hour keeps no call waiting, and the rate holds from then on', async () => {
  using its = rateOf('clock');
  const { store, rate } = its;
  const hence = Date.now() + hourMs;
  const stored = { due: hence, 'due:borne': hence, 'due:updateemail': hence, pausedUntil: hence, callsPerSecond: 5 };
  await store.redis.hset(store.keys.callRate, stored);
  const call = { command: 'updateemail', forLeavers: false };
  const first = await rate.takeTurn(call, AbortSignal.timeout(5_000));
  const second = await rate.takeTurn(call, AbortSignal.timeout(5_000));
  assert.ok(second.takenAtMs - first.takenAtMs >= 249, 'five calls a second are borne, four of them evenly');
  const left = await store.redis.hmget(store.keys.callRate, 'due', 'due:borne', 'due:updateemail');
  for (const due of left) assert.ok(Number(due) < Date.now() + 2_000, `${left}`);
});

test('a pause that is asked for for a day is over after five minutes', async () => {
  using its = rateOf('pause');
  const { store, rate } = its;
  const ended = { sign: 'too-often', takenAtMs: Date.now(), tookMs: 1, accounts: 0 } as const;
  assert.equal(await rate.slowDown(ended, 24 * hourMs), 300_000);
  const pausedUntil = Number(await store.redis.hget(store.keys.callRate, 'pausedUntil'));
  assert.ok(pausedUntil <= Date.now() + 300_000);
  const soon = AbortSignal.timeout(500);
  await assert.rejects(rate.takeTurn({ command: 'disableuser', forLeavers: true }, soon), { name: 'AbortError' });
});
