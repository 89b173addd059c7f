import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personKey } from '@connector/shared/keys.ts';
import { firstToPlan } from '@connector/sync/plan/mid-read.ts';
import { Reconciling } from './reconciling.ts';

test('people of one directory needn’t wait behind those of another that is in the midst of a read', async () => {
  await using reconciling = await Reconciling.create();
  const { redis, keys } = reconciling.store;
  const guidOf = (number: number) => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
  const all = (directory: string, from: number, count: number) =>
    Array.from({ length: count }, (_, index) => personKey(directory, guidOf(from + index)));
  const [first, second] = [all('first', 0, 2_500), all('second', 5_000, 3)];
  for (const [score, person] of [...first, ...second].entries()) await redis.zadd(keys.toPlan, score, person);
  const next = (count: number) => firstToPlan(reconciling.store, { directories: ['first', 'second'], count });

  assert.deepEqual(await next(2), first.slice(0, 2));
  await redis.set(keys.directory('first').caughtUp, '');
  assert.deepEqual(await next(100), second);
  assert.deepEqual(await next(2), second.slice(0, 2));
  await redis.set(keys.directory('first').caughtUp, '7');
  assert.deepEqual(await next(2_502), [...first, ...second.slice(0, 2)]);
});
