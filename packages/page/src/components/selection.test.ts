import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everythingSelected, isSelected, nothingSelected, selectedCount, withSelected } from './selection.ts';

const page = new Map([
  ['a', 'Ann'],
  ['b', 'Bob'],
]);

test('those who were chosen on another page stay chosen', () => {
  const first = withSelected(nothingSelected<string>(), { keys: ['a', 'b'], chosen: true, page });
  const both = withSelected(first, { keys: ['c'], chosen: true, page: new Map([['c', 'Cleo']]) });
  assert.deepEqual([...both.rows.values()], ['Ann', 'Bob', 'Cleo']);
  assert.equal(selectedCount(both, 100), 3);
});

test('all is everybody there is, and ends with the first who is left out: the others of the page stay', () => {
  const all = everythingSelected<string>();
  assert.equal(selectedCount(all, 100), 100);
  assert.equal(isSelected(all, 'never seen'), true);
  const fewer = withSelected(all, { keys: ['a'], chosen: false, page });
  assert.deepEqual([fewer.all, [...fewer.rows.keys()]], [false, ['b']]);
});
