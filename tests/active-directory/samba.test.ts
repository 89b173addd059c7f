/** The package on a real Active Directory domain. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import { type Doorbell, watchForChanges } from '@connector/active-directory/doorbell.ts';
import { DirectoryError, type DirectoryErrorCode } from '@connector/active-directory/errors.ts';
import type { DirectoryOptions } from '@connector/active-directory/open-channel.ts';
import { type DirectoryChange, directoryChange } from '@connector/shared/directory-change.ts';
import { rdnValue } from '@connector/shared/dn.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { SambaDomain, type ServiceAccount } from '../support/samba-domain.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'samba-'));
const failsWith = (code: DirectoryErrorCode) => (error: unknown) =>
  error instanceof DirectoryError && error.code === code && !error.message.includes(password);
const password = 'Secret-of-the-connector1';

const optionsFor = async (domain: SambaDomain, account: ServiceAccount): Promise<DirectoryOptions> => ({
  urls: [domain.ldapsUrl],
  bindDn: account.dn,
  bindPassword: account.password,
  tls: { ca: await readFile(domain.caFile, 'utf8') },
});

/** Follows the changes from a bookmark on; each read gives what came since the last. */
class Follower {
  readonly #directory: DirectoryConnection;
  #cookie: Buffer = Buffer.of();

  constructor(directory: DirectoryConnection) {
    this.#directory = directory;
  }

  async bookmark(): Promise<void> {
    this.#cookie = await this.#directory.bookmark();
  }

  async news(): Promise<DirectoryChange[]> {
    const all: DirectoryChange[] = [];
    for await (const { changes, cookie } of this.#directory.changesSince(this.#cookie)) {
      all.push(...changes);
      this.#cookie = cookie ?? this.#cookie;
    }
    return all.map((change) => directoryChange.parse(change));
  }
}

/** Lets one wait for the next ring. */
class Rings {
  #next = Promise.withResolvers<void>();
  ring = () => {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  };
  get next(): Promise<void> {
    return this.#next.promise;
  }
}

