import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asShown, partsOfName } from './as-shown.ts';

const person = 'corp/0f8fad5b-d9cb-469f-a165-70867728950e';

test('a name as shown is taken apart into who is meant and what was shown', () => {
  assert.deepEqual(partsOfName(asShown(person, '93ab01')), { name: person, version: '93ab01' });
  assert.deepEqual(partsOfName(` ${person}#no-seat\n`), { name: person, version: 'no-seat' });
});

test('whatever else somebody is called is a mere name, with a # in it or without', () => {
  for (const name of [person, `${person}#`, 'ann#1@x.org', 'C#', 'corp/ann#1', `${person}#a#b`])
    assert.deepEqual(partsOfName(name), { name, version: null });
});
