/**
 * Windows' limits, which Samba doesn't have, imposed on a Samba domain by a proxy: for each of them a client that doesn't know
 * of it, in a few lines of plain ldapts, goes wrong, and this package doesn't.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import { DirSyncControl, PageControl } from '@connector/active-directory/controls.ts';
import { watchForChanges } from '@connector/active-directory/doorbell.ts';
import { DirectoryError, type DirectoryErrorCode } from '@connector/active-directory/errors.ts';
import type { DirectoryOptions } from '@connector/active-directory/open-channel.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { Client, Control, ResultCodeError, type SearchOptions } from 'ldapts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { LdapProxy } from '../support/ldap/ldap-proxy.ts';
import { windowsLimits } from '../support/ldap/limits.ts';
import { isSearch, resultCode, tooBusy } from '../support/ldap/refusals.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { waitUntil } from '../support/wait-until.ts';

const password = 'Secret-of-the-connector1';
const headcount = 2_500;

let domain: SambaDomain;
let proxy: LdapProxy;
let admin: DirectoryAdmin;
let options: DirectoryOptions;
let ca: string;
let ou: string;
let group: string;
const personDn = (number: number) => `CN=P${number},${ou}`;

before(async () => {
  domain = await SambaDomain.create({ dir: await mkdtemp(join(tmpdir(), 'samba-')) });
  admin = new DirectoryAdmin(domain);
  const account = await domain.createServiceAccount({ name: 'svc', password });
  await admin.createOu({ name: 'People' });
  ou = `OU=People,${domain.baseDn}`;
  const people = Array.from({ length: headcount }, (_, number) => personDn(number));
  const entries = people.map((dn, number) => `dn: ${dn}\nobjectClass: user\nsAMAccountName: p${number}\n`);
  const members = people.map((dn) => `member: ${dn}\n`).join('');
  await domain.load([...entries, `dn: CN=All,${ou}\nobjectClass: group\nsAMAccountName: all\n${members}`].join('\n'));
  group = await admin.guidOf(`CN=All,${ou}`);
  proxy = await LdapProxy.start(domain, windowsLimits);
  ca = await readFile(domain.caFile, 'utf8');
  options = { urls: [proxy.ldapsUrl], bindDn: account.dn, bindPassword: account.password, tls: { ca } };
});

after(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await admin?.[Symbol.asyncDispose]();
  await domain?.[Symbol.asyncDispose]();
});

/** Runs what a client does that knows nothing of Windows, on a connection that is signed in. */
async function naively<T>(act: (client: Client) => Promise<T>, url = proxy.ldapsUrl): Promise<T> {
  const client = new Client({ url, ...(url.startsWith('ldaps:') ? { tlsOptions: { ca } } : {}), timeout: 30_000 });
  try {
    await client.bind(options.bindDn, options.bindPassword);
    return await act(client);
  } finally {
    await client.unbind();
  }
}

/** The same in the way of this package. */
async function ours<T>(act: (directory: DirectoryConnection) => Promise<T>): Promise<T> {
  await using directory = await connectDirectory(options);
  return await act(directory);
}

const everyPerson: SearchOptions = {
  filter: '(&(objectClass=user)(sAMAccountName=p*))',
  attributes: ['sAMAccountName'],
};
const endsWith = (code: number) => (error: unknown) => error instanceof ResultCodeError && error.code === code;
const failsWith = (code: DirectoryErrorCode, ldapCode?: number) => (error: unknown) =>
  error instanceof DirectoryError && error.code === code && (ldapCode === undefined || error.ldapCode === ldapCode);

const arePeople = (changes: readonly DirectoryChange[]): DirectoryChange[] =>
  changes.filter(({ sAMAccountName }) => /^p\d+$/.test(sAMAccountName ?? ''));

