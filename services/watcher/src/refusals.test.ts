import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pauseAfterMs } from './refusals.ts';

test('no 30 minutes see more than three tries with a password that may be wrong', () => {
  const triedAtMs = [0];
  for (let count = 1; count < 30; count++)
    triedAtMs.push((triedAtMs.at(-1) ?? 0) + pauseAfterMs({ countsTowardsLockOut: true }, count));
  for (const from of triedAtMs) {
    const tries = triedAtMs.filter((at) => at >= from && at <= from + 30 * 60_000);
    assert.ok(tries.length <= 3, `${tries.length} tries from ${from} ms on`);
  }
});

test('a slip is tried again soon, and a refusal that is no wrong password every time', () => {
  assert.ok(pauseAfterMs({ countsTowardsLockOut: true }, 1) <= 15_000);
  for (const count of [0, 1, 50]) assert.ok(pauseAfterMs({ countsTowardsLockOut: false }, count) <= 30_000);
});
