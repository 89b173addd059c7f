/** What is on its way, and for how long: whoever LastPass refuses hides nobody, and isn't taken for a sync that stands still. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { openStore, type Store } from '@connector/shared/store.ts';
import { readLateChanges, readOnTheWay } from '@connector/sync/requests/on-the-way.ts';
import { RedisServer } from '../support/redis-server.ts';

let dir: string;
let server: RedisServer;
let store: Store;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'on-the-way-'));
  server = await RedisServer.create({ dir });
  store = openStore({ target: { url: server.url }, prefix: 'connector', name: 'test' });
});
after(async () => {
  store?.close();
  await server?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => store.redis.flushall());

/** Changes of so many people, the first one read at a moment and each other one a millisecond later. */
async function changed(who: string, { count = 1, from }: { count?: number; from: number }, aside?: string) {
  const { redis, keys } = store;
  const people = Array.from({ length: count }, (_, index) => `corp/${who}-${index}`);
  await redis.zadd(keys.changedAt, ...people.flatMap((person, index) => [from + index, person]));
  if (aside !== undefined) await redis.hset(keys.setAside, ...people.flatMap((person) => [person, aside]));
}
const asideAs = (kind: string) => JSON.stringify({ name: 'Ann Lee', reason: 'no', kind, sinceMs: 1 });
const late = (beforeMs: number, most = 1_000) => readLateChanges(store, { beforeMs, most });

test('a leaver who is stuck behind thousands whom LastPass refuses is late, and others who are not yet are not', async () => {
  await changed('refused', { count: 2_500, from: 1_000 }, asideAs('refused'));
  await changed('seatless', { count: 20, from: 5_000 }, asideAs('no-seat'));
  assert.deepEqual(await late(20_000), { count: 0, sinceMs: null });
  await changed('leaver', { from: 10_000 });
  await changed('young', { from: 20_001 });
  assert.deepEqual(await late(20_000), { count: 1, sinceMs: 10_000 });
  assert.deepEqual(await late(9_999), { count: 0, sinceMs: null });
  assert.deepEqual(await readOnTheWay(store), { people: 2, sinceMs: 10_000 });
});

test('no more are counted than is wanted, and the oldest is told all the same', async () => {
  await changed('some', { count: 30, from: 7 });
  assert.deepEqual(await late(100, 20), { count: 20, sinceMs: 7 });
  assert.deepEqual(await readOnTheWay(store), { people: 30, sinceMs: 7 });
});

test('who is refused alone is not on the way; who is set aside for their data, or for what nobody can read, is', async () => {
  assert.deepEqual(await readOnTheWay(store), { people: 0, sinceMs: null });
  await changed('refused', { count: 10, from: 1 }, asideAs('refused'));
  assert.deepEqual(await readOnTheWay(store), { people: 0, sinceMs: null });
  await changed('data', { from: 50 }, asideAs('data'));
  assert.deepEqual(await readOnTheWay(store), { people: 1, sinceMs: 50 });
  await changed('unreadable', { from: 40 }, '{"kind":"of another release"}');
  assert.deepEqual(await readOnTheWay(store), { people: 2, sinceMs: 40 });
});

test('past five thousand who are refused it is looked no further, and the next change counts whosever it is', async () => {
  await changed('refused', { count: 7_000, from: 0 }, asideAs('refused'));
  assert.deepEqual(await readOnTheWay(store), { people: 2_000, sinceMs: 5_000 });
});
