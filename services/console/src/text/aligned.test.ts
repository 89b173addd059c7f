import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aligned } from './aligned.ts';
import { plainly } from './paint.ts';

test('columns line up, and the last one is as long as it is', () => {
  const rows = [
    ['a', 'x', 'one'],
    ['longer', 'y', 'two words'],
  ];
  assert.deepEqual(aligned(rows, { paint: plainly }), ['  a       x  one', '  longer  y  two words']);
});

test('a row with fewer cells lines up with the others and ends without spaces', () => {
  assert.deepEqual(aligned([['a', 'b', ''], ['only']], { paint: plainly, indent: 0 }), ['a  b', 'only']);
});

test('a tone adds nothing to the width', () => {
  const lines = aligned(
    [
      [['bad', 'no'], 'x'],
      ['yes', 'y'],
    ],
    { paint: (tone, text) => `<${tone}>${text}</>`, indent: 0 },
  );
  assert.deepEqual(lines, ['<bad>no</>   x', 'yes  y']);
});

test('a name from the directory cannot steer the terminal', () => {
  assert.deepEqual(aligned([['\u001b]0;x\u0007', 'y']], { paint: plainly, indent: 0 }), [' ]0;x   y']);
});
