import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutAddresses } from './without-addresses.ts';

test('the texts in which LastPass names people name nobody', () => {
  const named = {
    'No such user: ann@company.test': 'No such user: (address)',
    'user not found: ann.o\u2019hara+1@company.test': 'user not found: (address)',
    'ann@company.test is not a valid user.': '(address) is not a valid user.',
    '"ann@company.test", <bob@company.test> does not exist': '"(address)", <(address)> does not exist',
  };
  for (const [text, shown] of Object.entries(named)) assert.equal(withoutAddresses(text), shown);
});

test('a text that names nobody stays as it is', () => {
  const text = 'LastPass refuses batchadd: not enough licences (and 3 more)';
  assert.equal(withoutAddresses(text), text);
});
