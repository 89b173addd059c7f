import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundUp } from './round-up.ts';

test('an axis ends at a round number that nothing is above', () => {
  assert.deepEqual([0, 1, 2, 3, 7, 10, 11, 499, 501].map(roundUp), [1, 1, 2, 5, 10, 10, 20, 500, 1_000]);
});
