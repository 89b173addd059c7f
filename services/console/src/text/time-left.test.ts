import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeLeftText } from './time-left.ts';

const about = (ms: number) => timeLeftText(ms, { isAll: true });

test('a time left is told no more exactly than it is known, and never as nothing', () => {
  assert.deepEqual(
    [0, 1_200, 59_900, 61_000, 599_000, 601_000, 7_201_000].map(about),
    ['1 s', '2 s', '1 min 0 s', '1 min 10 s', '10 min 0 s', '11 min 0 s', '2 h 1 min'].map(
      (text) => `about ${text} left`,
    ),
  );
});

test('where more may come to it, it is the least', () => {
  assert.equal(timeLeftText(5_000, { isAll: false }), 'at least 5 s left');
});

test('what was never measured is unknown', () => {
  assert.equal(timeLeftText(null, { isAll: true }), 'time left unknown yet');
});
