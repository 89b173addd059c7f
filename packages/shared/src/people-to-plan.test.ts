/** Ringing for a list of people, on a real Redis. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { RedisServer } from '../../../tests/support/redis-server.ts';
import { keysOf } from './keys.ts';
import { ringForAll } from './people-to-plan.ts';

test('everybody on the list is rung for, once and in its order, however many came onto it together', async () => {
  await using cleaning = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'ring-'));
  cleaning.defer(() => rm(dir, { recursive: true, force: true }));
  const server = cleaning.use(await RedisServer.create({ dir: join(dir, 'redis') }));
  const redis = new Redis(server.url);
  cleaning.defer(() => redis.disconnect());
  const keys = keysOf('ring');
  // One by one, a thousand together, and more together than are looked at together.
  const together = [...Array.from({ length: 700 }, () => 1), 1_000, 1, 2_500, 3];
  const people = together.flatMap((count, tick) =>
    Array.from({ length: count }, (_, index) => ({
      tick: tick + 1,
      person: `corp/${String(index).padStart(4, '0')}-${tick}`,
    })),
  );
  await redis.zadd(keys.toPlan, ...people.flatMap(({ tick, person }) => [tick, person]));

  const bells: (readonly string[])[] = [];
  const ringer = {
    ring: async ({ people: named = [] }: { people?: readonly string[] | undefined }) => void bells.push(named),
    sweep: async () => assert.fail(),
    close: async () => undefined,
  };
  await ringForAll(ringer, { redis, keys });
  const inOrder = await redis.zrange(keys.toPlan, '0', '-1');
  assert.equal(inOrder.length, people.length);
  assert.deepEqual(bells.flat(), inOrder);
  assert.ok(bells.every((bell) => bell.length <= 100));

  bells.length = 0;
  await redis.del(keys.toPlan);
  await ringForAll(ringer, { redis, keys });
  assert.deepEqual(bells, [], 'nobody is on it');
});
