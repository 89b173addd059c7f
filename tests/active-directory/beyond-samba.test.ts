/** What Windows does and Samba doesn't, and what no server should do: against a server that we script. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { watchForChanges } from '@connector/active-directory/doorbell.ts';
import { DirectoryError, type DirectoryErrorCode } from '@connector/active-directory/errors.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { ProtocolOperation } from 'ldapts';
import {
  type Answerer,
  cookieIn,
  dirSyncOid,
  type FakeAnswer,
  FakeDirectory,
  type FakeEntry,
  pageOid,
  resultMessage,
  sequence,
} from '../support/fake-directory.ts';

const connect = (url: string, timeoutMs = 5_000) =>
  connectDirectory({ urls: [url], bindDn: 'CN=svc', bindPassword: 'secret', insecure: true, timeoutMs });

const failsWith = (code: DirectoryErrorCode, ldapCode?: number) => (error: unknown) =>
  error instanceof DirectoryError && error.code === code && (ldapCode === undefined || error.ldapCode === ldapCode);

const guidOf = (index: number) => `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;
const person = (index: number): FakeEntry => ({
  dn: `<GUID=${guidOf(index)}>;CN=P${index},DC=example,DC=test`,
  attributes: { objectClass: ['top', 'person', 'user'], mail: [`p${index}@example.test`] },
});
const page = (cookie: string) => ({ [pageOid]: sequence(0, Buffer.from(cookie)) });
const dirSync = (more: number, cookie: string) => ({ [dirSyncOid]: sequence(more, 0, Buffer.from(cookie)) });

async function gathered<T>(pages: AsyncIterable<T>): Promise<T[]> {
  return await Array.fromAsync(pages);
}

/** Reads everything, noting what came before the end or the error. */
async function readAll(url: string): Promise<{ pages: DirectoryChange[][]; error: unknown }> {
  await using directory = await connect(url);
  const pages: DirectoryChange[][] = [];
  try {
    for await (const changes of directory.everything({ pageSize: 2 })) pages.push(changes);
    return { pages, error: null };
  } catch (error) {
    return { pages, error };
  }
}

/** Three pages of two people, the second one as told. */
const pagesWithSecond =
  (second: FakeAnswer | 'silence'): Answerer =>
  ({ controls }) => {
    const cookie = cookieIn(controls.get(pageOid));
    if (cookie === '') return { entries: [person(1), person(2)], controls: page('second') };
    if (cookie === 'second') return second;
    return { entries: [person(5)], controls: page('') };
  };

/** Answers everything with a group of so many members, 1500 at a time. */
function groupInRanges(count: number, controls: () => NonNullable<FakeAnswer['controls']>): Answerer {
  const links = Array.from({ length: count }, (_, index) => `<GUID=${guidOf(index)}>;CN=P${index},DC=example,DC=test`);
  const range = (low: number) => {
    const last = low + 1500 >= links.length;
    return { [`member;range=${low}-${last ? '*' : low + 1499}`]: links.slice(low, low + 1500) };
  };
  const dn = `<GUID=${guidOf(9999)}>;CN=G,DC=example,DC=test`;
  return ({ base, attributes }) => {
    const wanted = attributes.map((name) => /^member;range=(\d+)-\*$/.exec(name)?.[1]).find(Boolean);
    const low = base.startsWith('<GUID=') ? Number(wanted) : 0;
    const values = { objectClass: ['top', 'group'], uSNChanged: ['5'], member: [], ...range(low) };
    return { entries: [{ dn, attributes: values }], controls: controls() };
  };
}

