import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everythingSelected } from '../components/selection.ts';
import { chosenIn, whomOf } from './chosen.ts';

const how = { keyOf: (row: string) => row, lists: ['held'] };
const list = (count: number) => Array.from({ length: count }, (_, index) => `corp/${index}`);
const reading = (people: readonly string[]) => async (limit: number) => ({
  rows: people.slice(0, limit),
  total: people.length,
});

test('who was chosen one by one is meant by name, and nothing is asked for', async () => {
  const chosen = await chosenIn({ all: false, rows: new Map([['corp/1', 'corp/1']]) }, () => assert.fail());
  assert.deepEqual(whomOf(chosen, how), { who: ['corp/1'] });
});

test('all are meant by name as long as they can be named: who comes later isn’t among them', async () => {
  const chosen = await chosenIn(everythingSelected<string>(), reading(list(1_000)));
  assert.equal(chosen.count, 1_000);
  assert.deepEqual(whomOf(chosen, how), { who: list(1_000) });
});

test('of more than can be named the list is meant, with their whole number', async () => {
  const chosen = await chosenIn(everythingSelected<string>(), reading(list(1_212)));
  assert.deepEqual([chosen.count, chosen.rows.length], [1_212, 1_000]);
  assert.deepEqual(whomOf(chosen, how), { all: ['held'] });
});
