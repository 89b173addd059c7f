import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slotsOf } from './slots.ts';

test('a day has all its slots, and ends with the one that is not over', () => {
  const slots = slotsOf({
    at: '2026-11-29T12:34:00.000Z',
    slotMs: 300_000,
    slots: [{ from: '2026-11-29T12:30:00.000Z', people: 3, p50Ms: 230, p95Ms: 410 }],
  });
  assert.equal(slots.length, 288);
  assert.equal(slots[0]?.fromMs, Date.UTC(2026, 10, 28, 12, 35));
  assert.deepEqual(slots.at(-1), { fromMs: Date.UTC(2026, 10, 29, 12, 30), people: 3, p50Ms: 230, p95Ms: 410 });
  assert.equal(
    slots.slice(0, -1).every(({ people }) => people === 0),
    true,
  );
});
