import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agoText, durationText } from './duration.ts';

test('a time is told in its largest unit, and the next one while the first is a small number', () => {
  assert.deepEqual([0, 840, 1_000, 59_999, 130_000, 3_600_000, 40_000_000, 90_000_000].map(durationText), [
    '0 ms',
    '840 ms',
    '1 s',
    '59 s',
    '2 min 10 s',
    '1 h',
    '11 h',
    '1 d 1 h',
  ]);
});

test('what has just been, or is just to come, is now', () => {
  assert.deepEqual(
    [0, 4_000, -4_000, 61_000, -7_200_000].map((ms) => agoText(10_000_000 - ms, 10_000_000)),
    ['just now', 'just now', 'just now', '1 min ago', 'in 2 h'],
  );
});
