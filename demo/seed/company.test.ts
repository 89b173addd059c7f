import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ouDn } from '../ldif.ts';
import { newCompany, totalPeople } from './company.ts';
import { initialTenant } from './initial-accounts.ts';

const company = newCompany();
const people = [...company.people.values()];

test('the company has 300 people in 25 groups, some of them nested, and is the same in each run', () => {
  assert.equal(people.length, totalPeople);
  const groups = [...company.groups.values()].filter(({ isBuiltIn }) => !isBuiltIn);
  assert.equal(groups.length, 25);
  assert.ok(groups.filter((group) => group.groups.size > 0).length >= 5);
  assert.deepEqual(newCompany(), company);
});

test('everything named exists, and fits into Active Directory', () => {
  const ous = new Set([...company.ous, []].map((ou) => ouDn(ou, 'DC=x')));
  for (const { id, name, ou } of people) {
    assert.ok(id.length <= 20, `${id} is too long for a sAMAccountName`);
    assert.ok(name.length <= 64, `${name} is too long for a cn`);
    assert.ok(ous.has(ouDn(ou, 'DC=x')), `${ou.join('/')} isn't made`);
  }
  for (const group of company.groups.values()) {
    for (const id of group.people) company.person(id);
    for (const name of group.groups) company.group(name);
  }
});

test('only the twins share a mail', () => {
  const byMail = Map.groupBy(
    people.filter(({ mail }) => mail !== undefined),
    ({ mail }) => mail?.toLowerCase(),
  );
  const shared = [...byMail.values()].filter((holders) => holders.length > 1);
  assert.deepEqual(
    shared.map((holders) => holders.map(({ id }) => id)),
    [['twin1', 'twin2']],
  );
});

test('the tenant has about 40 accounts and invitations, some of people in the directory and some of strangers', () => {
  const mails = new Set(people.map(({ mail }) => mail?.toLowerCase()));
  const known = initialTenant.users.filter(({ username }) => mails.has(username));
  assert.equal(new Set(initialTenant.users.map(({ username }) => username)).size, initialTenant.users.length);
  assert.ok(known.length >= 15 && initialTenant.users.length - known.length >= 15);
  assert.equal(initialTenant.users.length + initialTenant.invited.length, 40);
});
