import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DeliveredBatch, paceOf, timeLeftMs } from './pace.ts';

const nowMs = 1_000_000;
const batch = (agoMs: number, { tookMs = 1_000, people = 200 } = {}): DeliveredBatch => ({
  atMs: nowMs - agoMs,
  tookMs,
  people,
});
const left = (people: number, batches: readonly DeliveredBatch[], pausedMs = 0) =>
  timeLeftMs(people, { batches, pausedMs, nowMs });

test('where nothing was delivered, how long it takes is unknown', () => {
  assert.equal(left(5, []), null);
  assert.equal(left(5, [batch(60_000)]), null, 'a minute ago is long ago');
  assert.equal(left(5, [batch(30_001)]), null, 'and so is whatever nothing followed on');
});

test('it takes as long as it took', () => {
  assert.equal(left(1_000, [batch(0)]), 5_000);
  assert.equal(left(1_000, [batch(0), batch(1_000), batch(2_000)]), 5_000);
  assert.equal(left(1_000, [batch(0), batch(0)]), 2_500, 'side by side is twice as fast');
});

test('since the last batch was over time has passed, too', () => {
  assert.equal(left(1_000, [batch(9_000)]), 50_000);
});

test('a pause is waited for first; one that is over isn’t', () => {
  assert.equal(left(1_000, [batch(0)], 15_000), 20_000);
  assert.equal(left(1_000, [batch(0)], -15_000), 5_000);
});

test('what was long before, with nothing in between, says nothing of now', () => {
  const now = [batch(0), batch(1_000)];
  assert.equal(left(1_000, [...now, batch(35_000, { people: 1 })]), left(1_000, now));
  assert.notEqual(left(1_000, [...now, batch(20_000, { people: 1 })]), left(1_000, now), 'a hold-up belongs to it');
});

test('a steady pace is found, whatever batches it came in and whatever their order', () => {
  const steady = fc.record({
    everyMs: fc.integer({ min: 100, max: 10_000 }),
    people: fc.integer({ min: 1, max: 500 }),
    count: fc.integer({ min: 2, max: 200 }),
  });
  fc.assert(
    fc.property(steady, fc.integer(), ({ everyMs, people, count }, order) => {
      const batches = Array.from({ length: count }, (_, index) => batch(index * everyMs, { tookMs: everyMs, people }));
      const shuffled = batches.sort((a, b) => ((a.atMs * 7_919 + order) % 97) - ((b.atMs * 7_919 + order) % 97));
      const found = paceOf(shuffled, nowMs) ?? 0;
      assert.ok(Math.abs(found - people / everyMs) < 1e-9, `${found} instead of ${people / everyMs}`);
    }),
  );
});
