import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Redis } from 'ioredis';
import { RedisServer } from '../../../tests/support/redis-server.ts';
import { waitUntil } from '../../../tests/support/wait-until.ts';
import { checkRedis, connectRedis, makeDurable, RedisUnsuitable } from './redis.ts';

describe('the check of Redis', () => {
  let dir: string;
  let server: RedisServer;
  let redis: Redis;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'redis-check-'));
    server = await RedisServer.create({ dir: join(dir, 'redis'), settings: { appendfsync: 'always' } });
    redis = connectRedis({ url: server.url }, { name: 'test' });
  });
  after(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });

  const refusal = async (): Promise<string> => {
    const error = await checkRedis(redis).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof RedisUnsuitable, 'the check passes');
    return error.message;
  };

  test('passes one that keeps what it is given', async () => {
    assert.equal(await checkRedis(redis), 'fsync-always');
    await makeDurable(redis, 'fsync-always');
  });

  for (const policy of ['allkeys-lru', 'volatile-ttl']) {
    test(`refuses one that would evict (${policy}), with the setting to change`, async () => {
      await redis.config('SET', 'maxmemory-policy', policy);
      const expected = `Redis would evict data (maxmemory-policy is ${policy}): set maxmemory-policy to noeviction`;
      assert.equal(await refusal(), expected);
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      await checkRedis(redis);
    });
  }

  test('refuses one that would forget everything at a restart', async () => {
    await redis.config('SET', 'appendonly', 'no');
    assert.match(await refusal(), /appendonly is no.*set appendonly to yes/);
    await redis.config('SET', 'appendonly', 'yes');
    await checkRedis(redis);
  });

  test('what it says to a Redis without an append-only file keeps what that has', async () => {
    const settings = { appendonly: 'no', save: '3600 1' };
    await using other = await RedisServer.create({ dir: join(dir, 'other'), settings });
    const client = connectRedis({ url: other.url }, { name: 'test' });
    try {
      await client.set('key', 'kept');
      await client.save();
      const error: unknown = await checkRedis(client).catch((reason: unknown) => reason);
      const command = /"redis-cli (\w+) (\w+) (\w+) (\w+)"/.exec(String(error)) ?? assert.fail(String(error));
      const [, verb = '', ...words] = command;
      await client.call(verb, ...words);
      await waitUntil('it to have written down what it has', async () =>
        /aof_rewrite_in_progress:0/.test(await client.info()),
      );
      await other.stop();
      await using configured = await RedisServer.create({ dir: join(dir, 'other'), port: other.port });
      assert.equal(configured.url, other.url);
      assert.equal(await client.get('key'), 'kept');
    } finally {
      client.disconnect();
    }
  });

  test('refuses one that could lose a second and has no WAITAOF, or uses that', async () => {
    await redis.config('SET', 'appendfsync', 'everysec');
    const [major = 0, minor = 0] = (/redis_version:(\d+)\.(\d+)/.exec(await redis.info()) ?? []).slice(1).map(Number);
    if (major > 7 || (major === 7 && minor >= 2)) {
      assert.equal(await checkRedis(redis), 'waitaof');
      await redis.set('key', 'value');
      await makeDurable(redis, 'waitaof');
    } else {
      assert.match(await refusal(), /appendfsync is everysec.*set appendfsync to always, or use Redis 7\.2 or newer/);
    }
    await redis.config('SET', 'appendfsync', 'always');
    await checkRedis(redis);
  });
});

test('a command fails within seconds while Redis is away, and works again when it is back', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'redis-away-'));
  const server = await RedisServer.create({ dir: join(dir, 'redis') });
  const redis = connectRedis({ url: server.url }, { name: 'test' });
  redis.on('error', () => undefined); // told by the command below
  try {
    await redis.set('key', 'kept');
    await server.kill();
    const beganAt = performance.now();
    await assert.rejects(redis.get('key'), /max retries|closed|ECONNREFUSED/i);
    assert.ok(performance.now() - beganAt < 5_000);
    await server.start();
    const deadline = performance.now() + 10_000;
    for (let found: string | null = null; found !== 'kept'; ) {
      found = await redis.get('key').catch(() => null);
      assert.ok(performance.now() < deadline, 'not back after 10 s');
    }
  } finally {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  }
});
