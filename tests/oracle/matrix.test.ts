import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../acceptance/random.ts';
import { rowsOf } from './matrix.ts';
import { array, quarterOf } from './policies.ts';

const pairsUpTo = (count: number): [number, number][] =>
  Array.from({ length: count }, (_, b) => Array.from({ length: b }, (__, a): [number, number] => [a, b])).flat();

test('any three of the five settings occur in every combination', () => {
  for (const [b, c] of pairsUpTo(5))
    for (let a = 0; a < b; a++) {
      const seen = new Set(array.map((row) => [row[a], row[b], row[c]].join()));
      assert.equal(seen.size, 64, `settings ${a}, ${b} and ${c}`);
    }
  assert.equal(new Set(rowsOf(new Random(1)).map(({ policy }) => JSON.stringify(policy))).size, 64);
});

const quarters = [0, 1, 2, 3];

test('in each quarter any two settings occur in every combination', () => {
  for (const quarter of quarters)
    for (const [a, b] of pairsUpTo(5)) {
      const rows = array.filter((_, number) => quarterOf(number) === quarter);
      const seen = new Set(rows.map((row) => [row[a], row[b]].join()));
      assert.deepEqual([rows.length, seen.size], [16, 16], `settings ${a} and ${b} in quarter ${quarter}`);
    }
});

for (const quarter of quarters)
  test(`in quarter ${quarter} any two switches occur in every combination`, () => {
    const rows = rowsOf(new Random(1)).filter(({ number }) => quarterOf(number) === quarter);
    const sets = rows.map(({ switches }) => Object.values(switches));
    for (const [a, b] of pairsUpTo(sets[0]?.length ?? 0)) {
      const seen = new Set(sets.map((values) => [values[a], values[b]].join()));
      assert.equal(seen.size, 4, `switches ${a} and ${b}`);
    }
  });
