import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AsidePerson } from './aside/aside-people.ts';
import { findPeople } from './not-found.ts';

const guid = (digit: string) => `${digit.repeat(8)}-0000-0000-0000-${digit.repeat(12)}`;
const aside = (person: string, username: string | null): AsidePerson => ({
  person,
  username,
  name: 'Ann',
  reason: 'why',
  kind: 'data',
  sinceMs: 1,
});
const ann = aside(`corp/${guid('a')}`, 'ann@x.org');
const nomail = aside(`corp/${guid('b')}`, null);
const noneEither = aside(`corp/${guid('d')}`, null);
const [one, two] = [aside(`corp/${guid('c')}`, 'same@x.org'), aside(`other/${guid('c')}`, 'Same@x.org')];
const find = (...who: string[]) => findPeople([ann, nomail, noneEither, one, two], who, ({ kind }) => kind);

test('somebody is found by user name, person key and objectGUID, whatever the case', () => {
  for (const who of ['ann@x.org', ' Ann@X.org', ann.person, ann.person.toUpperCase(), guid('a')])
    assert.deepEqual(find(who), { found: [ann], changed: [], notFound: [] }, who);
});

test('somebody without a mail is found by key, and nobody by an empty name', () => {
  assert.deepEqual(find(nomail.person).found, [nomail]);
  assert.deepEqual(find(''), { found: [], changed: [], notFound: [{ who: '', candidates: [] }] });
});

test('somebody named twice is found once', () => {
  assert.deepEqual(find('ann@x.org', guid('a'), 'ann@x.org').found, [ann]);
});

test('two people with one mail are ambiguous by it, and clear by key; the others are found all the same', () => {
  for (const who of ['same@x.org', guid('c')])
    assert.deepEqual(find(who, 'ann@x.org'), {
      found: [ann],
      changed: [],
      notFound: [{ who, candidates: [one.person, two.person] }],
    });
  assert.deepEqual(find(two.person).found, [two]);
});

test('who was named as shown is found as long as they are so, and told as changed else, also where a mere name means them too', () => {
  const asShownNow = `${ann.person}#data`;
  assert.deepEqual(find(asShownNow), { found: [ann], changed: [], notFound: [] });
  const before = `${ann.person}#refused`;
  for (const who of [[before], [before, 'ann@x.org'], ['ann@x.org', before]])
    assert.deepEqual(find(...who), { found: [], changed: [ann], notFound: [] });
  const gone = `corp/${guid('e')}#data`;
  assert.deepEqual(find(gone).notFound, [{ who: gone, candidates: [] }]);
});
