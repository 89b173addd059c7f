/** What a process may still do after Redis has forgotten something: nothing that rests on what it read before. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import { openStore, type Store } from '@connector/shared/store.ts';
import { TimelineChanged } from '@connector/shared/timeline.ts';
import { Redis } from 'ioredis';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const nothing = { guards: [], writes: [] };

describe('a timeline', () => {
  let dir: string;
  let server: RedisServer;
  const stores: Store[] = [];
  const process = (url = server.url): Store => {
    const store = openStore({ target: { url }, prefix: 't', name: 'test' });
    stores.push(store);
    return store;
  };

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'timeline-'));
    server = await RedisServer.create({ dir: join(dir, 'redis'), settings: { 'repl-diskless-sync-delay': '0' } });
  });
  beforeEach(() => process().redis.flushall());
  after(async () => {
    for (const store of stores) store.close();
    await server[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });

  const lastTick = async ({ commit }: Store): Promise<number> => {
    const outcome = await commit(nothing);
    assert.ok(outcome.committed);
    return outcome.tick;
  };
  const isRefused = (store: Store) =>
    assert.rejects(store.commit({ guards: [], writes: [['SET', '{t}:spoilt', 'yes']] }), (error: Error) => {
      assert.ok(error instanceof TimelineChanged);
      assert.ok(isRedisTrouble(error), 'it is told more than once');
      return true;
    });

  test('that is the first in an empty Redis keeps nobody waiting', async () => {
    const [one, other] = [process(), process()];
    assert.equal((await one.notice()).openedAtMs, 0);
    await one.commit(nothing);
    assert.equal((await other.notice()).openedAtMs, 0);
    await other.commit(nothing);
  });

  test('ends with a restart: whoever read before is refused once, and no reading of the clock comes again', async () => {
    const [one, other] = [process(), process()];
    await one.redis.hset(one.keys.claims, 'corp/a', 'pusher#1');
    await one.redis.set(one.keys.accountsRead, 'read');
    const before = [await lastTick(one), await lastTick(other)];
    const moment = await server.moment();
    const forgotten = await lastTick(one);
    await server.goBackTo(moment);

    await isRefused(one);
    const { openedAtMs } = await one.notice();
    assert.ok(Math.abs(Date.now() - openedAtMs) < 60_000);
    await isRefused(other);
    assert.equal((await other.notice()).openedAtMs, openedAtMs, 'it is opened once');
    assert.equal(await one.redis.exists(one.keys.claims, one.keys.accountsRead, '{t}:spoilt'), 0);
    const afterwards = [await lastTick(one), await lastTick(other)];
    assert.ok(Math.min(...afterwards) > Math.max(...before, forgotten));
  });

  test('ends when everything is lost, also where a process that has just started takes Redis for a new one', async () => {
    const running = process();
    await running.commit(nothing);
    await running.redis.flushall();
    const begun = process();
    assert.equal((await begun.notice()).openedAtMs, 0);
    await isRefused(running);
    assert.ok((await running.notice()).openedAtMs > 0, 'who was there before knows better');
    await isRefused(begun);
    assert.ok((await begun.notice()).openedAtMs > 0);
    await begun.commit(nothing);
  });

  test('of what an earlier release left begins with a look at everything', async () => {
    const one = process();
    await one.redis.set(one.keys.clock, '7');
    await one.redis.set(one.keys.accountsRead, 'read');
    assert.ok((await one.notice()).openedAtMs > 0);
    assert.equal(await one.redis.exists(one.keys.accountsRead), 0);
  });

  test('that somebody has written over ends, and nobody is stopped by it', async () => {
    for (const junk of ['', 'junk', '{"id":1}']) {
      const one = process();
      await one.commit(nothing);
      await one.redis.set(one.keys.timeline, junk);
      await isRefused(one);
      assert.ok((await one.notice()).openedAtMs > 0);
      assert.equal((await one.commit(nothing)).committed, true);
    }
  });

  test('goes on while Redis only falls silent, is slow, or the connection breaks', async () => {
    const one = process();
    await one.commit(nothing);
    const { raw } = await one.notice();
    server.signal('SIGSTOP');
    const late = one.commit(nothing);
    server.signal('SIGCONT');
    await late;
    await process().redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await waitUntil('the connection to be back', () => one.redis.ping());
    assert.equal((await one.commit(nothing)).committed, true);
    assert.equal((await one.notice()).raw, raw);
  });

  test('ends with a fail-over: what hadn’t reached the replica is forgotten, and nobody builds upon it', async () => {
    const settings = { replicaof: `127.0.0.1 ${server.port}` };
    await using replica = await RedisServer.create({ dir: join(dir, 'replica'), settings });
    const copy = new Redis(replica.url);
    const one = process();
    try {
      await one.commit({ guards: [], writes: [['SET', '{t}:said', 'before']] });
      await waitUntil('the replica to have it', async () => (await copy.get('{t}:said')) === 'before');
      await one.notice(); // a first replica may be a new timeline to Redis, though nothing is lost by it
      await one.commit(nothing);
      await waitUntil(
        'it again',
        async () => (await copy.get(one.keys.clock)) === (await one.redis.get(one.keys.clock)),
      );
      await copy.replicaof('NO', 'ONE');
      await one.commit({ guards: [], writes: [['SET', '{t}:said', 'after']] });

      const promoted = process(replica.url); // the same process: what it knew is handed over
      const known = await one.notice();
      await promoted.notice();
      assert.notEqual((await promoted.notice()).id, known.id);
      assert.ok((await promoted.notice()).openedAtMs > 0);
      assert.equal(await promoted.redis.get('{t}:said'), 'before');
    } finally {
      copy.disconnect();
    }
  });
});
