import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Organisation } from './organisation.ts';

test('a person is in the groups around their groups, however these go round in circles, and in their primary group', () => {
  const company = new Organisation();
  const person = company.addPerson({ id: 'a', name: 'A', ou: ['People'], primaryGroup: 'Guests' });
  company.addGroup('Inner', { people: ['a'], groups: ['Outer'] });
  company.addGroup('Outer', { groups: ['Inner'] });
  company.addGroup('Guests', { isBuiltIn: true });
  company.addGroup('Visitors', { groups: ['Guests'] });
  company.addGroup('Others', { people: ['b'] });
  assert.deepEqual([...company.groupsOf(person)].sort(), ['Guests', 'Inner', 'Outer', 'Visitors']);
});

test('renaming an OU takes along what lies below it, and only that', () => {
  const company = new Organisation();
  company.ous = [['People'], ['People', 'Sales'], ['People', 'Sales', 'North'], ['Sales']];
  const inside = company.addPerson({ id: 'a', name: 'A', ou: ['People', 'Sales', 'North'] });
  const outside = company.addPerson({ id: 'b', name: 'B', ou: ['Sales'] });
  company.renameOu(['People', 'Sales'], 'Revenue');
  assert.deepEqual(inside.ou, ['People', 'Revenue', 'North']);
  assert.deepEqual(outside.ou, ['Sales']);
  assert.deepEqual(company.ous, [['People'], ['People', 'Revenue'], ['People', 'Revenue', 'North'], ['Sales']]);
});
