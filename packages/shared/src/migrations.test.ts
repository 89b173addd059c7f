import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { RedisServer } from '../../../tests/support/redis-server.ts';
import { waitUntil } from '../../../tests/support/wait-until.ts';
import { type Migration, MigrationUnderWay } from './migrations.ts';
import { SchemaMismatch } from './schema.ts';
import { openStore, type Store } from './store.ts';
import { TimelineChanged } from './timeline.ts';

const nothing = { guards: [], writes: [] };
/** Appends a letter to what is stored, once: done again it comes to the same. */
const append =
  (key: string, letter: string): Migration =>
  async ({ redis, commit }) => {
    const text = (await redis.get(key)) ?? '';
    if (!text.endsWith(letter)) await commit({ guards: [], writes: [['SET', key, text + letter]] });
  };

describe('what is in Redis', () => {
  let dir: string;
  let server: RedisServer;
  const stores: Store[] = [];
  /** What a release with these migrations opens. */
  const release = (...migrations: Migration[]): Store => {
    const store = openStore({ target: { url: server.url }, prefix: 't', name: 'test', migrations });
    stores.push(store);
    return store;
  };
  let first: Store;
  let second: Store;
  let third: Store;
  const key = '{t}:data';
  const bringUpToDate = (store: Store, steps: string[] = []) =>
    store.migrate({ migrator: `test ${Math.random()}`, onStep: (from, to) => void steps.push(`${from} → ${to}`) });
  const schema = () => first.redis.get(first.keys.schema);
  const everything = async () => {
    const keys = (await first.redis.keys('*')).sort();
    return Promise.all(keys.map(async (each) => [each, (await first.redis.dumpBuffer(each))?.toString('hex')]));
  };

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'migrations-'));
    server = await RedisServer.create({ dir: join(dir, 'redis') });
  });
  const closeAll = () => {
    for (const store of stores.splice(0)) store.close();
  };
  beforeEach(async () => {
    closeAll();
    first = release();
    second = release(append(key, 'b'));
    third = release(append(key, 'b'), append(key, 'c'));
    await first.redis.flushall();
  });
  after(async () => {
    closeAll();
    await server[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });

  test('gets its version by the first transaction, and by looking none', async () => {
    await second.check();
    assert.deepEqual(await everything(), []);
    await second.commit(nothing);
    assert.equal(await schema(), '2');
    await second.redis.flushall(); // lost under a running service
    await assert.rejects(second.commit(nothing), TimelineChanged);
    await second.commit(nothing);
    assert.equal(await schema(), '2');
    await second.check();
  });

  test('is of version 1 where it is older than the key', async () => {
    await first.commit({ guards: [], writes: [['SET', key, 'a']] });
    await first.redis.del(first.keys.schema);
    await first.check();
    await assert.rejects(
      second.check(),
      /^SchemaMismatch: Redis holds data of version 1, and this release reads version 2/,
    );
    await assert.rejects(second.commit(nothing), SchemaMismatch);
    await first.commit(nothing);
    assert.equal(await schema(), '1');
  });

  test('is brought up to date step by step', async () => {
    await first.commit({ guards: [], writes: [['SET', key, 'a']] });
    await first.redis.del(first.keys.schema);
    const steps: string[] = [];
    await bringUpToDate(third, steps);
    assert.deepEqual(steps, ['1 → 2', '2 → 3']);
    assert.deepEqual([await first.redis.get(key), await schema()], ['abc', '3']);
    assert.equal(await first.redis.exists(first.keys.migrator), 0);
    await third.check();
    await bringUpToDate(third, steps);
    assert.equal(steps.length, 2, 'there is nothing left to do');
  });

  test('is refused by an older release, which touches nothing and says what to do', async () => {
    await third.commit({ guards: [], writes: [['SET', key, 'abc']] });
    const before = await everything();
    const line =
      'Redis holds data of version 3, and this release reads version 1: start the newer release again, or restore the back-up that was made before it';
    await assert.rejects(first.check(), { message: line, isOutdated: false });
    await assert.rejects(first.commit({ guards: [], writes: [['SET', key, 'spoilt']] }), { message: line });
    await assert.rejects(bringUpToDate(second), { message: line.replace('version 1', 'version 2') });
    assert.deepEqual(await everything(), before);
  });

  test('that was left half up to date is refused by everybody, and finished by the next one', async () => {
    await first.commit({ guards: [], writes: [['SET', key, 'a']] });
    const cut = release(async (migrating) => {
      await append(key, 'b')(migrating);
      throw new Error('killed');
    });
    await assert.rejects(bringUpToDate(cut), /killed/);
    assert.equal(await schema(), '1>2');
    const half = /holds data of version 1, on its way to 2, and this release reads version/;
    await assert.rejects(first.commit(nothing), half);
    await assert.rejects(second.commit(nothing), half);
    await assert.rejects(first.check(), { isOutdated: false });
    await assert.rejects(second.check(), { isOutdated: true });
    await bringUpToDate(second);
    assert.deepEqual([await first.redis.get(key), await schema()], ['ab', '2']);
  });

  test('is brought up to date by one process, and one that has lost its turn is stopped', async () => {
    await first.commit({ guards: [], writes: [['SET', key, 'a']] });
    const wakes = Promise.withResolvers<void>();
    let asleep = false;
    const sleeper = release(async (migrating) => {
      asleep = true;
      await wakes.promise;
      await append(key, 'x')(migrating);
    });
    const slept = bringUpToDate(sleeper);
    await waitUntil('it to be at it', () => asleep);
    await assert.rejects(bringUpToDate(second), MigrationUnderWay);
    await first.redis.del(first.keys.migrator); // as if it had slept too long
    await bringUpToDate(second);
    wakes.resolve();
    await assert.rejects(slept);
    assert.deepEqual([await first.redis.get(key), await schema()], ['ab', '2']);
  });
});
