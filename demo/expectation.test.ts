import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimulatedState, SimulatedUser } from '../tests/support/simulator.ts';
import { Expectation, shown } from './expectation.ts';
import { Organisation } from './organisation.ts';

const tenant = (...users: Partial<SimulatedUser>[]): SimulatedState => ({
  users: users.map((user, index) => ({ id: String(index), username: '', fullname: '', disabled: false, ...user })),
  groups: {},
  invited: ['invited@x.test'],
  welcomeEmails: {},
  folders: [],
});

/** A company of one person in the filter. */
function companyOf(person: { mail?: string; disabled?: boolean; expired?: boolean } = { mail: 'A@x.test' }) {
  const company = new Organisation();
  company.addPerson({ id: 'a', name: 'A', ou: ['People'], ...person });
  company.addGroup('Team', { people: ['a'] });
  company.addGroup('LastPassUsers', { groups: ['Team'] });
  return company;
}

function expected(before: SimulatedState, company: Organisation, ...changes: ((company: Organisation) => void)[]) {
  const expectation = new Expectation(before);
  expectation.follow(company);
  for (const change of changes) {
    change(company);
    expectation.follow(company);
  }
  return expectation;
}

const accountOf = ({ accounts }: Expectation) => {
  const account = accounts.get('a@x.test');
  return account && shown(account);
};

test('a person in the filter has an account with their nested groups', () => {
  assert.deepEqual(accountOf(expected(tenant(), companyOf())), {
    fullname: 'A',
    disabled: false,
    groups: ['LastPassUsers', 'Team'],
  });
});

test('nobody is created disabled, expired, invited or with a mail that is none', () => {
  for (const person of [
    { mail: 'a@x.test', disabled: true },
    { mail: 'a@x.test', expired: true },
    { mail: 'invited@x.test' },
    { mail: 'a x@x.test' },
    {},
  ])
    assert.equal(expected(tenant(), companyOf(person)).accounts.size, 0);
});

test('an existing account gets name, groups and status, and keeps the groups that AD lacks', () => {
  const before = tenant({ username: 'a@x.test', fullname: 'Old', groups: ['Board', 'Other'] });
  const company = companyOf({ mail: 'a@x.test', disabled: true });
  company.addGroup('Other');
  assert.deepEqual(accountOf(expected(before, company)), {
    fullname: 'A',
    disabled: true,
    groups: ['Board', 'LastPassUsers', 'Team'],
  });
});

test('only what the connector has disabled is enabled again', () => {
  const off = (company: Organisation) => {
    company.person('a').disabled = true;
  };
  const on = (company: Organisation) => {
    company.person('a').disabled = false;
  };
  assert.equal(accountOf(expected(tenant(), companyOf(), off))?.disabled, true);
  assert.equal(accountOf(expected(tenant(), companyOf(), off, on))?.disabled, false);
  const byAdministrator = tenant({ username: 'a@x.test', disabled: true });
  assert.equal(accountOf(expected(byAdministrator, companyOf(), off, on))?.disabled, true);
});

test('whoever leaves the filter, or is deleted, is disabled and keeps the groups', () => {
  for (const leave of [
    (company: Organisation) => company.group('Team').people.clear(),
    (company: Organisation) => {
      company.person('a').deleted = true;
    },
  ]) {
    const { disabled, groups } = accountOf(expected(tenant(), companyOf(), leave)) ?? {};
    assert.deepEqual([disabled, groups], [true, ['LastPassUsers', 'Team']]);
  }
});

test('two with one mail are set aside, until one of them has another', () => {
  const company = companyOf();
  company.addPerson({ id: 'b', name: 'B', ou: ['People'], mail: 'a@X.test' });
  company.group('Team').people.add('b');
  const expectation = expected(tenant(), company);
  assert.deepEqual([...expectation.setAside.keys()], ['a', 'b']);
  company.person('b').mail = 'b@x.test';
  expectation.follow(company);
  assert.deepEqual([expectation.setAside.size, expectation.accounts.size], [0, 2]);
});
