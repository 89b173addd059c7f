import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDueAgain } from './schedule.ts';

const everyMs = 1_000;
const nowMs = 50_000;
const isDue = (lastMs: number) => isDueAgain({ lastMs, everyMs, nowMs });

test('it is due once a period has passed', () => {
  assert.deepEqual([nowMs, nowMs - 999, nowMs - 1_000, 0].map(isDue), [false, false, true, true]);
});

test('a time that a clock far ahead has told keeps nothing from being due, and clocks that are a little apart make nothing due', () => {
  assert.deepEqual([nowMs + 1, nowMs + 999, nowMs + 1_000, nowMs * 100].map(isDue), [false, false, true, true]);
});