describe('1,000 entries in an answer (MaxPageSize)', () => {
  it('a search without pages ends with an error after the first 1,000', async () => {
    await assert.rejects(
      naively((client) => client.search(ou, everyPerson)),
      endsWith(4),
    );
  });

  it('a page of 5,000 has 1,000 entries, and whoever takes it for the whole misses the others', async () => {
    const page = new PageControl({ size: 5_000, cookie: Buffer.of() });
    const { searchEntries } = await naively((client) => client.search(ou, everyPerson, page));
    assert.equal(searchEntries.length, 1_000);
  });

  it('ours misses nobody', async () => {
    const all = await ours(async (directory) => (await Array.fromAsync(directory.everything())).flat());
    assert.equal(new Set(arePeople(all).map(({ guid }) => guid)).size, headcount);
  });
});

describe('1,500 values of an attribute (MaxValRange)', () => {
  it('a group of 2,500 seems to have no members at all, or 1,500', async () => {
    const { searchEntries } = await naively((client) =>
      client.search(`<GUID=${group}>`, { scope: 'base', attributes: ['member'] }),
    );
    assert.deepEqual(searchEntries[0]?.['member'], []);
    assert.equal([searchEntries[0]?.['member;range=0-1499']].flat().length, 1_500);
  });

  it('ours has them all, of a full read and of a look-up', async () => {
    await ours(async (directory) => {
      const all = (await Array.fromAsync(directory.everything())).flat();
      const people = new Set(arePeople(all).map(({ guid }) => guid));
      const [lookedUp] = await directory.lookUp([group]);
      for (const found of [all.find(({ guid }) => guid === group), lookedUp])
        assert.deepEqual(new Set(found?.members?.add), people);
    });
  });
});

describe('DirSync in several answers', () => {
  it('whoever stops after the first one misses almost everybody', async () => {
    const { searchEntries } = await naively((client) =>
      client.search(domain.baseDn, everyPerson, new DirSyncControl({ cookie: Buffer.of() })),
    );
    assert.equal(searchEntries.length, windowsLimits.dirSyncPage.entries);
  });

  /** Reads from the beginning of time, on a new connection after every `pages` answers. */
  async function readInTurns(pages: number): Promise<DirectoryChange[]> {
    const all: DirectoryChange[] = [];
    for (let cookie: Buffer = Buffer.of(), more = true; more; )
      await ours(async (directory) => {
        let read = 0;
        for await (const page of directory.changesSince(cookie)) {
          assert.ok(page.changes.length <= windowsLimits.dirSyncPage.entries);
          all.push(...page.changes);
          cookie = page.cookie ?? cookie;
          more = page.more;
          if (++read === pages) break;
        }
      });
    return all;
  }

  it('ours misses nobody and no member, though it goes on from a cookie between two answers', async () => {
    const all = await readInTurns(7);
    const people = arePeople(all).map(({ guid }) => guid);
    assert.equal(people.length, headcount);
    const patches = all.filter(({ guid }) => guid === group).map(({ members }) => members);
    assert.deepEqual(
      patches.map((members) => members?.mode),
      ['replace', 'delta', 'delta'],
    );
    assert.deepEqual(new Set(patches.flatMap((members) => members?.add ?? [])), new Set(people));
  });

  it('ours tells of 1,200 members who left and a person who was deleted, and of nobody else', async () => {
    await using directory = await connectDirectory(options);
    const cookie = await directory.bookmark();
    const leaving = Array.from({ length: 1_200 }, (_, number) => personDn(number));
    const staying = Array.from({ length: headcount - 1_200 }, (_, index) => personDn(index + 1_200));
    const guids = new Set<string>();
    const deleted = await admin.createUser({ name: 'Gone', ou });
    await admin.delete(deleted);
    await admin.modify(group, { member: staying });
    for await (const page of directory.everything())
      for (const { guid, rdn } of page) if (leaving.includes(`${rdn},${ou}`)) guids.add(guid);
    const pages = await Array.fromAsync(directory.changesSince(cookie));
    assert.ok(pages.length > 1, 'more than one answer');
    const changes = pages.flatMap((page) => page.changes);
    const removed = changes.flatMap(({ members }) => (members?.mode === 'delta' ? members.remove : []));
    assert.deepEqual(new Set(removed), guids);
    assert.deepEqual(
      changes.filter((change) => change.deleted).map(({ guid }) => guid),
      [deleted],
    );
    assert.deepEqual(new Set(changes.map(({ guid }) => guid)), new Set([group, deleted]));
  });
});

