import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateLimit } from './rate-limit.ts';

test('within any second so many are admitted, and refused ones do not count', () => {
  const limit = rateLimit({ perSecond: 2 });
  const admitted = [0, 500, 999, 1_000, 1_001, 1_500].map((nowMs) => limit.admits({ keys: ['a'], nowMs }));
  assert.deepEqual(admitted, [true, true, false, true, false, true]);
});

test('every key has its own limit, and one that is full is enough to refuse', () => {
  const limit = rateLimit({ perSecond: 1 });
  const admits = (...keys: string[]) => limit.admits({ keys, nowMs: 0 });
  assert.deepEqual([admits('a', 'x'), admits('b', 'x'), admits('b', 'y')], [true, false, true]);
  limit.clear();
  assert.equal(admits('a', 'x'), true);
});
