/** Everything that a check knows to be wrong with Redis, on a real one: doing what it says makes the line turn ok. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openStore } from '@connector/shared/store.ts';
import { checkRedis } from '../../services/console/src/check/check-redis.ts';
import type { What } from '../../services/console/src/check/findings.ts';
import { sessionOf } from '../../services/console/src/session.ts';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Checked, configurationOf } from './checked.ts';

let dir: string;
let server: RedisServer;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'check-redis-'));
  server = await RedisServer.create({ dir: join(dir, 'redis') });
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const sessionWith = (redis: object) => {
  const configuration = configurationOf({ redis: { url: server.url, ...redis } });
  const store = openStore({ target: configuration.redis, prefix: configuration.redis.prefix, name: 'test' });
  return sessionOf({ configuration, store });
};

/** Looks at it as a command does that begins now. */
async function check(redis: object = {}): Promise<Checked> {
  using session = sessionWith(redis);
  return await Checked.by(checkRedis(session));
}

async function set(key: string, value: string): Promise<void> {
  using session = sessionWith({});
  await session.store.redis.config('SET', key, value);
}

const all: What[] = ['answer', 'persistence', 'eviction', 'memory', 'schema'];

test('a Redis that is as it should be', async () => {
  const checked = await check();
  assert.deepEqual([checked.wrong, checked.whats], [[], all]);
  assert.match(checked.line('memory'), /^ok: version \d+\.\d+\.\d+, uses \d+ MB of \d+ MB/);
});

for (const { key, wrong, right, what, told } of [
  { key: 'appendonly', wrong: 'no', right: 'yes', what: 'persistence', told: /set appendonly to yes$/ },
  {
    key: 'maxmemory-policy',
    wrong: 'allkeys-lru',
    right: 'noeviction',
    what: 'eviction',
    told: /set maxmemory-policy to noeviction$/,
  },
] as const)
  test(`${key} ${wrong}, and then ${right}; what else is wrong is told beside it`, async () => {
    await set(key, wrong);
    const found = await check();
    assert.match(found.line(what), told);
    assert.deepEqual(found.wrong, [`failure ${what}`]);
    assert.deepEqual(found.whats, all.slice(0, 4), 'what it holds is not asked of one that would lose it');
    await set(key, right);
    assert.deepEqual((await check()).wrong, []);
  });

test('both at once are two lines', async () => {
  await set('appendonly', 'no');
  await set('maxmemory-policy', 'allkeys-lru');
  assert.deepEqual((await check()).wrong, ['failure persistence', 'failure eviction']);
  await set('appendonly', 'yes');
  await set('maxmemory-policy', 'noeviction');
  assert.deepEqual((await check()).wrong, []);
});

test('appendfsync everysec is enough only where Redis can be asked what is on its disk', async () => {
  await set('appendfsync', 'everysec');
  const found = await check();
  const [, major = 0, minor = 0] = (/version (\d+)\.(\d+)/.exec(found.line('memory')) ?? []).map(Number);
  const isNew = major > 7 || (major === 7 && minor >= 2);
  assert.match(
    found.line('persistence'),
    isNew ? /^ok: .*appendfsync everysec/ : /^failure: .*set appendfsync to always, or use Redis 7\.2 or newer$/,
  );
  await set('appendfsync', 'always');
  assert.match((await check()).line('persistence'), /^ok: .*appendfsync always/);
});

test('memory that is nearly used up is a warning, until there is more', async () => {
  using session = sessionWith({});
  const used = Number(/^used_memory:(\d+)/m.exec(await session.store.redis.info('memory'))?.[1]);
  await set('maxmemory', String(Math.round(used * 1.2)));
  const found = await check();
  assert.match(
    found.line('memory'),
    /^warning: .*\(maxmemory\): raise maxmemory, as nothing can be written once it is full$/,
  );
  assert.deepEqual(found.wrong, ['warning memory']);
  await set('maxmemory', String(used * 10));
  assert.deepEqual((await check()).wrong, []);
  await set('maxmemory', '0');
});

test('a full disk, until there is space again', async () => {
  await set('appendfsync', 'everysec'); // with always, Redis ends at the first write that fails
  await server.startWithRoom(1);
  {
    using session = sessionWith({});
    const { redis } = session.store;
    await redis.config('SET', 'appendfsync', 'everysec');
    const failed = async () => /aof_last_write_status:err/.test(await redis.info('persistence'));
    await waitUntil('a write to fail', async () => {
      await redis.set('filler', 'x'.repeat(10_000)).catch(() => undefined);
      return await failed();
    });
    const found = await check();
    assert.match(
      found.line('persistence'),
      /^failure: Redis can't write to its disk .*: free space there, or mend the disk$/,
    );
    assert.deepEqual(found.wrong, ['failure persistence']);
  }
  await server.startWithRoom(null);
  assert.deepEqual((await check()).wrong, []);
});

test('a replica takes no writes; the master does', async () => {
  await using replica = await RedisServer.create({
    dir: join(dir, 'replica'),
    settings: { replicaof: `127.0.0.1 ${server.port}` },
  });
  const found = await check({ url: replica.url });
  assert.match(
    found.line('answer'),
    /^failure: .* is a replica, which takes no writes: point redis\.url at the master/,
  );
  assert.deepEqual(found.whats, ['answer']);
  assert.deepEqual((await check()).wrong, []);
});

test('a password that is refused, and the right one', async () => {
  await set('requirepass', 'Secret123');
  for (const wrong of [{}, { password: 'another' }]) {
    const found = await check(wrong);
    assert.match(found.line('answer'), /^failure: .* refuses the password: check redis\.password$/);
    assert.deepEqual(found.whats, ['answer']);
  }
  const right = { password: 'Secret123' };
  assert.deepEqual((await check(right)).wrong, []);
  using session = sessionWith(right);
  await session.store.redis.config('SET', 'requirepass', '');
});

test('data of a newer release, until the back-up that was made before it is restored', async () => {
  const backUp = await server.moment();
  {
    using session = sessionWith({});
    await session.store.redis.set(session.store.keys.schema, '99');
    const found = await check();
    assert.match(
      found.line('schema'),
      /^failure: Redis holds data of version 99, .*: start the newer release again, or restore the back-up that was made before it$/,
    );
    assert.deepEqual([found.wrong, found.whats], [['failure schema'], all]);
  }
  await server.goBackTo(backUp);
  assert.deepEqual((await check()).wrong, []);
});

test('one that is down, until it is started', async () => {
  await server.stop();
  const found = await check();
  assert.match(
    found.line('answer'),
    /^failure: Redis at 127\.0\.0\.1:\d+ can't be reached \(ECONNREFUSED\): start it, or check redis\.url$/,
  );
  assert.deepEqual(found.whats, ['answer']);
  await server.start();
  assert.deepEqual((await check()).wrong, []);
});
