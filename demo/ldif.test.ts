import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ldifOf, ouDn, personDn } from './ldif.ts';
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
  const [entries = '', ...changes] = decoded(ldifOf(company, baseDn)).split(/\n\n(?=dn: .*\nchangetype: modify\n)/);
  assert.ok(entries.indexOf('dn: CN=A,') < entries.indexOf('dn: CN=Inner,'));
  assert.match(entries, /^member: CN=A,OU=People,/m);
  assert.doesNotMatch(entries, /Domain Guests|member: CN=Inner/);
  const [outer, inner] = ['Outer', 'Inner'].map((name) => `CN=${name},OU=Groups,${baseDn}`);
  assert.deepEqual(changes, [`dn: ${outer}\nchangetype: modify\nadd: member\nmember: ${inner}\n`]);
});

test('who has another primary group joins it first', () => {
  const company = new Organisation();
  company.addPerson({ id: 'a', name: 'A', ou: ['People'], primaryGroup: 'Domain Guests' });
  company.addGroup('Domain Guests', { isBuiltIn: true });
  const [, join, primary] = decoded(ldifOf(company, baseDn)).split('\n\n');
  assert.match(
    join ?? '',
    /^dn: CN=Domain Guests,CN=Users,.*\nchangetype: modify\nadd: member\nmember: CN=A,OU=People,/,
  );
  assert.match(
    primary ?? '',
    /^dn: CN=A,OU=People,.*\nchangetype: modify\nreplace: primaryGroupID\nprimaryGroupID: 514\n$/,
  );
});