describe('five notification searches on a connection (MaxNotificationPerConn)', () => {
  it('the sixth is refused', async () => {
    const notification = () => new Control('1.2.840.113556.1.4.528', { critical: true });
    const sixth = naively(async (client) => {
      const watch = () =>
        client.search(domain.baseDn, { filter: '(objectClass=*)', attributes: ['1.1'] }, notification());
      const five = Array.from({ length: 5 }, () => watch().catch(() => 'ended')); // with the connection
      return await Promise.race([watch(), ...five]);
    });
    await assert.rejects(sixth, endsWith(resultCode.adminLimitExceeded));
  });

  it('ours has a connection for each, and all six ring', async () => {
    const rung = new Set<number>();
    const bells = await Promise.all(
      Array.from({ length: 6 }, (_, number) =>
        watchForChanges(options, { onRing: () => rung.add(number), onEnd: (reason) => assert.fail(reason) }),
      ),
    );
    try {
      await admin.modify(group, { description: 'changed' });
      await waitUntil('all six to ring', () => rung.size === 6);
    } finally {
      for (const bell of bells) await bell.close();
    }
  });
});

describe('an idle connection is closed (MaxConnIdleTime)', () => {
  before(() => {
    proxy.limits = { ...windowsLimits, maxConnIdleMs: 1_000 };
  });
  after(() => {
    proxy.limits = windowsLimits;
  });
  const untilIdle = () => waitUntil('the proxy to have closed the connections', () => proxy.connections === 0);

  it('whoever goes on as if nothing had happened has been signed out', async () => {
    const read = naively(async (client) => {
      await untilIdle();
      return await client.search(ou, { scope: 'base' });
    });
    await assert.rejects(read, endsWith(1));
  });

  it('ours says so at once, stays lost, and goes on from its cookie on a new connection', async () => {
    const { cookie, ended } = await ours(async (directory) => {
      const known = await directory.bookmark();
      const reason = await directory.ended;
      await assert.rejects(directory.bookmark(), failsWith('connection-lost'));
      return { cookie: known, ended: reason };
    });
    assert.ok(failsWith('connection-lost')(ended));
    assert.match(ended.message, /LDAP 52: MaxConnIdleTime/);
    const guid = await admin.createUser({ name: 'Meanwhile', ou });
    const pages = await ours((directory) => Array.fromAsync(directory.changesSince(cookie)));
    assert.ok(pages.some(({ changes }) => changes.some((change) => change.guid === guid)));
  });

  it('the doorbell tells that it rings no more', async () => {
    const ended = Promise.withResolvers<DirectoryError>();
    const bell = await watchForChanges(options, { onRing: () => undefined, onEnd: ended.resolve });
    assert.match((await ended.promise).message, /MaxConnIdleTime/);
    await bell.close();
  });
});

