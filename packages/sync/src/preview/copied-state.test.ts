/** A copied state answers as Redis does, whatever is written to it, and Redis doesn't notice. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Reader, State } from '@connector/shared/state.ts';
import { openStore, type Store } from '@connector/shared/store.ts';
import { TICK, type Transaction } from '@connector/shared/transaction.ts';
import fc from 'fast-check';
import { RedisServer } from '../../../../tests/support/redis-server.ts';
import { copyState } from './copied-state.ts';

let dir: string;
let server: RedisServer;
let store: Store;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'copied-state-'));
  server = await RedisServer.create({ dir: join(dir, 'redis'), settings: { appendfsync: 'no' } });
  store = openStore({ target: { url: server.url }, prefix: 'copied', name: 'test' });
});
after(async () => {
  store.close();
  await server[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

/** One key of each type; some are copied together at the beginning, others when they are asked for. */
const key = {
  text: '{copied}:policy',
  hash: '{copied}:links',
  set: '{copied}:corp:lookups',
  scores: '{copied}:people-to-plan',
  names: '{copied}:corp:mirror:1:mails',
  stream: '{copied}:corp:log',
};
const name = fc.constantFrom('a', 'A', 'b', 'ä', 'a\0x', 'a\0y', 'b\0x', '');
const score = fc.constantFrom('0', '1', '5', '-2', '1795595727406', TICK);
const bound = fc.constantFrom('-inf', '+inf', '0', '(1', '5', '(5', '-2');

const write: fc.Arbitrary<string[]> = fc.oneof(
  fc.tuple(fc.constant('SET'), fc.constant(key.text), name),
  fc.tuple(fc.constant('DEL'), fc.constantFrom(...Object.values(key))),
  fc.tuple(fc.constant('HSET'), fc.constant(key.hash), name, fc.oneof(name, fc.constant(TICK))),
  fc.tuple(fc.constant('HSETNX'), fc.constant(key.hash), name, name),
  fc.tuple(fc.constant('HDEL'), fc.constant(key.hash), name, name),
  fc.tuple(fc.constant('SADD'), fc.constant(key.set), name, name),
  fc.tuple(fc.constant('SREM'), fc.constant(key.set), name),
  fc.tuple(fc.constant('ZADD'), fc.constant(key.scores), score, name, score, name),
  fc.tuple(fc.constant('ZADD'), fc.constant(key.scores), fc.constantFrom('NX', 'XX'), score, name),
  fc.tuple(fc.constant('ZREM'), fc.constantFrom(key.scores, key.names), name),
  fc.tuple(fc.constant('ZREMRANGEBYSCORE'), fc.constant(key.scores), bound, bound),
  fc.tuple(fc.constant('ZADD'), fc.constant(key.names), fc.constant('0'), name),
);
const guard = fc.oneof(
  fc.record({ command: fc.constant(['GET', key.text]), is: fc.option(name) }),
  fc.record({ command: fc.tuple(fc.constant('HGET'), fc.constant(key.hash), name), is: fc.option(name) }),
  fc.record({
    command: fc.tuple(fc.constant('EXISTS'), fc.constantFrom(...Object.values(key))),
    is: fc.constantFrom('0', '1'),
  }),
  fc.record({ command: fc.tuple(fc.constant('ZSCORE'), fc.constant(key.scores), name), is: fc.option(score) }),
  fc.record({ command: fc.constant(['ZCARD', key.scores]), is: fc.constantFrom('0', '1', '2') }),
  fc.record({
    command: fc.tuple(fc.constant('ZCOUNT'), fc.constant(key.scores), bound, bound),
    is: fc.constantFrom('0', '1', '2'),
  }),
);
const transaction: fc.Arbitrary<Transaction> = fc.record({
  guards: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(guard, { maxLength: 2 }) },
  ),
  writes: fc.array(write, { maxLength: 4 }),
});

