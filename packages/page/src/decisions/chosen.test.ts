import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decidable } from '../api/documents.ts';
import { everythingSelected } from '../components/selection.ts';
import { chosenIn, whomOf } from './chosen.ts';

const named = (count: number) => Array.from({ length: count }, (_, index) => `corp/${index}#a1`);
const list = (count: number) => named(count).map((asShown) => ({ asShown }));
const reading = (people: readonly Decidable[]) => async (limit: number) => ({
  rows: people.slice(0, limit),
  total: people.length,
});

test('who was chosen one by one is meant as shown, and nothing is asked for', async () => {
  const chosen = await chosenIn({ all: false, rows: new Map([['corp/1', { asShown: 'corp/1#a1' }]]) }, () =>
    assert.fail(),
  );
  assert.deepEqual(whomOf(chosen, ['held']), { who: ['corp/1#a1'] });
});

test('all are meant by name as long as they can be named: who comes later isn’t among them', async () => {
  const chosen = await chosenIn(everythingSelected<Decidable>(), reading(list(1_000)));
  assert.equal(chosen.count, 1_000);
  assert.deepEqual(whomOf(chosen, ['held']), { who: named(1_000) });
});

test('of more than can be named the list is meant, with their whole number', async () => {
  const chosen = await chosenIn(everythingSelected<Decidable>(), reading(list(1_212)));
  assert.deepEqual([chosen.count, chosen.rows.length], [1_212, 1_000]);
  assert.deepEqual(whomOf(chosen, ['held']), { all: ['held'] });
});
