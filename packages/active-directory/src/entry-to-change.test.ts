import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { directoryChange } from '@connector/shared/directory-change.ts';
import fc from 'fast-check';
import { type DirSyncNews, guidOfEntry, lookedUp, newsOf, objectOf } from './entry-to-change.ts';
import { DirectoryError } from './errors.ts';
import type { LdapEntry } from './ldap-entry.ts';

const guid = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const other = '11111111-2222-3333-4444-555555555555';
const third = '99999999-2222-3333-4444-555555555555';
const parent = '01020304-0506-0708-090a-0b0c0d0e0f10';
const parentBytes = Buffer.from('0403020106050807090a0b0c0d0e0f10', 'hex');
const link = (to: string) => `<GUID=${to}>;<SID=S-1-5-21-1-2-3-4>;CN=x,DC=example,DC=com`;

type Values = Record<string, string | Buffer | (string | Buffer)[]>;
const entry = (values: Values, dn = 'CN=Ann Lee,OU=People,DC=example,DC=com'): LdapEntry => ({
  dn: `<GUID=${guid}>;${dn}`,
  values: new Map(
    Object.entries(values).map(([name, value]) => [name.toLowerCase(), [value].flat().map((one) => Buffer.from(one))]),
  ),
});
const userClasses = ['top', 'person', 'organizationalPerson', 'user'];

describe('objectOf', () => {
  it('tells a person whole', () => {
    const change = objectOf(
      entry({
        objectClass: userClasses,
        parentGUID: parentBytes,
        name: 'Ann Lee',
        mail: 'Ann@example.com',
        displayName: 'Ann Lé',
        sAMAccountName: 'ann',
        userAccountControl: '514',
        accountExpires: '133485408000000000',
        primaryGroupID: '513',
        isCriticalSystemObject: 'TRUE',
        objectSid: Buffer.from('01050000000000051500000001000000020000000300000050040000', 'hex'),
      }),
    );
    assert.deepEqual(change, {
      guid,
      kind: 'user',
      complete: true,
      rdn: 'CN=Ann Lee',
      parent,
      mail: 'Ann@example.com',
      displayName: 'Ann Lé',
      sAMAccountName: 'ann',
      userAccountControl: 514,
      accountExpiresMs: Date.UTC(2024, 0, 1),
      primaryGroupId: 513,
      isCriticalSystemObject: true,
    });
  });

  it('tells a group with its RID and all of its members', () => {
    const objectSid = Buffer.from('01050000000000051500000001000000020000000300000050040000', 'hex');
    const change = objectOf(entry({ objectClass: ['top', 'group'], objectSid, member: [link(other), link(third)] }));
    assert.equal(change.kind, 'group');
    assert.equal(change.rid, 0x450);
    assert.deepEqual(change.members, { mode: 'replace', add: [other, third], remove: [] });
  });

  it('tells a group without members as one that has none', () => {
    const change = objectOf(entry({ objectClass: ['top', 'group'] }));
    assert.deepEqual(change.members, { mode: 'replace', add: [], remove: [] });
  });

  it("tells the domain's root as the object that nothing is above", () => {
    const change = objectOf(entry({ objectClass: ['top', 'domain', 'domainDNS'] }, 'DC=example,DC=com'));
    assert.equal(change.kind, 'container');
    assert.equal(change.parent, null);
    assert.equal(change.rdn, 'DC=example');
  });

  const kinds: [string[], string | undefined][] = [
    [userClasses, 'user'],
    [[...userClasses, 'inetOrgPerson'], 'user'],
    [[...userClasses, 'computer'], undefined],
    [[...userClasses, 'computer', 'msDS-GroupManagedServiceAccount'], undefined],
    [['top', 'GROUP'], 'group'],
    [['top', 'organizationalUnit'], 'container'],
    [['top', 'container', 'groupPolicyContainer'], 'container'],
    [['top', 'builtinDomain'], 'container'],
    [['top', 'lostAndFound'], 'container'],
    [['top', 'person', 'organizationalPerson', 'contact'], undefined],
    [[], undefined],
  ];
  for (const [classes, kind] of kinds) {
    it(`takes ${classes.at(-1)} for ${kind}`, () => assert.equal(objectOf(entry({ objectClass: classes })).kind, kind));
  }

  it('keeps an awkward name as the server writes it', () => {
    const change = objectOf(entry({ name: 'a,b' }, 'CN=a\\,b\\3Bc,OU=x,DC=example,DC=com'));
    assert.equal(change.rdn, 'CN=a\\,b\\3Bc');
  });

  it('leaves a link without a GUID out, and keeps the others', () => {
    const change = objectOf(entry({ objectClass: 'group', member: ['CN=dangling,DC=x', link(other)] }));
    assert.deepEqual(change.members?.add, [other]);
  });
});