describe('on Samba', () => {
  let domain: SambaDomain;
  let admin: DirectoryAdmin;
  let options: DirectoryOptions;
  let directory: DirectoryConnection;
  let follower: Follower;
  let ou: string;
  let ouGuid: string;
  let blind: ServiceAccount;

  before(async () => {
    domain = await SambaDomain.create({ dir: await newFolder() });
    admin = new DirectoryAdmin(domain);
    options = await optionsFor(domain, await domain.createServiceAccount({ name: 'svc', password }));
    blind = await domain.createServiceAccount({ name: 'blind', password, seesDeleted: false });
    directory = await connectDirectory(options);
    follower = new Follower(directory);
    ouGuid = await admin.createOu({ name: 'People' });
    ou = `OU=People,${domain.baseDn}`;
    await follower.bookmark();
  });

  after(async () => {
    await directory?.close();
    await admin?.[Symbol.asyncDispose]();
    await domain?.[Symbol.asyncDispose]();
  });

  it('tells which domain controller it is, and that its USN grows', async () => {
    const first = await directory.domainController();
    assert.equal(first.namingContext, domain.baseDn);
    assert.equal(first.dnsHostName, 'dc1.example.test');
    assert.match(first.invocationId, /^[0-9a-f-]{36}$/);
    await admin.modify(ouGuid, { description: 'x' });
    const second = await directory.domainController();
    assert.ok(second.highestCommittedUsn > first.highestCommittedUsn);
    assert.equal(second.invocationId, first.invocationId);
    await follower.news();
  });

  it('finds the GUID of a base, and says so when there is none', async () => {
    assert.equal(await directory.resolveGuid(ou.toLowerCase()), ouGuid);
    for (const dn of [`OU=Nowhere,${domain.baseDn}`, 'DC=elsewhere,DC=test', 'no DN']) {
      await assert.rejects(directory.resolveGuid(dn), failsWith('base-not-found'));
    }
  });

  it('tells a creation whole', async () => {
    const guid = await admin.createUser({
      name: 'Ann Lee',
      ou,
      mail: 'ann@example.test',
      givenName: 'Ann',
      sam: 'ann',
    });
    assert.deepEqual(await follower.news(), [
      {
        guid,
        kind: 'user',
        complete: true,
        rdn: 'CN=Ann Lee',
        parent: ouGuid,
        mail: 'ann@example.test',
        givenName: 'Ann',
        sAMAccountName: 'ann',
        userAccountControl: 544,
        accountExpiresMs: null,
        primaryGroupId: 513,
      },
    ]);
  });

  it('tells of a change what changed, of a cleared attribute that it is cleared, and nothing of a write of the same', async () => {
    const guid = await admin.createUser({ name: 'Changing', ou, mail: 'c@example.test', sn: 'Old' });
    await follower.news();
    await admin.modify(guid, { sn: 'New' });
    assert.deepEqual(await follower.news(), [{ guid, complete: false, sn: 'New' }]);
    await admin.modify(guid, { mail: null });
    assert.deepEqual(await follower.news(), [{ guid, complete: false, mail: null }]);
    await admin.disable(guid);
    assert.deepEqual(await follower.news(), [{ guid, complete: false, userAccountControl: 546 }]);
    await admin.modify(guid, { accountExpires: '133485408000000000' });
    assert.deepEqual(await follower.news(), [{ guid, complete: false, accountExpiresMs: Date.UTC(2024, 0, 1) }]);
    await admin.modify(guid, { sn: 'New' });
    assert.deepEqual(await follower.news(), []);
  });

  it('tells renames and moves, of an OU as one change', async () => {
    const above = await admin.createOu({ name: 'Old name', above: ou });
    const guid = await admin.createUser({ name: 'Mover', ou: `OU=Old name,${ou}` });
    await follower.news();
    await admin.rename(guid, 'Moved, twice');
    assert.deepEqual(await follower.news(), [{ guid, complete: false, rdn: 'CN=Moved\\, twice', parent: above }]);
    await admin.move(guid, ou);
    assert.deepEqual(await follower.news(), [{ guid, complete: false, rdn: 'CN=Moved\\, twice', parent: ouGuid }]);
    await admin.move(guid, `OU=Old name,${ou}`);
    await follower.news();
    await admin.rename(above, 'New name');
    assert.deepEqual(await follower.news(), [{ guid: above, complete: false, rdn: 'OU=New name', parent: ouGuid }]);
  });

  it('tells members one by one and by GUID, groups in groups too', async () => {
    const [one, two] = [await admin.createUser({ name: 'M1', ou }), await admin.createUser({ name: 'M2', ou })];
    const group = await admin.createGroup({ name: 'Team', ou, members: [`CN=M1,${ou}`] });
    const created = (await follower.news()).find(({ guid }) => guid === group);
    assert.deepEqual(created?.members, { mode: 'replace', add: [one], remove: [] });
    assert.equal(typeof created?.rid, 'number');
    await admin.addMember(group, two);
    await admin.removeMember(group, one);
    const members = { mode: 'delta', add: [two], remove: [one] } as const;
    assert.deepEqual(await follower.news(), [{ guid: group, complete: false, members }]);
    const outer = await admin.createGroup({ name: 'Outer', ou });
    await follower.news();
    await admin.addMember(outer, group);
    assert.deepEqual((await follower.news())[0]?.members, { mode: 'delta', add: [group], remove: [] });
  });

  it('sees a deletion, as an account that is no administrator', async () => {
    const guid = await admin.createUser({ name: 'Leaver', ou });
    await follower.news();
    await admin.delete(guid);
    assert.deepEqual(await follower.news(), [{ guid, complete: false, deleted: true }]);
    assert.deepEqual(await directory.lookUp([guid]), [{ guid, complete: false, deleted: true }]);
  });

  it('tells each object of a tree that is deleted', async () => {
    const top = await admin.createOu({ name: 'Closing', above: ou });
    const guids = [top, await admin.createUser({ name: 'X1', ou: `OU=Closing,${ou}` })];
    await follower.news();
    await admin.deleteTree(top);
    const deleted = (await follower.news()).filter((change) => change.deleted).map(({ guid }) => guid);
    assert.deepEqual(new Set(deleted), new Set(guids));
  });

  it('tells a restored person whole, with the groups joined since', async () => {
    const guid = await admin.createUser({ name: 'Returner', ou, mail: 'r@example.test' });
    const group = await admin.createGroup({ name: 'Returners', ou, members: [`CN=Returner,${ou}`] });
    await admin.delete(guid);
    await follower.news();
    await admin.undelete(guid, `CN=Back,${ou}`);
    const [restored, ...others] = await follower.news();
    assert.deepEqual([restored?.guid, restored?.complete, restored?.rdn], [guid, true, 'CN=Back']);
    assert.deepEqual([restored?.parent, restored?.mail, restored?.memberOf], [ouGuid, undefined, []]);
    assert.deepEqual(others, []);
    await admin.addMember(group, guid);
    assert.deepEqual((await directory.lookUp([guid]))[0]?.memberOf, [group]);
    await follower.news();
  });

  it('looks up what it is asked for, in that order', async () => {
    const nobody = '01234567-89ab-cdef-0123-456789abcdef';
    const found = await directory.lookUp([nobody, ouGuid]);
    assert.deepEqual(found[0], { guid: nobody, complete: false, absent: true });
    assert.deepEqual([found[1]?.guid, found[1]?.kind, found[1]?.complete], [ouGuid, 'container', true]);
  });

  it('carries awkward names and values unharmed', async () => {
    const names = [
      ...['a,b', 'a+b', 'a"b', 'a;b', 'a\\b', 'a<b>', '#a', 'a=b', ' leading', 'trailing ', 'a/b', '(a*)'],
      ...['Überß éè', '漢字 👍', 'ends\\', 'ends\\, x'],
    ];
    const place = await admin.createOu({ name: 'Awkward, very', above: ou });
    await follower.news();
    const guids = new Map<string, string>();
    for (const name of names) {
      const guid = await admin.createUser({ name, ou: `OU=Awkward\\, very,${ou}`, displayName: name });
      guids.set(guid, name);
    }
    const told = new Map((await follower.news()).map((change) => [change.guid, change]));
    const readAgain = new Map((await Array.fromAsync(directory.everything())).flat().map((one) => [one.guid, one]));
    for (const [guid, name] of guids) {
      for (const change of [told.get(guid), readAgain.get(guid)]) {
        assert.equal(rdnValue(change?.rdn ?? ''), name);
        assert.equal(change?.displayName, name);
        assert.equal(change?.parent, place);
      }
      assert.equal(await directory.resolveGuid(await admin.dnOf(guid)), guid);
    }
  });

  it('reads everything, in pages, as whole as each object looked up by itself', async () => {
    const users = Array.from({ length: 120 }, (_, index) => `CN=L${index},${ou}`);
    const ldif = users.map((dn, index) => `dn: ${dn}\nobjectClass: user\nsAMAccountName: l${index}\n`);
    const group = `dn: CN=All of them,${ou}\nobjectClass: group\nsAMAccountName: all\n`;
    await domain.load([...ldif, `${group}${users.map((dn) => `member: ${dn}\n`).join('')}`].join('\n'));
    const pages = await Array.fromAsync(directory.everything({ pageSize: 50 }));
    assert.ok(pages.every(({ length }) => length <= 50));
    const all = pages.flat().map((change) => directoryChange.parse(change));
    assert.equal(new Set(all.map(({ guid }) => guid)).size, all.length);
    assert.equal(
      all.filter(({ kind, sAMAccountName }) => kind === 'user' && /^l\d+$/.test(sAMAccountName ?? '')).length,
      120,
    );
    assert.equal(all.find(({ sAMAccountName }) => sAMAccountName === 'all')?.members?.add.length, 120);
    const found = await directory.lookUp(all.map(({ guid }) => guid));
    assert.deepEqual(
      all,
      found.map(({ memberOf: _, ...change }) => change),
    );
    const known = new Set(all.map(({ guid }) => guid));
    assert.ok(all.every(({ parent }) => parent === null || known.has(parent ?? '')));
    assert.equal(all.filter(({ parent }) => parent === null).length, 1);
    assert.ok(all.every(({ kind, complete, deleted }) => kind !== undefined && complete && !deleted));
    await follower.news();
  });

  it('refuses pages that Windows would cut', async () => {
    for (const pageSize of [0, 501]) {
      await assert.rejects(directory.everything({ pageSize }).next(), RangeError);
    }
  });

  it('says that a cookie is refused', async () => {
    await assert.rejects(directory.changesSince(Buffer.from('rubbish')).next(), failsWith('cookie-refused'));
  });

  it('knows an account that sees no deletions', async () => {
    await using unseeing = await connectDirectory({ ...options, bindDn: blind.dn });
    const guid = await admin.createUser({ name: 'Unseen', ou });
    await admin.delete(guid);
    assert.equal(await unseeing.canReadDeletedObjects(), false);
    assert.deepEqual(await unseeing.lookUp([guid]), [{ guid, complete: false, absent: true }]);
    assert.equal(await directory.canReadDeletedObjects(), true);
    await follower.news();
  });

  describe('the doorbell', () => {
    const rings = new Rings();
    let bell: Doorbell;

    before(async () => {
      bell = await watchForChanges(options, { onRing: rings.ring, onEnd: (reason) => assert.fail(reason) });
    });
    after(async () => await bell?.close());

    it('rings within a second for whatever changes', async () => {
      let guid = '';
      const deeds: [string, () => Promise<unknown>][] = [
        [
          'create',
          async () => {
            guid = await admin.createUser({ name: 'Ringer', ou });
          },
        ],
        ['change', () => admin.modify(guid, { sn: 'x' })],
        ['rename', () => admin.rename(guid, 'Ringer 2')],
        ['delete', () => admin.delete(guid)],
        ['restore', () => admin.undelete(guid, `CN=Ringer 3,${ou}`)],
      ];
      for (const [deed, act] of deeds) {
        const rung = rings.next;
        const startedAt = performance.now();
        await act();
        await rung;
        const tookMs = performance.now() - startedAt;
        assert.ok(tookMs < 1_000, `${deed}: ${tookMs} ms`);
      }
      await follower.news();
    });
  });

  describe('connecting', () => {
    const failures: [string, (good: DirectoryOptions) => Partial<DirectoryOptions>, DirectoryErrorCode, RegExp][] = [
      ['a wrong password', () => ({ bindPassword: `${password}x` }), 'bind-refused', /data 52e/],
      ['an empty password', () => ({ bindPassword: '' }), 'bind-refused', /bindPassword is empty/],
      ['an unknown account', () => ({ bindDn: 'CN=nobody,DC=example,DC=test' }), 'bind-refused', /bindDn/],
      ['no CA', () => ({ tls: {} }), 'certificate-untrusted', /tls\.caFile/],
      ['a CA that is none', () => ({ tls: { ca: 'rubbish' } }), 'certificate-untrusted', /PEM/],
      [
        'a wrong name',
        ({ tls }) => ({ tls: { ...tls, serverName: 'dc2.example.test' } }),
        'certificate-name-mismatch',
        /tls\.serverName/,
      ],
      ['an unencrypted address', () => ({ urls: ['ldap://127.0.0.1'] }), 'tls-required', /insecure: true/],
      ['nobody there', () => ({ urls: ['ldaps://127.255.255.254'] }), 'unreachable', /nothing listens/],
      ['an unknown host', () => ({ urls: ['ldaps://dc.invalid'] }), 'unreachable', /dc\.invalid/],
      ['no address', () => ({ urls: [] }), 'unreachable', /urls/],
    ];
    for (const [what, change, code, remedy] of failures) {
      it(`says ${code} for ${what}`, async () => {
        await assert.rejects(connectDirectory({ ...options, ...change(options) }), (error) => {
          assert.ok(failsWith(code)(error), String(error));
          assert.match((error as Error).message, remedy);
          assert.doesNotMatch((error as Error).message, /\n/);
          return true;
        });
      });
    }

    it('says certificate-untrusted for the CA of another domain', async () => {
      await using other = await SambaDomain.create({ dir: await newFolder() });
      const tls = { ca: await readFile(other.caFile, 'utf8') };
      await assert.rejects(connectDirectory({ ...options, tls }), failsWith('certificate-untrusted'));
    });

    it('goes on to the next address when one is down, but not when the password is refused', async () => {
      const urls = ['ldaps://127.255.255.254', domain.ldapsUrl];
      await using second = await connectDirectory({ ...options, urls });
      assert.equal(second.url, domain.ldapsUrl);
      await assert.rejects(
        connectDirectory({ ...options, bindPassword: 'wrong', urls: [domain.ldapsUrl, domain.ldapsUrl] }),
        (error) => failsWith('bind-refused')(error) && !/·/.test((error as Error).message),
      );
    });

    it('takes ldap:// when told to, and a server name by which the certificate is to be checked', async () => {
      await using plain = await connectDirectory({ ...options, urls: [domain.ldapUrl], insecure: true });
      assert.equal(plain.namingContext, domain.baseDn);
      await using named = await connectDirectory({
        ...options,
        tls: { ...options.tls, serverName: 'dc1.example.test' },
      });
      assert.equal(named.namingContext, domain.baseDn);
    });
  });
});