describe('everything', () => {
  it('reads to the last page, in pages', async () => {
    await using fake = await FakeDirectory.start(
      pagesWithSecond({ entries: [person(3), person(4)], controls: page('third') }),
    );
    const { pages, error } = await readAll(fake.url);
    assert.equal(error, null);
    assert.deepEqual(
      pages.map((changes) => changes.map(({ guid }) => guid)),
      [[guidOf(1), guidOf(2)], [guidOf(3), guidOf(4)], [guidOf(5)]],
    );
  });

  it('goes on after an empty page that says there is more', async () => {
    await using fake = await FakeDirectory.start(pagesWithSecond({ entries: [], controls: page('third') }));
    const { pages } = await readAll(fake.url);
    assert.deepEqual(
      pages.map(({ length }) => length),
      [2, 0, 1],
    );
  });

  for (const [status, name] of [
    [3, 'a time limit'],
    [4, 'a size limit'],
    [11, 'an administrative limit'],
    [51, 'a busy server'],
    [52, 'an unavailable one'],
    [53, 'a refused page cookie'],
    [10, 'a referral'],
  ] as const) {
    it(`doesn't take a read that ${name} cut short for a whole one`, async () => {
      await using fake = await FakeDirectory.start(
        pagesWithSecond({ entries: [person(3)], status, controls: page('') }),
      );
      const { pages, error } = await readAll(fake.url);
      assert.equal(pages.length, 1);
      assert.ok(failsWith('read-failed', status)(error), String(error));
    });
  }

  it("doesn't trust a server that ignores paging", async () => {
    await using fake = await FakeDirectory.start(pagesWithSecond({ entries: [person(3)] }));
    assert.ok(failsWith('no-answer')((await readAll(fake.url)).error));
  });

  it('fetches the members that a group of thousands has beyond its first range', async () => {
    await using fake = await FakeDirectory.start(groupInRanges(4000, () => page('')));
    const { pages, error } = await readAll(fake.url);
    assert.equal(error, null);
    assert.equal(pages[0]?.[0]?.members?.add.length, 4000);
    assert.equal(new Set(pages[0]?.[0]?.members?.add).size, 4000);
  });
});

describe('changesSince', () => {
  it('gives each of the pages that Windows answers in, with its cookie', async () => {
    await using fake = await FakeDirectory.start(({ controls }) =>
      cookieIn(controls.get(dirSyncOid)) === 'from'
        ? { entries: [person(1)], controls: dirSync(1, 'half') }
        : { entries: [person(2)], controls: dirSync(0, 'to') },
    );
    await using directory = await connect(fake.url);
    const pages = await gathered(directory.changesSince(Buffer.from('from')));
    assert.deepEqual(
      pages.map(({ changes, cookie, more }) => [changes[0]?.guid, cookie?.toString(), more]),
      [
        [guidOf(1), 'half', true],
        [guidOf(2), 'to', false],
      ],
    );
  });

  it('fetches the other members when DirSync gives a first range of them instead of those that came and went', async () => {
    await using fake = await FakeDirectory.start(groupInRanges(4000, () => dirSync(0, 'to')));
    await using directory = await connect(fake.url);
    const [answer] = await gathered(directory.changesSince(Buffer.from('from')));
    const members = answer?.changes[0]?.members;
    assert.deepEqual([members?.mode, new Set(members?.add).size], ['replace', 4000]);
  });

  it("doesn't take an answer without DirSync's for an answer", async () => {
    await using fake = await FakeDirectory.start(() => ({ entries: [person(1)] }));
    await using directory = await connect(fake.url);
    await assert.rejects(gathered(directory.changesSince(Buffer.from('from'))), failsWith('no-answer'));
    await assert.rejects(directory.bookmark(), failsWith('no-answer'));
  });

  it("doesn't go round for ever with a server that promises more and sends nothing", async () => {
    await using fake = await FakeDirectory.start(() => ({ controls: dirSync(1, 'same') }));
    await using directory = await connect(fake.url);
    await assert.rejects(gathered(directory.changesSince(Buffer.from('same'))), failsWith('no-answer'));
  });

  it('tells a refused cookie from missing rights', async () => {
    for (const [status, code] of [
      [12, 'cookie-refused'],
      [53, 'cookie-refused'],
      [50, 'insufficient-rights'],
      [51, 'read-failed'],
    ] as const) {
      await using fake = await FakeDirectory.start(() => ({ status }));
      await using directory = await connect(fake.url);
      await assert.rejects(gathered(directory.changesSince(Buffer.from('old'))), failsWith(code, status));
    }
  });

  it('bookmarks only when the server has nothing more to walk through', async () => {
    await using fake = await FakeDirectory.start(({ controls }) =>
      cookieIn(controls.get(dirSyncOid)) === '' ? { controls: dirSync(1, 'half') } : { controls: dirSync(0, 'now') },
    );
    await using directory = await connect(fake.url);
    assert.equal((await directory.bookmark()).toString(), 'now');
  });
});

