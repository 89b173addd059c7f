/** What a scrape of the console asks of Redis: the same for ten people and for thousands. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openQueues } from '@connector/shared/queues.ts';
import { openStore } from '@connector/shared/store.ts';
import { readFigures } from '../../services/console/src/figures/figures.ts';
import { RedisServer } from '../support/redis-server.ts';

/** Commands that take no longer however much there is, or as long as its logarithm; of ranges and scripts, what they give is looked at besides. */
const cheap = [
  'zcard',
  'scard',
  'hlen',
  'xlen',
  'llen',
  'exists',
  'hexists',
  'get',
  'hmget',
  'zcount',
  'zrange',
  'lrange',
  'hgetall',
];
const ofQueues = [
  'evalsha',
  'eval',
  'script|load',
  'script',
  'lindex',
  'client|setname',
  'client|setinfo',
  'info',
  'hello',
];
const people = 20_000;

let dir: string;
let server: RedisServer;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'figures-'));
  server = await RedisServer.create({ dir });
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

test('a scrape asks Redis for counts and heads alone, and gets no more for thousands of people', async () => {
  const store = openStore({ target: { url: server.url }, prefix: 'connector', name: 'test' });
  const { queues, close } = openQueues({ target: { url: server.url }, prefix: store.keys.queues });
  const lastpass = { cid: '1', provhash: 'x', callsPerSecond: 5, batchSize: 200, adaptive: true };
  const configuration = { directories: [{ id: 'corp' }], lastpass } as Parameters<
    typeof readFigures
  >[0]['configuration'];
  const { redis, keys } = store;
  /** What the server did and sent for one look. */
  const look = async () => {
    await redis.config('RESETSTAT');
    const figures = await readFigures({ store, configuration, queues }, Date.now());
    const [stats, commands] = [await redis.info('stats'), await redis.info('commandstats')];
    const sent = Number(/total_net_output_bytes:(\d+)/.exec(stats)?.[1]);
    const calls = [...commands.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name = '', n]) => [name, Number(n)]);
    return { figures, sent, calls: new Map(calls as [string, number][]) };
  };
  try {
    await look(); // connections are opened, and scripts loaded
    const few = await look();
    const names = Array.from({ length: people }, (_, index) => `corp/${index}`);
    const pipeline = redis.pipeline();
    for (const key of [keys.toPlan, keys.waiting, keys.toDeliver, keys.held, keys.pending, keys.changedAt])
      pipeline.zadd(key, ...names.flatMap((name, index) => [index + 1, name]));
    for (const key of [keys.links, keys.setAside, keys.accounts])
      pipeline.hset(key, ...names.flatMap((name) => [name, '{}']));
    await pipeline.exec();
    const many = await look();
    assert.equal(many.figures.people.linked, people);
    assert.equal(many.figures.people.toDeliver, people);
    assert.equal(many.figures.onTheWay.people, people);
    assert.deepEqual(many.calls.get('zcard'), few.calls.get('zcard'));
    const unknown = [...many.calls.keys()].filter(
      (name) => ![...cheap, ...ofQueues, 'config|resetstat'].includes(name),
    );
    assert.deepEqual(unknown, []);
    assert.equal(many.calls.get('hgetall') ?? 0, few.calls.get('hgetall') ?? 0);
    const refused = JSON.stringify({ name: 'Ann Lee', reason: 'LastPass refuses: no', kind: 'refused', sinceMs: 1 });
    await redis.hset(keys.setAside, ...names.flatMap((name) => [name, refused]));
    const past = await look();
    assert.ok((past.calls.get('hmget') ?? 0) < 20 && past.sent < 2_000_000, 'all who are refused are looked past');
    assert.ok(
      Math.abs(many.sent - few.sent) < 1_000,
      `${few.sent} bytes for nobody, ${many.sent} for ${people} people`,
    );
  } finally {
    await close();
    store.close();
  }
});
