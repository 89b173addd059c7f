import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from './outcome.ts';

const words = {
  nameOf: (key: string) => `who has ${key}`,
  effect: (when: string) => `the steps shown happen ${when}`,
};

test('who was done is counted, and who wasn’t is told by name, with the reason', () => {
  const outcome = outcomeOf(
    'release',
    {
      people: [
        { person: 'corp/1', name: 'Ann', outcome: 'released' },
        { person: 'corp/2', name: 'Bob', outcome: 'held again' },
      ],
      groups: [{ group: 'corp/9', name: 'Sales', outcome: 'changed' }],
      notFound: [{ who: 'corp/3', problem: 'unknown', candidates: [] }],
    },
    words,
  );
  assert.equal(outcome.done, '1 person released: the steps shown happen now.');
  assert.deepEqual(
    outcome.notDone.map(({ person, name, why }) => [person, name, why.split(':')[0]]),
    [
      ['corp/2', 'Bob', 'has changed meanwhile, and waits again with other steps'],
      [null, 'Sales', 'isn’t renamed like that any more'],
      [null, 'who has corp/3', 'isn’t on the list any more'],
    ],
  );
});

test('while all deliveries are kept back, it is told that it happens later, and why', () => {
  const people = [{ person: 'corp/1', name: 'Ann', outcome: 'released' }];
  const stopped = 'root paused all deliveries: "connector resume"';
  const { done } = outcomeOf('release', { people, notFound: [], stopped }, words);
  assert.equal(done, `1 person released: the steps shown happen later, as ${stopped}.`);
});

test('people and groups are counted apart, and nobody is nobody', () => {
  const people = [{ person: 'corp/1', name: 'Ann', outcome: 'rejected' }];
  const groups = [1, 2].map((number) => ({ group: `corp/${number}`, name: 'Sales', outcome: 'rejected' }));
  const told = outcomeOf('reject', { people, groups, notFound: [] }, { ...words, effect: () => 'nothing happens' });
  assert.deepEqual(told, { done: '1 person and 2 groups rejected: nothing happens.', notDone: [] });
  assert.equal(outcomeOf('undo', { people: [], notFound: [] }, words).done, 'Nobody was undone.');
});
