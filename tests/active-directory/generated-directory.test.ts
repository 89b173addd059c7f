/** The generated directory, which stands in for one that is larger than Samba can hold, as the connector reads it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  connectDirectory,
  type DirectoryConnection,
  type DirectoryOptions,
} from '@connector/active-directory/connection.ts';
import { watchForChanges } from '@connector/active-directory/doorbell.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { Client } from 'ldapts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { guidTextOf } from '../support/generated/identity.ts';
import { LoopbackProcess } from '../support/generated/loopback-process.ts';
import { LoopbackServer, loopbackPassword } from '../support/generated/loopback-server.ts';
import { makeCertificates } from '../support/samba/certificates.ts';
import { waitUntil } from '../support/wait-until.ts';

const people = 2_500;
const base = 'DC=example,DC=test';
const optionsFor = (url: string): DirectoryOptions => ({
  ...{ urls: [url], bindDn: `CN=svc,${base}`, bindPassword: loopbackPassword, insecure: true },
});

async function withDirectory(
  test: (server: LoopbackServer, connection: DirectoryConnection) => Promise<void>,
  options: { people?: number; dirSync?: 'one' | 'pages' } = {},
): Promise<void> {
  await using server = await LoopbackServer.start({ people, ...options });
  await using connection = await connectDirectory(optionsFor(server.ldapUrl));
  await test(server, connection);
}

const everything = async (connection: DirectoryConnection): Promise<DirectoryChange[]> =>
  (await Array.fromAsync(connection.everything())).flat();

/** What changed since a cookie, and the cookie after it. */
async function changesSince(
  connection: DirectoryConnection,
  cookie: Buffer,
): Promise<{ changes: DirectoryChange[]; cookie: Buffer; answers: number }> {
  const pages = await Array.fromAsync(connection.changesSince(cookie));
  return {
    changes: pages.flatMap(({ changes }) => changes),
    cookie: pages.at(-1)?.cookie ?? Buffer.of(),
    answers: pages.filter((page) => page.cookie !== null).length,
  };
}

const byGuid = (changes: readonly DirectoryChange[]) => new Map(changes.map((change) => [change.guid, change]));

describe('the generated directory', () => {
  it('has so many people, a group for every twenty, and 1.2 memberships for each, in whole pages', () =>
    withDirectory(async (_, connection) => {
      const pages = await Array.fromAsync(connection.everything({ pageSize: 500 }));
      const objects = pages.flat();
      assert.ok(pages.slice(0, -1).every(({ length }) => length === 500));
      const users = objects.filter(({ kind }) => kind === 'user');
      const groups = objects.filter(({ kind, rid }) => kind === 'group' && rid !== 513);
      const memberships = groups.flatMap(({ members }) => members?.add ?? []);
      assert.equal(users.length, people);
      assert.equal(new Set(users.map(({ mail }) => mail)).size, people);
      assert.equal(groups.length, people / 20);
      assert.equal(memberships.length, 1.2 * people);
      const known = new Set(objects.map(({ guid }) => guid));
      assert.equal(known.size, objects.length);
      assert.ok(memberships.every((member) => known.has(member)));
      assert.ok(objects.every(({ parent }) => parent === null || known.has(parent ?? '')));
      assert.ok(objects.every(({ complete }) => complete));
    }));

  it('tells all of it by DirSync too, in answers of a megabyte, or in one', async () => {
    const inOne = byGuid(await everythingByDirSync('one', (answers) => assert.equal(answers, 1)));
    const inPages = byGuid(await everythingByDirSync('pages', (answers) => assert.ok(answers > 1, `${answers}`)));
    assert.deepEqual(inPages, inOne);
    await withDirectory(async (_, connection) => assert.deepEqual(byGuid(await everything(connection)), inOne));
  });

  async function everythingByDirSync(dirSync: 'one' | 'pages', check: (answers: number) => void) {
    let changes: DirectoryChange[] = [];
    await withDirectory(
      async (_, connection) => {
        const read = await changesSince(connection, Buffer.of());
        check(read.answers);
        changes = read.changes;
      },
      { dirSync },
    );
    return changes;
  }

  it('shows deletions, looks up by GUID, and tells where it stands', () =>
    withDirectory(async ({ directory }, connection) => {
      assert.equal(await connection.canReadDeletedObjects(), true);
      const before = await connection.domainController();
      const [leaver, stayer] = [directory.company.person(7), directory.company.person(5)];
      directory.remove(leaver);
      assert.equal(await connection.canReadDeletedObjects(), true);
      const unknown = guidTextOf(10 ** 9);
      const [deleted, found, absent] = await connection.lookUp([guidTextOf(leaver), guidTextOf(stayer), unknown]);
      assert.deepEqual(deleted, { guid: guidTextOf(leaver), complete: false, deleted: true });
      assert.equal(found?.memberOf?.length, 2);
      assert.deepEqual(absent, { guid: unknown, complete: false, absent: true });
      const now = await connection.domainController();
      assert.equal(now.invocationId, before.invocationId);
      assert.equal(now.highestCommittedUsn, before.highestCommittedUsn + 1n);
      assert.equal((await everything(connection)).filter(({ kind }) => kind === 'user').length, people - 1);
    }));

  it('refuses a wrong password, an unknown base and a foreign cookie as AD does', () =>
    withDirectory(async ({ ldapUrl }, connection) => {
      const wrong = connectDirectory({ ...optionsFor(ldapUrl), bindPassword: 'wrong' });
      await assert.rejects(wrong, { code: 'bind-refused', message: /data 52e/ });
      await assert.rejects(connection.resolveGuid(`OU=Nowhere,${base}`), { code: 'base-not-found' });
      assert.equal(await connection.resolveGuid(`ou=staff,${base}`), guidTextOf(3));
      const foreign = Array.fromAsync(connection.changesSince(Buffer.from('of another server')));
      await assert.rejects(foreign, (error) => error instanceof DirectoryError && error.code === 'cookie-refused');
    }));

  it('ends an answer without pages after 1,000 entries, and gives 1,500 members at once', () =>
    withDirectory(async (server, connection) => {
      const client = new Client({ url: server.ldapUrl });
      await client.bind(`CN=svc,${base}`, loopbackPassword);
      await assert.rejects(client.search(base, { filter: '(objectClass=user)' }), { code: 4 });
      const { company } = server.directory;
      const values = Array.from({ length: people }, (_, index) => server.directory.dnOf(company.person(index)));
      server.directory.modify(company.team(0), [{ operation: 'add', type: 'member', values }]);
      const entry = await client.search(server.directory.dnOf(company.team(0)), { scope: 'base' });
      assert.equal([entry.searchEntries[0]?.['member;range=0-1499']].flat().length, 1_500);
      const [group] = await connection.lookUp([guidTextOf(company.team(0))]);
      assert.equal(group?.members?.add.length, people);
      await client.unbind();
    }));
});

