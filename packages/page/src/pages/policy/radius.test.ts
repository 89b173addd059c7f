import assert from 'node:assert/strict';
import { test } from 'node:test';
import { radiusSentences } from '@connector/console/src/policy/radius-sentences.ts';
import type { Radius, Step } from '../../api/documents.ts';
import { counted } from '../../text/count.ts';
import { radiusParts } from './radius.ts';

const because = 'so it is';
const person = (name: string, ...steps: Step[]) => ({
  ...{ person: `corp/${name}`, username: `${name}@example.test`, name, steps },
  because: 'too many',
});

const nobody: Radius = { sent: [], held: [], pending: [], noLonger: [], setAside: [], unresolved: [] };
const some: Radius = {
  ...nobody,
  sent: [
    person('Zoe', { kind: 'disable', because }),
    person('Ann', { kind: 'create', fullname: 'Ann', groups: [], because }),
    person('Bob', { kind: 'join-groups', groups: ['A'], because }, { kind: 'leave-groups', groups: ['B'], because }),
  ],
  held: [person('Cleo', { kind: 'remove', because }), person('Dan', { kind: 'enable', because })],
  pending: [person('Eve', { kind: 'create', fullname: 'Eve', groups: [], because })],
  noLonger: [person('Fay', { kind: 'delete', because })],
  setAside: [
    { person: 'corp/Gus', name: 'Gus', reason: 'has no mail', kind: 'data', since: '2026-11-29T09:00:00.000Z' },
  ],
};

test('who would lose access is in parts of their own, the first ones', () => {
  const parts = radiusParts(some).map(({ id, takes, people }) => [id, takes, people.map(({ name }) => name)]);
  assert.deepEqual(parts, [
    ['leave', true, ['Zoe']],
    ['leave-held', true, ['Cleo']],
    ['sent', false, ['Ann', 'Bob']],
    ['held', false, ['Dan']],
    ['pending', false, ['Eve']],
    ['aside', false, ['Gus']],
    ['no-longer', false, ['Fay']],
  ]);
});

test('what it would do is said in a sentence for each part, each kind of step once for a person', () => {
  assert.deepEqual(radiusSentences(nobody, counted), ['This would change nothing for anybody.']);
  assert.deepEqual(radiusSentences(some, counted), [
    'This would create 1 account, put 1 person into groups, take 1 person out of groups, disable 1 person.',
    'This would enable 1 person, remove 1 person, each once somebody has released it.',
    '1 person would wait for approval.',
    '1 person would be set aside.',
    '1 person would not wait for a word any more.',
  ]);
});
