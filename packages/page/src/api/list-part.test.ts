import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageOfFirst, pageOfSecond, sliceOfSecond } from './list-part.ts';

test('the second of two lists begins where the first one ends', () => {
  const asked = sliceOfSecond(120, { offset: 50, limit: 50 });
  assert.deepEqual(asked, { offset: 170, limit: 50 });
  assert.deepEqual(pageOfSecond(120, { ...asked, total: 300 }), { offset: 50, limit: 50, total: 180 });
});

test('the first of two lists is as long as it is told to be, and no longer than both', () => {
  assert.equal(pageOfFirst(120, { offset: 0, limit: 50, total: 300 }).total, 120);
  assert.equal(pageOfFirst(120, { offset: 0, limit: 50, total: 7 }).total, 7);
});