describe('what an administrator changes in the generated directory', () => {
  let dir: string;
  let server: LoopbackProcess;
  let admin: DirectoryAdmin;
  let connection: DirectoryConnection;
  let cookie: Buffer;
  const options = () => ({ ...optionsFor(server.ldapUrl) });

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'generated-'));
    const address = '127.0.0.1';
    await makeCertificates(dir, { realm: 'EXAMPLE.TEST', address });
    const file = (name: string) => join(dir, name);
    server = await LoopbackProcess.start({
      ...{ people, address },
      ...{ caFile: file('ca.pem'), certificateFile: file('cert.pem'), keyFile: file('key.pem') },
    });
    admin = new DirectoryAdmin(server);
    connection = await connectDirectory(options());
    cookie = await connection.bookmark();
  });
  after(async () => {
    await connection?.close();
    await admin?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  /** What DirSync tells after `act` has rung the bell. */
  async function newsOf(act: () => Promise<unknown>): Promise<DirectoryChange[]> {
    let rings = 0;
    const bell = await watchForChanges(options(), { onRing: () => rings++, onEnd: () => undefined });
    await act();
    await waitUntil('the bell to ring', () => rings > 0);
    await bell.close();
    const read = await changesSince(connection, cookie);
    cookie = read.cookie;
    assert.deepEqual((await changesSince(connection, cookie)).changes, [], 'nothing is told twice');
    return read.changes;
  }

  const person = (index: number) => ({ guid: guidTextOf(5 + Math.ceil(people / 1_000) + index) });
  const team = (index: number) => ({ guid: guidTextOf(5 + Math.ceil(people / 1_000) + people + index) });

  it('is told with what is new and no more', async () => {
    const { guid } = person(3);
    assert.deepEqual(await newsOf(() => admin.modify(guid, { mail: 'new@example.test', displayName: null })), [
      { guid, complete: false, mail: 'new@example.test', displayName: null },
    ]);
  });

  it('is told once, as it is now, however often it changed', async () => {
    const { guid } = person(4);
    const news = await newsOf(async () => {
      await admin.disable(guid);
      await admin.modify(guid, { sn: 'One' });
      await admin.modify(guid, { sn: 'Two' });
    });
    assert.deepEqual(news, [{ guid, complete: false, userAccountControl: 546, sn: 'Two' }]);
  });

  it('tells members singly', async () => {
    const [group, joiner, leaver] = [team(0).guid, person(50).guid, person(1).guid];
    const news = await newsOf(async () => {
      await admin.addMember(group, joiner);
      await admin.removeMember(group, leaver);
    });
    const members = { mode: 'delta', add: [joiner], remove: [leaver] };
    assert.deepEqual(news, [{ guid: group, complete: false, members }]);
  });

  it('tells who was added, moved with all below, and deleted', async () => {
    let guid = '';
    let ou = '';
    const added = await newsOf(async () => {
      ou = await admin.createOu({ name: 'Berlin' });
      guid = await admin.createUser({ name: 'Ann', ou: `OU=Berlin,${base}`, mail: 'ann@example.test' });
    });
    assert.deepEqual(
      added.map((change) => [change.guid, change.kind, change.complete, change.parent]),
      [
        [ou, 'container', true, guidTextOf(0)],
        [guid, 'user', true, ou],
      ],
    );
    const moved = await newsOf(() => admin.move(ou, `OU=Staff,${base}`));
    assert.deepEqual(moved, [{ guid: ou, complete: false, rdn: 'OU=Berlin', parent: guidTextOf(3) }]);
    assert.equal(await admin.dnOf(guid), `CN=Ann,OU=Berlin,OU=Staff,${base}`);
    assert.deepEqual(await newsOf(() => admin.delete(guid)), [{ guid, complete: false, deleted: true }]);
  });
});
