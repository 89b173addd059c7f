import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bucketOf, latencyOf } from './latency.ts';

const countsOf = (latencies: readonly number[]) => {
  const counts = new Map<number, number>();
  for (const ms of latencies) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1);
  return counts;
};

test('a quantile is right to a twentieth, whatever the latencies are', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 86_400_000 }), { minLength: 1, maxLength: 200 }), (latencies) => {
      const sorted = [...latencies].sort((a, b) => a - b);
      const { people, p50Ms, p95Ms } = latencyOf(countsOf(latencies));
      assert.equal(people, latencies.length);
      for (const [share, told] of [
        [0.5, p50Ms],
        [0.95, p95Ms],
      ] as const) {
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
        assert.ok(Math.abs((told ?? Number.NaN) - exact) <= exact / 20 + 1, `${told} for ${exact}`);
      }
    }),
  );
});

test('of nobody no quantile is told', () => {
  assert.deepEqual(latencyOf(new Map()), { people: 0, p50Ms: null, p95Ms: null });
});

test('clocks that differ make no latency below nothing', () => {
  assert.equal(bucketOf(-500), bucketOf(1));
});
