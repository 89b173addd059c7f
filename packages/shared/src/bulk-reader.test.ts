import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Redis } from 'ioredis';
import { RedisServer } from '../../../tests/support/redis-server.ts';
import { inBulk } from './bulk-reader.ts';
import { connectRedis } from './redis.ts';

let dir: string;
let server: RedisServer;
let redis: Redis;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bulk-reader-'));
  server = await RedisServer.create({ dir: join(dir, 'redis') });
  redis = connectRedis({ url: server.url }, { name: 'test' });
  await redis.hset('h', { a: '1', b: '2' });
  await redis.zadd('z', 1.5, 'a', 2, 'b');
});
after(async () => {
  redis.disconnect();
  await server[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

/** How often each command was carried out meanwhile. */
async function commandsOf(work: () => Promise<void>): Promise<Record<string, number>> {
  await redis.config('RESETSTAT');
  await work();
  const stats = await redis.info('commandstats');
  const counts = [...stats.matchAll(/^cmdstat_(hget|hmget|zscore|zmscore):calls=(\d+)/gm)];
  return Object.fromEntries(counts.map(([, name, calls]) => [name, Number(calls)]));
}

test('what is asked of one key in one turn is one command, answered each as Redis does', async () => {
  const counts = await commandsOf(async () => {
    const bulk = inBulk(redis);
    const asked = [
      ...['a', 'missing', 'b', 'a'].map((field) => bulk.hget('h', field)),
      bulk.hget('nothing', 'a'),
      ...['b', 'missing', 'a'].map((member) => bulk.zscore('z', member)),
    ];
    assert.deepEqual(await Promise.all(asked), ['1', null, '2', '1', null, '2', null, '1.5']);
    assert.deepEqual(await bulk.hmget('h', 'b', 'missing'), ['2', null]);
    assert.deepEqual(await bulk.zmscore('z', 'missing', 'b'), [null, '2']);
  });
  assert.deepEqual(counts, { hmget: 3, zmscore: 2 });
});

test('a later question is asked anew', async () => {
  const bulk = inBulk(redis);
  assert.equal(await bulk.hget('h', 'c'), null);
  await redis.hset('h', 'c', '3');
  assert.equal(await bulk.hget('h', 'c'), '3');
});

test('an error of Redis fails each of those who have asked', async () => {
  const bulk = inBulk(redis);
  for (const outcome of await Promise.allSettled([bulk.hget('z', 'a'), bulk.hget('z', 'b')]))
    assert.ok(outcome.status === 'rejected' && /WRONGTYPE/.test(String(outcome.reason)));
});