/** Everything that can be asked, in an order of its own where Redis has none. */
async function all(redis: Reader): Promise<unknown> {
  const bounds = ['-inf', '+inf', '0', '(1', '5', '(5', '-2'];
  const names = ['a', 'A', 'ä', 'b', ''];
  const pairs = bounds.flatMap((min) => bounds.map((max) => [min, max] as const));
  return {
    text: await redis.get(key.text),
    exists: await Promise.all(Object.values(key).map((each) => redis.exists(each))),
    hash: await redis.hgetall(key.hash),
    hkeys: (await redis.hkeys(key.hash)).sort(),
    hvals: (await redis.hvals(key.hash)).sort(),
    hlen: await redis.hlen(key.hash),
    hget: await redis.hget(key.hash, 'a'),
    hmget: await redis.hmget(key.hash, 'a', 'b', 'none'),
    hscan: pairsOf((await redis.hscan(key.hash, '0', 'COUNT', 500))[1]).sort(),
    members: (await redis.smembers(key.set)).sort(),
    order: await redis.zrange(key.scores, '0', '-1'),
    some: await redis.zrange(key.scores, '1', '2'),
    last: await redis.zrange(key.scores, '-2', '-1'),
    zcard: await redis.zcard(key.scores),
    zscore: await redis.zscore(key.scores, 'a'),
    zcount: await Promise.all(pairs.map(([min, max]) => redis.zcount(key.scores, min, max))),
    byScore: await Promise.all(pairs.map(([min, max]) => redis.zrangebyscore(key.scores, min, max))),
    byName: await Promise.all(
      names.flatMap((from) =>
        ['[', '('].map((end) => redis.zrangebylex(key.names, `[${from}\0`, `${end}${from}\u0001`)),
      ),
    ),
    stream: await redis.xrange(key.stream, '2-0', '+', 'COUNT', 2),
  };
}

const pairsOf = (flat: readonly string[]): string[] =>
  flat.flatMap((field, index) => (index % 2 === 0 ? [`${field}=${flat[index + 1]}`] : []));

test('a copy answers as Redis does, from the moment of copying on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(transaction, { maxLength: 6 }),
      fc.array(transaction, { maxLength: 12 }),
      async (earlier, later) => {
        await store.redis.flushall();
        await store.notice();
        for (const each of earlier) await store.commit(each);
        const copy = await copyState(store, ['corp']);
        assert.deepEqual(await all(copy.redis), await all(store.redis));
        for (const each of later) {
          const [inCopy, inRedis] = [await copy.commit(each), await store.commit(each)];
          assert.deepEqual(inCopy, inRedis);
        }
        assert.deepEqual(await all(copy.redis), await all(store.redis));
      },
    ),
    { numRuns: 200 },
  );
});

test('a log is appended to and trimmed as in Redis', async () => {
  await store.redis.flushall();
  await store.notice();
  const log = (state: State) =>
    state.commit({
      guards: [],
      writes: [
        ...[1, 2, 3, 10].map((id) => ['XADD', key.stream, `${id}-0`, 'entry', `${id}`]),
        ['XTRIM', key.stream, 'MINID', '3-0'],
      ],
    });
  const copy = await copyState(store, ['corp']);
  await log(copy);
  await log(store);
  for (const start of ['1-0', '3-0', '4-0', '11-0', '-'])
    assert.deepEqual(
      await copy.redis.xrange(key.stream, start, '+', 'COUNT', 5),
      await store.redis.xrange(key.stream, start, '+', 'COUNT', 5),
    );
});

test('Redis keeps what it had, and a key that it was said not to have is not asked for', async () => {
  await store.redis.flushall();
  await store.redis.set(key.text, 'before');
  await store.redis.set('{copied}:corp:mirror:9:rids', 'there');
  const copy = await copyState(store, ['corp'], { isNew: (each) => each.includes(':mirror:9:') });
  await copy.commit({
    guards: [],
    writes: [
      ['SET', key.text, 'after'],
      ['DEL', key.hash],
    ],
  });
  assert.equal(await copy.redis.get(key.text), 'after');
  assert.equal(await copy.redis.exists('{copied}:corp:mirror:9:rids'), 0);
  assert.deepEqual((await store.redis.keys('*')).sort(), ['{copied}:corp:mirror:9:rids', key.text].sort());
  assert.equal(await store.redis.get(key.text), 'before');
});

test('a command that it does not know is refused rather than guessed', async () => {
  const copy = await copyState(store, ['corp']);
  await assert.rejects(copy.commit({ guards: [], writes: [['LPUSH', 'x', 'y']] }), /LPUSH/);
});