describe('when the domain controller stops', () => {
  let domain: SambaDomain;
  let options: DirectoryOptions;

  before(async () => {
    domain = await SambaDomain.create({ dir: await newFolder() });
    options = await optionsFor(domain, await domain.createServiceAccount({ name: 'svc', password }));
  });
  after(async () => await domain?.[Symbol.asyncDispose]());

  it('the connection is lost for good, the doorbell tells, and a new connection goes on from the cookie', async () => {
    await using admin = new DirectoryAdmin(domain);
    await using directory = await connectDirectory(options);
    const cookie = await directory.bookmark();
    const ended = Promise.withResolvers<DirectoryError>();
    const bell = await watchForChanges(options, { onRing: () => undefined, onEnd: ended.resolve });
    await domain.stop();
    assert.equal((await ended.promise).code, 'connection-lost');
    const calls = [directory.bookmark(), directory.domainController(), directory.resolveGuid(domain.baseDn)];
    const results = await Promise.allSettled(calls);
    for (const result of results)
      assert.ok(result.status === 'rejected' && failsWith('connection-lost')(result.reason));
    await assert.rejects(connectDirectory(options), failsWith('unreachable'));
    await bell.close();

    await domain.start();
    await assert.rejects(directory.bookmark(), failsWith('connection-lost'));
    const guid = await admin.createUser({ name: 'After', ou: `CN=Users,${domain.baseDn}` });
    await using anew = await connectDirectory(options);
    const news = (await Array.fromAsync(anew.changesSince(cookie))).flatMap(({ changes }) => changes);
    assert.deepEqual(
      news.map((change) => change.guid),
      [guid],
    );
  });

  it('a read that is under way throws, and never ends as if it were whole', async () => {
    await domain.start();
    await using directory = await connectDirectory(options);
    let pages = 0;
    const read = async () => {
      for await (const _ of directory.everything({ pageSize: 10 })) if (++pages === 2) await domain.kill();
    };
    await assert.rejects(read, failsWith('connection-lost'));
    assert.equal(pages, 2);
    await domain.start();
  });
});
