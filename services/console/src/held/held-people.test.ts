import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHeld, type HeldPerson } from './held-people.ts';

const guid = (digit: string) => `${digit.repeat(8)}-0000-0000-0000-${digit.repeat(12)}`;
const held = (person: string, username: string): HeldPerson => ({
  list: 'held',
  person,
  username,
  name: username,
  steps: [{ kind: 'disable', because: 'was deleted' }],
  heldBecause: 'too many',
  sinceMs: 1,
  guarded: 'abc',
  read: { plan: '{}', score: '1' },
});
const ann = held(`corp/${guid('a')}`, 'ann@x.org');
const bob = held(`corp/${guid('b')}`, 'bob@x.org');
const twin = held(`other/${guid('b')}`, 'twin@x.org');
const find = (...who: string[]) => findHeld([ann, bob, twin], who);

test('somebody is found by user name, person key and objectGUID, whatever the case', () => {
  for (const who of ['ann@x.org', ' Ann@X.org', ann.person, ann.person.toUpperCase(), guid('a'), guid('A')])
    assert.deepEqual(find(who), { found: [ann], notFound: [] }, who);
});

test('somebody named twice is found once', () => {
  assert.deepEqual(find('ann@x.org', ann.person, 'ann@x.org').found, [ann]);
});

test('an unknown name is told, and keeps nobody back', () => {
  assert.deepEqual(find('nobody@x.org', 'bob@x.org'), {
    found: [bob],
    notFound: [{ who: 'nobody@x.org', candidates: [] }],
  });
});

test('a name that could mean several means nobody', () => {
  assert.deepEqual(find(guid('b')), {
    found: [],
    notFound: [{ who: guid('b'), candidates: [bob.person, twin.person] }],
  });
});
