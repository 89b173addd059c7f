/** What is asked for in the directory: docs/faq.md tells it to those who have to allow it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { watchForChanges } from '@connector/active-directory/doorbell.ts';
import { dirSyncOid, FakeDirectory, type FakeEntry, pageOid, sequence } from '../support/fake-directory.ts';

const faq = resolve(import.meta.dirname, '../../docs/faq.md');
const guid = '00000000-0000-0000-0000-000000000001';
const person: FakeEntry = {
  dn: `<GUID=${guid}>;CN=Ann,DC=example,DC=test`,
  attributes: { objectClass: ['top', 'person', 'user'], sAMAccountName: ['ann'], mail: ['ann@example.test'] },
};

/** What a person's account is made of, and what tells who and where an object is. */
const asked = [
  ...['mail', 'displayName', 'givenName', 'sn', 'name', 'sAMAccountName', 'userAccountControl', 'accountExpires'],
  ...['member', 'memberOf', 'primaryGroupID'],
  ...['objectClass', 'objectGUID', 'objectSid', 'parentGUID', 'whenCreated', 'isDeleted', 'isCriticalSystemObject'],
  'uSNChanged',
  ...['lDAPAdminLimits', 'nETBIOSName'],
];

test('no attribute is asked for but those that the FAQ tells, whether all is read, or changes, or one object, or a check is made', async () => {
  const seen = new Set<string>();
  await using fake = await FakeDirectory.start(({ attributes, controls }) => {
    for (const name of attributes) seen.add(name.replace(/;range=.*$/, ''));
    if (attributes[0] === '1.1') return 'silence'; // a watch: none at all
    if (controls.has(dirSyncOid))
      return { entries: [person], controls: { [dirSyncOid]: sequence(0, 0, Buffer.from('cookie')) } };
    return { entries: [person], controls: controls.has(pageOid) ? { [pageOid]: sequence(0, Buffer.of()) } : {} };
  });
  const options = { urls: [fake.url], bindDn: 'CN=svc', bindPassword: 'secret', insecure: true };
  await using directory = await connectDirectory(options);
  const bell = await watchForChanges(options, { onRing: () => undefined, onEnd: () => undefined });
  await directory.canReadDeletedObjects();
  const cookie = await directory.bookmark();
  assert.equal((await Array.fromAsync(directory.everything())).flat().length, 1);
  assert.equal((await Array.fromAsync(directory.changesSince(cookie))).length, 1);
  assert.equal((await directory.lookUp([guid])).length, 1);
  assert.equal((await Array.fromAsync(directory.people())).flat().length, 1);
  assert.equal((await Array.fromAsync(directory.groups())).flat().length, 1);
  await directory.mayFollowChanges();
  await directory.limits();
  await directory.trusteeOf('CN=svc,DC=example,DC=test');
  await bell.close();
  assert.deepEqual([...seen].sort(), ['1.1', ...asked.map((name) => name.toLowerCase())].sort());
  const told = /^- \*\*Read in AD\*\*[\s\S]*?(?=^- )/m.exec(await readFile(faq, 'utf8'))?.[0] ?? '';
  const names = [...told.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  assert.deepEqual(names.sort(), asked.toSorted());
});
