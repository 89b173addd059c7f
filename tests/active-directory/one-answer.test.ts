/** An answer of DirSync's without pages, as Samba gives for everything: it is used in parts, and no more of it is held. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDirectory, type DirectoryOptions } from '@connector/active-directory/connection.ts';
import type { ChangesPart } from '@connector/active-directory/directory-changes.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { partSize } from '@connector/active-directory/inflow.ts';
import { dirSyncOid, FakeDirectory, type FakeEntry, sequence } from '../support/fake-directory.ts';
import { guidTextOf } from '../support/generated/identity.ts';
import { LoopbackServer, loopbackPassword } from '../support/generated/loopback-server.ts';

const people = 6_000;
const optionsFor = (url: string, more: Partial<DirectoryOptions> = {}): DirectoryOptions => ({
  ...{ urls: [url], bindDn: 'CN=svc', bindPassword: loopbackPassword, insecure: true, ...more },
});
const startLoopback = () => LoopbackServer.start({ people, dirSync: 'one' });
const beginning = Buffer.of();
/** As many as one part has, and those that one read of the socket brings with its last. */
const mostInPart = partSize.entries + 400;

describe('an answer of thousands', () => {
  it('is told in parts, each object once, and the cookie comes with the last one', async () => {
    await using server = await startLoopback();
    await using directory = await connectDirectory(optionsFor(server.ldapUrl));
    const parts = await Array.fromAsync(directory.changesSince(beginning));
    assert.ok(parts.length >= people / mostInPart, `${parts.length} parts`);
    assert.ok(parts.slice(0, -1).every(({ cookie, more }) => cookie === null && more));
    assert.equal(parts.at(-1)?.more, false);
    const guids = parts.flatMap(({ changes }) => changes.map(({ guid }) => guid));
    assert.equal(new Set(guids).size, guids.length);
    assert.equal(guids.length, server.directory.count);
    const rest = await Array.fromAsync(directory.changesSince(parts.at(-1)?.cookie ?? beginning));
    assert.deepEqual(
      rest.map(({ changes }) => changes),
      [[]],
    );
  });

  it('waits at the server while a part is being used, however long: that is no silence of the server', async () => {
    await using server = await startLoopback();
    const timeoutMs = 1_500;
    await using directory = await connectDirectory(optionsFor(server.ldapUrl, { timeoutMs }));
    await using other = await connectDirectory(optionsFor(server.ldapUrl));
    let longest = 0;
    let told = 0;
    for await (const { changes } of directory.changesSince(beginning)) {
      if (told === 0) await sleep(2 * timeoutMs);
      for (let asked = 0; asked < 20; asked++) await other.domainController(); // time in which all the rest could come
      longest = Math.max(longest, changes.length);
      told += changes.length;
    }
    assert.equal(told, server.directory.count);
    assert.ok(longest <= mostInPart, `a part has ${longest}`);
  });

  it('that is left before its end ends the connection, which has no place to go on from', async () => {
    await using server = await startLoopback();
    await using directory = await connectDirectory(optionsFor(server.ldapUrl));
    for await (const { more } of directory.changesSince(beginning)) if (more) break;
    assert.equal((await directory.ended).code, 'connection-lost');
    await assert.rejects(directory.domainController(), { code: 'connection-lost' });
  });

  it('is told of again by the same cookie when the connection broke in its midst', async () => {
    await using server = await startLoopback();
    const first = new Set<string>();
    await using directory = await connectDirectory(optionsFor(server.ldapUrl));
    await assert.rejects(
      async () => {
        for await (const { changes } of directory.changesSince(beginning)) {
          for (const { guid } of changes) first.add(guid);
          server.breakConnections();
        }
      },
      (error) => error instanceof DirectoryError && error.code === 'connection-lost',
    );
    assert.ok(first.size > 0 && first.size < server.directory.count);
    await using anew = await connectDirectory(optionsFor(server.ldapUrl));
    const parts = await Array.fromAsync(anew.changesSince(beginning));
    const again = new Set(parts.flatMap(({ changes }) => changes.map(({ guid }) => guid)));
    assert.equal(again.size, server.directory.count);
  });

  it('after which the server falls silent is an error', async () => {
    await using fake = await FakeDirectory.start(() => 'silence');
    await using directory = await connectDirectory(optionsFor(fake.url, { timeoutMs: 200 }));
    await assert.rejects(Array.fromAsync(directory.changesSince(beginning)), { code: 'no-answer' });
  });

  it('tells of somebody restored in the midst before the groups that they were put into since', async () => {
    const count = 3 * partSize.entries;
    const restored = guidTextOf(count / 2);
    const dn = (guid: string) => `<GUID=${guid}>;CN=P,DC=example,DC=test`;
    const plain = (number: number): FakeEntry => ({ dn: dn(guidTextOf(number)), attributes: { mail: ['a@b.test'] } });
    const back: FakeEntry = { dn: dn(restored), attributes: { isDeleted: [] } };
    const whole: FakeEntry = { dn: dn(restored), attributes: { objectClass: ['user'], whenCreated: ['2020'] } };
    const group: FakeEntry = { dn: dn(guidTextOf(count)), attributes: { 'member;range=1-1': [dn(restored)] } };
    const entries = Array.from({ length: count }, (_, number) => (number === count / 2 ? back : plain(number)));
    await using fake = await FakeDirectory.start(({ base }) =>
      base.startsWith('<GUID=')
        ? { entries: [whole] }
        : { entries: [...entries, group], controls: { [dirSyncOid]: sequence(0, 0, Buffer.from('to')) } },
    );
    await using directory = await connectDirectory(optionsFor(fake.url));
    const parts: ChangesPart[] = await Array.fromAsync(directory.changesSince(Buffer.from('from')));
    const changes = parts.flatMap((part) => part.changes);
    assert.ok(parts.length > 1);
    assert.deepEqual(
      changes.map(({ guid }) => guid),
      Array.from({ length: count + 1 }, (_, number) => guidTextOf(number)),
    );
    assert.equal(changes[count / 2]?.restored, true);
  });
});
