import assert from 'node:assert/strict';
import { test } from 'node:test';
import { radiusSentences as commandsSentences } from '@connector/console/src/policy/policy-text.ts';
import type { BlastRadius } from '@connector/sync/preview/blast-radius.ts';
import type { Radius, Step } from '../../api/documents.ts';
import { radiusParts, radiusSentences } from './radius.ts';

const because = 'so it is';
const person = (name: string, ...steps: Step[]) => ({
  ...{ person: `corp/${name}`, username: `${name}@example.test`, name, steps },
  because: 'too many',
});
/** As the console finds it, before the API tells it. */
function asFound({ sent, held, pending, noLonger, setAside, unresolved }: Radius): BlastRadius {
  const stopped = (people: Radius['held']) => people.map((each) => ({ ...each, account: null }));
  return {
    sent: sent.map((each) => ({ ...each, account: null, calls: [] })),
    ...{ held: stopped(held), pending: stopped(pending), noLonger: stopped(noLonger), unresolved },
    setAside: setAside.map(({ since, ...each }) => ({ ...each, sinceMs: Date.parse(since) })),
  };
}

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

test('it is said in the words of the command', () => {
  for (const radius of [nobody, some]) assert.deepEqual(radiusSentences(radius), commandsSentences(asFound(radius)));
});
