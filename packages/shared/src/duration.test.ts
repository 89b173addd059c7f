import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, formatDuration } from './duration.ts';

test('durations are read in every unit', () => {
  const read = ['500ms', '30s', '15m', '24h', '7d', ' 2 h '].map((text) => durationMs.parse(text));
  assert.deepEqual(read, [500, 30_000, 900_000, 86_400_000, 604_800_000, 7_200_000]);
});

for (const text of ['15', '15 minutes', '-1s', '1.5h', '', 'm', '15M']) {
  test(`"${text}" is refused, with what to write`, () => {
    const [issue] = durationMs.safeParse(text).error?.issues ?? [];
    assert.equal(issue?.message, `"${text}" is no duration; write a number and a unit, such as 30s, 15m or 24h`);
  });
}

test('a number without a unit is no duration, as nobody knows which unit was meant', () => {
  assert.equal(durationMs.safeParse(15).success, false);
});

test('durations are shown by the two largest units that matter', () => {
  const shown = [0, 999, 1_000, 59_499, 90_000, 3_600_000, 90_061_000].map(formatDuration);
  assert.deepEqual(shown, ['0 ms', '999 ms', '1 s', '59 s', '1 min 30 s', '1 h 0 min', '25 h 1 min']);
});