for (const status of [resultCode.busy, resultCode.unavailable] as const)
  describe(`a server that is ${status === resultCode.busy ? 'busy' : 'unavailable'} (${status})`, () => {
    after(() => {
      proxy.limits = windowsLimits;
    });
    /** Lets so many searches pass, refuses the next ones, as many as given, lets all others pass. */
    const refuseAfter = (passing: number, refusals = Number.POSITIVE_INFINITY) => {
      let asked = 0;
      const isRefused = () => ++asked > passing && asked <= passing + refusals;
      proxy.limits = {
        ...windowsLimits,
        refuse: (request) => (isSearch(request) && isRefused() ? tooBusy(status) : null),
      };
    };
    const recover = () => {
      proxy.limits = windowsLimits;
    };

    it('looks to whoever swallows errors as if nobody were there', async () => {
      refuseAfter(0, 1);
      const isThere = (client: Client) =>
        client.search(personDn(0), { scope: 'base' }).then(
          ({ searchEntries }) => searchEntries.length > 0,
          () => false,
        );
      assert.equal(await naively(isThere), false);
      assert.equal(await naively(isThere), true);
    });

    it('ours takes nobody for absent, and no part of a read for the whole', async () => {
      await ours(async (directory) => {
        const guid = await admin.guidOf(personDn(0));
        refuseAfter(0);
        await assert.rejects(directory.lookUp([guid]), failsWith('read-failed', status));
        refuseAfter(2);
        const pages: DirectoryChange[][] = [];
        const read = async () => {
          for await (const page of directory.everything()) pages.push(page);
        };
        await assert.rejects(read, failsWith('read-failed', status));
        assert.ok(pages.length <= 2);
        recover();
        assert.equal((await directory.lookUp([guid]))[0]?.kind, 'user');
      });
    });

    it('ours gives up no cookie for it', async () => {
      await ours(async (directory) => {
        const cookie = await directory.bookmark();
        refuseAfter(0);
        await assert.rejects(Array.fromAsync(directory.changesSince(cookie)), failsWith('read-failed', status));
        recover();
        assert.equal((await Array.fromAsync(directory.changesSince(cookie))).length, 1);
      });
    });

    it("ours doesn't take it for a wrong password", async () => {
      proxy.limits = { ...windowsLimits, refuse: (request) => (isSearch(request) ? null : tooBusy(status)) };
      await assert.rejects(connectDirectory(options), failsWith('read-failed', status));
    });
  });

describe('a server that is busy now and then', () => {
  after(() => {
    proxy.limits = windowsLimits;
  });

  it("doesn't make ours begin anew: it asks again, and misses nobody", async () => {
    let asked = 0;
    proxy.limits = {
      ...windowsLimits,
      refuse: (request) => (isSearch(request) && ++asked % 2 === 0 ? tooBusy(resultCode.busy) : null),
    };
    await ours(async (directory) => {
      const all = (await Array.fromAsync(directory.everything())).flat();
      assert.equal(new Set(arePeople(all).map(({ guid }) => guid)).size, headcount);
      const changes = (await Array.fromAsync(directory.changesSince(Buffer.of()))).flatMap((page) => page.changes);
      assert.equal(arePeople(changes).length, headcount);
    });
    assert.ok(asked > 20, 'it was asked often, and refused half the time');
  });
});

describe('a password in the clear', () => {
  it('is refused', async () => {
    await assert.rejects(
      naively((client) => client.search(ou, { scope: 'base' }), proxy.ldapUrl),
      endsWith(resultCode.strongerAuthRequired),
    );
  });

  it('after StartTLS it is in the clear no more', async () => {
    const client = new Client({ url: proxy.ldapUrl });
    try {
      await client.startTLS({ ca, host: domain.address });
      await client.bind(options.bindDn, options.bindPassword);
      assert.equal((await client.search(ou, { scope: 'base' })).searchEntries.length, 1);
    } finally {
      await client.unbind();
    }
  });

  it('ours never sends one unless told to, says then what to do, and signs in with TLS', async () => {
    const plain = { ...options, urls: [proxy.ldapUrl] };
    await assert.rejects(connectDirectory(plain), failsWith('tls-required'));
    await assert.rejects(connectDirectory({ ...plain, insecure: true }), (error) => {
      assert.ok(failsWith('tls-required', resultCode.strongerAuthRequired)(error), String(error));
      assert.match((error as Error).message, /use ldaps:\/\//);
      return true;
    });
    await using both = await connectDirectory({ ...plain, insecure: true, urls: [proxy.ldapUrl, proxy.ldapsUrl] });
    assert.equal(both.url, proxy.ldapsUrl);
  });
});