describe('newsOf', () => {
  const changeOf = (news: DirSyncNews) => (news !== null && 'change' in news ? news.change : assert.fail('no change'));

  it('tells a creation whole, with the members it came with', () => {
    const created = { objectClass: 'group', whenCreated: '20261123211713.0Z', parentGUID: parentBytes, name: 'G' };
    const change = changeOf(newsOf(entry({ ...created, 'member;range=1-1': link(other) })));
    assert.equal(change.complete, true);
    assert.equal(change.parent, parent);
    assert.deepEqual(change.members, { mode: 'replace', add: [other], remove: [] });
  });

  it('tells of a change nothing but what changed, a cleared attribute as null', () => {
    const news = newsOf(entry({ instanceType: '4', mail: [], sn: 'Lee' }));
    assert.deepEqual(news, { change: { guid, complete: false, mail: null, sn: 'Lee' } });
  });

  it('tells name and place when they change', () => {
    const news = newsOf(entry({ name: 'Ann Lee', parentGUID: parentBytes }));
    assert.deepEqual(news, { change: { guid, complete: false, rdn: 'CN=Ann Lee', parent } });
  });

  it('tells members that came and that went', () => {
    const news = newsOf(entry({ 'member;range=1-1': [link(other)], 'member;range=0-0': [link(third)] }));
    assert.deepEqual(changeOf(news).members, { mode: 'delta', add: [other], remove: [third] });
  });

  it('takes a whole list of members, from a server that sends no increments, for the whole', () => {
    assert.deepEqual(changeOf(newsOf(entry({ member: link(other) }))).members, {
      mode: 'replace',
      add: [other],
      remove: [],
    });
  });

  it('says nothing where nothing that we keep changed', () => assert.equal(newsOf(entry({ instanceType: '4' })), null));

  it('takes a tombstone as the proof of deletion and as nothing else', () => {
    const dn = `CN=Ann\\0ADEL:${guid},CN=Deleted Objects,DC=example,DC=com`;
    const values = { isDeleted: 'TRUE', name: 'Ann\nDEL', parentGUID: parentBytes, mail: [], objectClass: userClasses };
    assert.deepEqual(newsOf(entry(values, dn)), { change: { guid, complete: false, deleted: true } });
  });

  it('wants a restored object looked up', () => {
    for (const isDeleted of [[], 'FALSE']) {
      assert.deepEqual(newsOf(entry({ isDeleted, name: 'Ann', accountExpires: '0' })), { restored: guid });
    }
  });

  it('makes a well-formed change of whatever the server sends', () => {
    const name = fc.constantFrom(
      ...['objectClass', 'objectGUID', 'parentGUID', 'objectSid', 'isDeleted', 'whenCreated', 'name', 'mail', 'member'],
      ...['member;range=1-1', 'userAccountControl', 'accountExpires', 'primaryGroupID', 'isCriticalSystemObject'],
    );
    const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
    const plausible = fc.constantFrom(...['TRUE', 'group', 'user', 'domainDNS', '0', link(other)].map(Buffer.from));
    const values = fc.dictionary(name, fc.array(fc.oneof(bytes, plausible), { maxLength: 3 }));
    fc.assert(
      fc.property(values, (all) => {
        const news = newsOf(entry(all));
        if (news !== null && 'change' in news) directoryChange.parse(news.change);
        directoryChange.parse(objectOf(entry(all)));
        directoryChange.parse(lookedUp(entry(all)));
      }),
    );
  });
});

describe('lookedUp', () => {
  it('tells the groups of a live object', () => {
    const change = lookedUp(entry({ objectClass: userClasses, memberOf: [link(other)] }));
    assert.deepEqual([change.complete, change.memberOf], [true, [other]]);
  });
  it('tells a deleted one as deleted', () => {
    assert.deepEqual(lookedUp(entry({ objectClass: userClasses, isDeleted: 'TRUE' })), {
      guid,
      complete: false,
      deleted: true,
    });
  });
});

describe('guidOfEntry', () => {
  it("takes the attribute where the DN isn't extended", () => {
    const plain = { dn: 'CN=x', values: new Map([['objectguid', [parentBytes]]]) };
    assert.equal(guidOfEntry(plain), parent);
  });
  it('refuses an entry without one, rather than lose an object unnoticed', () => {
    const nameless = { dn: 'CN=x', values: new Map() };
    assert.throws(
      () => guidOfEntry(nameless),
      (error) => error instanceof DirectoryError && error.code === 'no-answer',
    );
  });
});