describe('lookUp', () => {
  it('takes no other failure than "no such object" for absence', async () => {
    for (const status of [1, 50, 51, 53]) {
      await using fake = await FakeDirectory.start(() => ({ status }));
      await using directory = await connect(fake.url);
      await assert.rejects(directory.lookUp([guidOf(1)]), (error) => error instanceof DirectoryError);
    }
    await using fake = await FakeDirectory.start(() => ({ status: 32 }));
    await using directory = await connect(fake.url);
    assert.deepEqual(await directory.lookUp([guidOf(1)]), [{ guid: guidOf(1), complete: false, absent: true }]);
  });

  it('takes somebody whom another domain has now for absent, and goes on with the others', async () => {
    await using fake = await FakeDirectory.start(({ base }) =>
      base === `<GUID=${guidOf(1)}>` ? { status: 10 } : { entries: [person(2)] },
    );
    await using directory = await connect(fake.url);
    const [moved, stayed] = await directory.lookUp([guidOf(1), guidOf(2)]);
    assert.deepEqual(moved, { guid: guidOf(1), complete: false, absent: true });
    assert.deepEqual([stayed?.guid, stayed?.complete], [guidOf(2), true]);
  });

  it('takes an object that shows no attribute for absent, not for one without groups and members', async () => {
    const entries = [{ dn: `<GUID=${guidOf(1)}>;CN=P1,DC=example,DC=test`, attributes: {} }];
    await using fake = await FakeDirectory.start(() => ({ entries }));
    await using directory = await connect(fake.url);
    assert.deepEqual(await directory.lookUp([guidOf(1)]), [{ guid: guidOf(1), complete: false, absent: true }]);
  });

  it('answers many questions in their order', async () => {
    await using fake = await FakeDirectory.start(({ base }) => {
      const index = Number(/(\d{12})>$/.exec(base)?.[1]);
      return index % 2 ? { entries: [person(index)] } : { status: 32 };
    });
    await using directory = await connect(fake.url);
    const guids = Array.from({ length: 100 }, (_, index) => guidOf(index));
    const found = await directory.lookUp(guids);
    assert.deepEqual(
      found.map(({ guid, absent }) => [guid, absent ?? false]),
      guids.map((guid, index) => [guid, index % 2 === 0]),
    );
  });
});

