import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hoursOf } from './last-day.ts';

const at = '2026-11-29T12:34:00.000Z';
const slot = (from: string, people: number, p95Ms: number) => ({ from, people, p50Ms: 10, p95Ms });

test('a day has 24 hours, and ends with the one that is not over', () => {
  const hours = hoursOf({ at, slotMs: 300_000, slots: [] });
  assert.equal(hours.length, 24);
  assert.equal(hours[0]?.fromMs, Date.UTC(2026, 10, 28, 13));
  assert.deepEqual(hours.at(-1), { fromMs: Date.UTC(2026, 10, 29, 12), people: 0, p95Ms: null });
});

test('an hour has everybody of its five minutes, and the slowest of these; what is older counts nowhere', () => {
  const slots = [
    slot('2026-11-28T12:55:00.000Z', 100, 9_000),
    slot('2026-11-29T11:00:00.000Z', 3, 400),
    slot('2026-11-29T11:55:00.000Z', 5, 700),
    slot('2026-11-29T12:30:00.000Z', 1, 200),
  ];
  const hours = hoursOf({ at, slotMs: 300_000, slots });
  assert.deepEqual(
    hours.filter(({ people }) => people > 0).map(({ people, p95Ms }) => [people, p95Ms]),
    [
      [8, 700],
      [1, 200],
    ],
  );
});
