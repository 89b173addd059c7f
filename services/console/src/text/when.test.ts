import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agoText, counted, momentText } from './when.ts';

test('a moment is told in UTC, to the second', () => {
  assert.equal(momentText(Date.UTC(2026, 10, 23, 20, 41, 7, 999)), '2026-11-23 20:41:07 UTC');
});

test('a moment in the future, by a clock that is ahead, was just now', () => {
  assert.equal(agoText(2_000, 1_000), '0 ms ago');
  assert.equal(agoText(1_000, 66_000), '1 min 5 s ago');
});

test('one is singular, none and many are not', () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, 'person', 'people')),
    ['0 people', '1 person', '2 people'],
  );
});
