import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Redis } from 'ioredis';
import { RedisServer } from '../../../tests/support/redis-server.ts';
import { connectRedis } from './redis.ts';
import { commit, commitAll, manyValues, TICK } from './transaction.ts';

const clock = '{t}:clock';
const place = { clock, schema: '{t}:schema', expected: '1', timeline: null };

describe('a transaction', () => {
  let dir: string;
  let server: RedisServer;
  let redis: Redis;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'transaction-'));
    server = await RedisServer.create({ dir: join(dir, 'redis') });
    redis = connectRedis({ url: server.url }, { name: 'test' });
  });
  after(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });

  test('may be the first thing that a connection does, together with other commands', async () => {
    const other = connectRedis({ url: server.url }, { name: 'another' });
    try {
      const [read, outcome] = await Promise.all([
        other.get('{t}:nothing'),
        commit(other, place, { guards: [], writes: [] }),
      ]);
      assert.equal(read, null);
      assert.equal(outcome.committed, true);
    } finally {
      other.disconnect();
    }
  });

  test('leaves the clock where it is when all it does is to let a key live longer', async () => {
    const before = await redis.get(clock);
    await redis.set('{t}:lease', 'own', 'PX', 1_000);
    const writes = [['PEXPIRE', '{t}:lease', '60000']];
    const outcome = await commit(redis, place, { guards: [{ command: ['GET', '{t}:lease'], is: 'own' }], writes });
    assert.deepEqual(outcome, { committed: true, tick: Number(before) });
    assert.equal(await redis.get(clock), before);
    assert.ok((await redis.pttl('{t}:lease')) > 50_000);
  });

  test('commits and refuses several one by one, and each sees what those before it have written', async () => {
    const before = Number(await redis.get(clock));
    const guard = (is: string | null) => ({ command: ['GET', '{t}:several'], is });
    const outcomes = await commitAll(redis, place, [
      { guards: [guard(null)], writes: [['SET', '{t}:several', 'first']] },
      { guards: [guard(null)], writes: [['SET', '{t}:several', 'never']] },
      { guards: [guard('first')], writes: [['SET', '{t}:several', TICK]] },
    ]);
    assert.deepEqual(outcomes, [
      { committed: true, tick: before + 1 },
      { committed: false, refusedBy: guard(null) },
      { committed: true, tick: before + 2 },
    ]);
    assert.equal(await redis.get('{t}:several'), String(before + 2));
    assert.deepEqual(await commitAll(redis, place, []), []);
  });

  test('writes everything when all guards hold, and moves the clock by one', async () => {
    const before = Number(await redis.get(clock));
    await redis.set('{t}:a', 'old');
    const outcome = await commit(redis, place, {
      guards: [
        { command: ['GET', '{t}:a'], is: 'old' },
        { command: ['GET', '{t}:missing'], is: null },
        { command: ['EXISTS', '{t}:a'], is: '1' },
      ],
      writes: [
        ['SET', '{t}:a', 'new'],
        ['HSET', '{t}:h', 'when', TICK],
      ],
    });
    assert.deepEqual(outcome, { committed: true, tick: before + 1 });
    assert.equal(await redis.get('{t}:a'), 'new');
    assert.equal(await redis.hget('{t}:h', 'when'), String(before + 1));
    assert.equal(await redis.get(clock), String(before + 1));
  });

  test('writes nothing when any guard fails, tells which, and leaves the clock', async () => {
    await redis.set('{t}:b', 'mine');
    const tick = await redis.get(clock);
    const failing = { command: ['GET', '{t}:b'], is: 'yours' };
    const outcome = await commit(redis, place, {
      guards: [{ command: ['GET', '{t}:missing'], is: null }, failing],
      writes: [['DEL', '{t}:b']],
    });
    assert.deepEqual(outcome, { committed: false, refusedBy: failing });
    assert.equal(await redis.get('{t}:b'), 'mine');
    assert.equal(await redis.get(clock), tick);
  });

  test('tells a missing value from an empty one, both ways', async () => {
    await redis.set('{t}:empty', '');
    const isMissing = await commit(redis, place, { guards: [{ command: ['GET', '{t}:empty'], is: null }], writes: [] });
    const isEmpty = await commit(redis, place, { guards: [{ command: ['GET', '{t}:empty'], is: '' }], writes: [] });
    const missing = await commit(redis, place, { guards: [{ command: ['GET', '{t}:missing'], is: '' }], writes: [] });
    assert.deepEqual([isMissing.committed, isEmpty.committed, missing.committed], [false, true, false]);
  });

  test('compares text byte for byte: accents, quotes, line breaks, NUL', async () => {
    const text = 'Zoë "the\nslash\\" \u0000 Šimůnek 😀';
    await redis.hset('{t}:names', text, text);
    const outcome = await commit(redis, place, {
      guards: [{ command: ['HGET', '{t}:names', text], is: text }],
      writes: [['HSET', '{t}:names', 'copy', text]],
    });
    assert.equal(outcome.committed, true);
    assert.equal(await redis.hget('{t}:names', 'copy'), text);
  });

  test('compares scores as Redis prints them, moments in milliseconds included', async () => {
    const nowMs = '1795469910524';
    await redis.zadd('{t}:scores', nowMs, 'ann');
    const stored = await redis.zscore('{t}:scores', 'ann');
    const outcome = await commit(redis, place, {
      guards: [{ command: ['ZSCORE', '{t}:scores', 'ann'], is: stored }],
      writes: [],
    });
    assert.equal(outcome.committed, true);
  });

  test('side by side on one guard, exactly one goes through', async () => {
    await redis.set('{t}:turn', '0');
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        commit(redis, place, {
          guards: [{ command: ['GET', '{t}:turn'], is: '0' }],
          writes: [['SET', '{t}:turn', `taken by ${index}`]],
        }),
      ),
    );
    assert.equal(outcomes.filter(({ committed }) => committed).length, 1);
  });

  test('takes thousands of writes at once, and as many guards', async () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `name ${index}`);
    const guards = names.map((name) => ({ command: ['HGET', '{t}:many', name], is: null }));
    const outcome = await commit(redis, place, {
      guards,
      writes: names.map((name) => ['HSET', '{t}:many', name, TICK]),
    });
    assert.equal(outcome.committed, true);
    assert.equal(await redis.hlen('{t}:many'), names.length);
  });

  test('takes whatever manyValues cuts', async () => {
    const values = Array.from({ length: 12_345 }, (_, index) => `value ${index}`);
    const writes = manyValues(['SADD', '{t}:set'], values);
    assert.equal((await commit(redis, place, { guards: [], writes })).committed, true);
    assert.equal(await redis.scard('{t}:set'), values.length);
  });

  test('refuses a write with more arguments than a script can take, before anything is sent', async () => {
    const tick = await redis.get(clock);
    const write = ['SADD', '{t}:huge', ...Array.from({ length: 8_000 }, String)];
    await assert.rejects(commit(redis, place, { guards: [], writes: [write] }), /SADD with 8002 arguments/);
    assert.equal(await redis.get(clock), tick);
  });
});

describe('manyValues', () => {
  test('keeps pairs together', () => {
    const values = Array.from({ length: 2_500 }, (_, index) => [`field ${index}`, `value ${index}`]).flat();
    const writes = manyValues(['HSET', 'key'], values, { perValue: 2 });
    assert.equal(
      writes.every(({ length }) => length % 2 === 0),
      true,
    );
    assert.deepEqual(
      writes.flatMap((write) => write.slice(2)),
      values,
    );
  });

  test('makes no write of no values', () => {
    assert.deepEqual(manyValues(['SADD', 'key'], []), []);
  });
});
