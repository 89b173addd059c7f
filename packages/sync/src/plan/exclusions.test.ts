import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excludedBy, exclusionsOf } from './exclusions.ts';

const backup = { dn: 'CN=Backup\\, Nightly,OU=Service,DC=corp,DC=example,DC=com', names: ['svc-backup'] };
const isNamed = (...entries: string[]) => excludedBy(exclusionsOf(entries), backup);

for (const entry of [
  'svc-backup',
  'SVC-Backup',
  'svc-*',
  '*backup',
  's*-b*p',
  '*',
  'CN=Backup\\, Nightly,OU=Service,DC=corp,DC=example,DC=com',
  'cn=backup\\2C nightly, ou=service, dc=corp, dc=example, dc=com',
  'CN=Backup\\, N*,OU=Service,DC=corp,DC=example,DC=com',
  'cn = *\\2C night*,*',
  '*,OU=Service,DC=corp,DC=example,DC=com',
  '*, ou=service, dc=corp, dc=example, dc=com',
])
  test(`${entry} names the object`, () => assert.equal(isNamed(entry), entry));

for (const entry of [
  'svc',
  'backup',
  'svc-backu?',
  'svc.backup',
  'svc-backup*x',
  'svc-back*kup',
  'CN=Backup\\, Nightly,OU=Other,DC=corp,DC=example,DC=com',
  'OU=Service,DC=corp,DC=example,DC=com',
  '*,OU=Other,DC=corp,DC=example,DC=com',
])
  test(`${entry} does not name it`, () => assert.equal(isNamed(entry), null));

test('the entry that is told is the first that names the object', () => {
  assert.equal(isNamed('other', 'svc-*', 'svc-backup'), 'svc-*');
});

test('many stars take no longer than few', () => {
  const names = ['a'.repeat(100_000)];
  assert.equal(excludedBy(exclusionsOf([`${'*a'.repeat(30)}*b`]), { dn: '', names }), null);
});

test('without entries nobody is excluded', () => {
  assert.equal(isNamed(), null);
});

test('an object below a container that is not known yet is named by no DN, and harms nobody', () => {
  const unfinished = { dn: 'CN=Ann,,', names: ['ann'] };
  assert.equal(excludedBy(exclusionsOf(['CN=Ann,OU=Staff,DC=x', '*,DC=x']), unfinished), null);
  assert.equal(excludedBy(exclusionsOf(['ann']), unfinished), 'ann');
});
