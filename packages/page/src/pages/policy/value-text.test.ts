import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeWords, valueText } from './value-text.ts';

test('a value is told in a line', () => {
  assert.deepEqual(['create', 10, [], ['Staff', 'Sales'], { action: 'remove', after: '30d' }, null].map(valueText), [
    'create',
    '10',
    'none',
    'Staff, Sales',
    'disabled at once, remove after 30d',
    'null',
  ]);
});

test('of a list is told what came to it and what went', () => {
  assert.deepEqual(changeWords({ was: ['a', 'b'], is: ['b', 'c'] }), { kind: 'list', added: ['c'], gone: ['a'] });
});

test('of anything else, and of another order, what it was and is', () => {
  assert.deepEqual(changeWords({ was: 'disable', is: 'nothing' }), { kind: 'value', was: 'disable', is: 'nothing' });
  assert.deepEqual(changeWords({ was: ['a', 'b'], is: ['b', 'a'] }), { kind: 'value', was: 'a, b', is: 'b, a' });
});
