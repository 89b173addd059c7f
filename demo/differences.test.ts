import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimulatedState, SimulatedUser } from '../tests/support/simulator.ts';
import { arrived, differencesOf } from './differences.ts';
import { Expectation } from './expectation.ts';
import { Organisation } from './organisation.ts';

const stranger: SimulatedUser = { id: '1', username: 's@x.test', fullname: 'S', disabled: false, groups: ['Board'] };
const adopted: SimulatedUser = { id: '2', username: 'a@x.test', fullname: 'Old', disabled: false, groups: [] };
const groups = ['LastPassUsers'];
const created: SimulatedUser = { ...adopted, id: '3', username: 'n@x.test', fullname: 'N', groups, attribs: {} };
const before: SimulatedState = {
  users: [stranger, adopted],
  groups: {},
  invited: ['i@x.test'],
  welcomeEmails: {},
  folders: [],
};
const right: SimulatedState = {
  ...before,
  users: [stranger, { ...adopted, fullname: 'A', groups }, created],
  welcomeEmails: { 'n@x.test': ['now'] },
};

function expectationOf() {
  const company = new Organisation();
  company.addPerson({ id: 'a', name: 'A', ou: ['People'], mail: 'a@x.test' });
  company.addPerson({ id: 'n', name: 'N', ou: ['People'], mail: 'n@x.test' });
  company.addGroup('LastPassUsers', { people: ['a', 'n'] });
  const expectation = new Expectation(before);
  expectation.follow(company);
  return expectation;
}

const differences = (after: SimulatedState) => differencesOf({ before, after, expectation: expectationOf() });

/** The right state with one user changed. */
const changed = (username: string, change: Partial<SimulatedUser> | null): SimulatedState => ({
  ...right,
  users: right.users.flatMap((user) =>
    user.username !== username ? [user] : change === null ? [] : [{ ...user, ...change }],
  ),
});

test('what is right has no differences, and all has arrived', () => {
  assert.deepEqual(differences(right), []);
  assert.equal(arrived(right, expectationOf()), 2);
  assert.equal(arrived(before, expectationOf()), 0);
});

test('each way to be wrong is told, with the name', () => {
  const wrong: [RegExp, SimulatedState][] = [
    [/^n@x\.test: should have an account, but has none/, changed('n@x.test', null)],
    [/^a@x\.test: fullname is "Old", should be "A"/, changed('a@x.test', { fullname: 'Old' })],
    [/^a@x\.test: groups is \[\]/, changed('a@x.test', { groups: [] })],
    [/^a@x\.test: disabled is true/, changed('a@x.test', { disabled: true })],
    [/^a@x\.test: other fields/, changed('a@x.test', { id: '9' })],
    [/^s@x\.test: is a stranger; was/, changed('s@x.test', { groups: [] })],
    [/^s@x\.test: is a stranger, and is gone/, changed('s@x.test', null)],
    [/^z@x\.test: has an account/, { ...right, users: [...right.users, { ...stranger, username: 'z@x.test' }] }],
    [/^n@x\.test: got 2 welcome e-mails/, { ...right, welcomeEmails: { 'n@x.test': ['once', 'twice'] } }],
    [/^s@x\.test: got 1 welcome/, { ...right, welcomeEmails: { ...right.welcomeEmails, 's@x.test': ['now'] } }],
    [/^invited: was/, { ...right, invited: [] }],
  ];
  for (const [pattern, state] of wrong) assert.match(differences(state).join('\n'), pattern);
});
