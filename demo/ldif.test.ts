import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupDn, ldifOf, nestings, ouDn, personDn } from './ldif.ts';
import { Organisation } from './organisation.ts';

const baseDn = 'DC=example,DC=test';
const decoded = (ldif: string) =>
  ldif.replace(/:: (\S+)/g, (_, value: string) => `: ${Buffer.from(value, 'base64').toString()}`);

test('names are escaped, and the innermost OU comes first', () => {
  assert.equal(ouDn(['People', 'Sales, North'], baseDn), `OU=Sales\\, North,OU=People,${baseDn}`);
  assert.equal(ouDn([], baseDn), `CN=Users,${baseDn}`);
  assert.equal(
    personDn({ name: 'Duck, D. "Don"', ou: ['People'] }, baseDn),
    `CN=Duck\\, D. \\"Don\\",OU=People,${baseDn}`,
  );
});

test('an entry says what the person is, and leaves out what they lack', () => {
  const company = new Organisation();
  company.addPerson({ id: 'zoe', name: 'Zoë', ou: ['People'], disabled: true, mail: 'zoe@example.test' });
  const ldif = decoded(ldifOf(company, baseDn));
  assert.match(ldif, /^dn: CN=Zoë,OU=People,/m);
  assert.match(ldif, /^userAccountControl: 546$/m);
  assert.match(ldif, /^mail: zoe@example\.test$/m);
  assert.doesNotMatch(ldif, /displayName|accountExpires/);
});

test('groups come after the people in them, and groups in groups apart', () => {
  const company = new Organisation();
  company.addPerson({ id: 'a', name: 'A', ou: ['People'] });
  company.addGroup('Outer', { groups: ['Inner'] });
  company.addGroup('Inner', { people: ['a'] });
  company.addGroup('Domain Guests', { isBuiltIn: true });
  const ldif = decoded(ldifOf(company, baseDn));
  assert.ok(ldif.indexOf('dn: CN=A,') < ldif.indexOf('dn: CN=Inner,'));
  assert.match(ldif, /^member: CN=A,OU=People,/m);
  assert.doesNotMatch(ldif, /Domain Guests|member: CN=Inner/);
  assert.deepEqual(nestings(company, baseDn), [
    { group: groupDn(company.group('Outer'), baseDn), member: groupDn(company.group('Inner'), baseDn) },
  ]);
});