describe('resolveGuid', () => {
  it('tells a base of another domain from one that there is none of', async () => {
    await using fake = await FakeDirectory.start(({ base }) => ({ status: base.includes('DC=child') ? 10 : 32 }));
    await using directory = await connect(fake.url);
    const told = async (dn: string) =>
      await directory.resolveGuid(dn).then(
        () => assert.fail('it is found'),
        (error: unknown) => (failsWith('base-not-found')(error) ? String(error) : assert.fail(String(error))),
      );
    assert.match(await told('OU=Staff,DC=child,DC=example,DC=test'), /OU=Staff,DC=child.* belongs to another domain/);
    assert.match(await told('OU=Nowhere,DC=example,DC=test'), /knows no OU=Nowhere,.*check the DN/);
  });

  it("says of a base that the account may not read that it isn't shown to it", async () => {
    const dn = 'OU=Staff,DC=example,DC=test';
    await using fake = await FakeDirectory.start(() => ({ entries: [{ dn, attributes: {} }] }));
    await using directory = await connect(fake.url);
    await assert.rejects(directory.resolveGuid(dn), (error) => {
      assert.match(String(error), /knows no OU=Staff,.*, or doesn't show it to this account/);
      return failsWith('base-not-found')(error);
    });
  });
});

describe('a connection', () => {
  it('gives up on a server that falls silent, and stays lost', async () => {
    await using fake = await FakeDirectory.start(() => 'silence');
    await using directory = await connect(fake.url, 100);
    await assert.rejects(directory.lookUp([guidOf(1), guidOf(2)]), failsWith('no-answer'));
    await assert.rejects(directory.domainController(), failsWith('connection-lost'));
  });

  it('ends when the server gives notice, with what it said', async () => {
    await using fake = await FakeDirectory.start(() => 'silence');
    await using directory = await connect(fake.url);
    const asked = directory.lookUp([guidOf(1)]);
    fake.send(resultMessage(0, ProtocolOperation.LDAP_RES_EXTENSION, { status: 52, errorMessage: 'going down' }));
    await assert.rejects(asked, failsWith('connection-lost'));
    assert.match((await directory.ended).message, /going down/);
  });

  it('ends when the server sends what is no LDAP', async () => {
    await using fake = await FakeDirectory.start(() => 'silence');
    await using directory = await connect(fake.url);
    const asked = directory.lookUp([guidOf(1)]);
    fake.send(Buffer.from('3003ffffff', 'hex'));
    await assert.rejects(asked, failsWith('connection-lost'));
  });

  it('ends with the signal, whatever is under way', async () => {
    await using fake = await FakeDirectory.start(() => 'silence');
    const stop = new AbortController();
    const options = { urls: [fake.url], bindDn: 'CN=svc', bindPassword: 'secret', insecure: true };
    await using directory = await connectDirectory(options, stop.signal);
    const asked = directory.lookUp([guidOf(1)]);
    stop.abort(new Error('enough'));
    await assert.rejects(asked, failsWith('connection-lost'));
    await assert.rejects(connectDirectory(options, stop.signal), /enough/);
  });

  it("doesn't ask a second server when the first refuses an empty password", async () => {
    await using fake = await FakeDirectory.start(() => ({}));
    const options = { urls: [fake.url, fake.url], bindDn: 'CN=svc', bindPassword: '', insecure: true };
    await assert.rejects(connectDirectory(options), failsWith('bind-refused'));
    assert.deepEqual(fake.binds, []);
  });
});

describe('watchForChanges', () => {
  const watch = (url: string, onEnd: (reason: DirectoryError) => void = () => assert.fail('it ended')) =>
    watchForChanges(
      { urls: [url], bindDn: 'CN=svc', bindPassword: 'secret', insecure: true },
      { onRing: () => undefined, onEnd },
    );

  it('fails when the server refuses to watch', async () => {
    await using fake = await FakeDirectory.start(() => ({ status: 11, errorMessage: 'MaxNotificationPerConn' }));
    await assert.rejects(watch(fake.url), failsWith('read-failed', 11));
  });

  it('tells when the server ends it later', async () => {
    await using fake = await FakeDirectory.start(() => 'silence');
    const ended = Promise.withResolvers<DirectoryError>();
    const bell = await watch(fake.url, ended.resolve);
    fake.send(resultMessage(0, ProtocolOperation.LDAP_RES_EXTENSION, { status: 52, errorMessage: 'bye' }));
    assert.match((await ended.promise).message, /bye/);
    await bell.close();
  });

  it('says nothing when we end it ourselves', async () => {
    await using fake = await FakeDirectory.start(() => 'silence');
    const bell = await watch(fake.url);
    await bell.close();
  });
});
