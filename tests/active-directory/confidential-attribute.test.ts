/** A secret in a confidential attribute, on a real domain: who may read and write it, and that it is never replaced. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import type { Unfitness } from '@connector/active-directory/attribute-kind.ts';
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import type { DirectoryOptions } from '@connector/active-directory/directory-options.ts';
import { DirectoryError, type DirectoryErrorCode } from '@connector/active-directory/errors.ts';
import { openChannel } from '@connector/active-directory/open-channel.ts';
import { ProtocolOperation } from 'ldapts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { FakeDirectory, resultMessage } from '../support/fake-directory.ts';
import { LdapProxy } from '../support/ldap/ldap-proxy.ts';
import { obeyDsacls } from '../support/samba/give-right.ts';
import { denyReading } from '../support/samba/reading-right.ts';
import { type AddedAttribute, addAttribute } from '../support/samba/secret-attribute.ts';
import { SambaDomain } from '../support/samba-domain.ts';

const attribute = 'lastPassK1';
const password = 'Secret123!svc';

let dir: string;
let domain: SambaDomain;
let admin: DirectoryAdmin;
let ca: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'confidential-attribute-'));
  domain = await SambaDomain.create({ dir: join(dir, 'domain') });
  ca = await readFile(domain.caFile, 'utf8');
  await addAttribute(domain);
  admin = new DirectoryAdmin(domain);
});
after(async () => {
  await admin?.[Symbol.asyncDispose]();
  await domain?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const madeSecret = () => randomBytes(32).toString('base64');

let made = 0;
/** A person with nothing in the attribute; gives the objectGUID. */
const person = async (): Promise<string> =>
  await admin.createUser({ name: `person ${++made}`, ou: `CN=Users,${domain.baseDn}` });

const lineFor = (name: string, right: string, of = attribute) =>
  `dsacls "${domain.baseDn}" /I:S /G "EXAMPLE\\${name}:${right};${of};user"`;

/** An ordinary account that was given some rights, and how it connects. */
async function account(...rights: string[]): Promise<{ name: string; bindDn: string; options: DirectoryOptions }> {
  const name = `svc-${++made}`;
  const { dn } = await domain.createServiceAccount({ name, password, seesDeleted: false });
  for (const right of rights) await obeyDsacls(domain, lineFor(name, right));
  const options = { urls: [domain.ldapsUrl], bindDn: dn, bindPassword: password, tls: { ca } };
  return { name, bindDn: dn, options };
}

/** What is there, as somebody sees it who may see all. */
async function asAdministrator(guid: string): Promise<string | null> {
  const { ldapsUrl, adminDn: bindDn, adminPassword: bindPassword } = domain;
  await using all = await connectDirectory({ urls: [ldapsUrl], bindDn, bindPassword, tls: { ca } });
  return await all.readSecret({ guid, attribute });
}

/** The error that something ends with, which holds the secret nowhere. */
async function errorOf(doing: Promise<unknown>, code: DirectoryErrorCode, secret: string): Promise<string> {
  const error = await doing.then(
    () => assert.fail('it succeeds'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DirectoryError, inspect(error));
  assert.equal(error.code, code, error.message);
  const told = inspect(error, { depth: null, showHidden: true });
  for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')])
    assert.ok(!told.includes(form), 'the secret is told');
  return error.message;
}

describe('an account that may write and read it', () => {
  let directory: DirectoryConnection;
  let other: DirectoryConnection;
  let bindDn: string;
  let options: DirectoryOptions;

  before(async () => {
    ({ bindDn, options } = await account('WP', 'RPCA'));
    directory = await connectDirectory(options);
    other = await connectDirectory(options);
  });
  after(async () => {
    await directory?.close();
    await other?.close();
  });

  test('writes one where there is none, and reads it back', async () => {
    const [guid, text] = [await person(), madeSecret()];
    assert.equal(await directory.readSecret({ guid, attribute }), null);
    const kept = await directory.writeSecretOnce({ guid, attribute, text, bindDn });
    assert.deepEqual(kept, { outcome: 'written', text });
    assert.equal(await other.readSecret({ guid, attribute }), text);
    assert.equal(await asAdministrator(guid), text);
  });

  test('never replaces one that is there, whoever has written it', async () => {
    const guid = await person();
    await admin.modify(guid, { [attribute]: 'of another program' });
    for (const text of [madeSecret(), 'of another program', 'OF ANOTHER PROGRAM']) {
      const kept = await directory.writeSecretOnce({ guid, attribute, text, bindDn });
      assert.deepEqual(kept, { outcome: 'present', text: 'of another program' });
    }
    assert.equal(await asAdministrator(guid), 'of another program');
  });

  test('of two who write at once both get the same, and one has written it', async () => {
    for (let round = 0; round < 10; round++) {
      const guid = await person();
      const texts = [madeSecret(), madeSecret()];
      const write = (by: DirectoryConnection, text = '') => by.writeSecretOnce({ guid, attribute, text, bindDn });
      const kept = await Promise.all([write(directory, texts[0]), write(other, texts[1])]);
      assert.deepEqual(kept.map(({ outcome }) => outcome).sort(), ['present', 'written']);
      assert.equal(kept[0].text, kept[1].text);
      assert.equal(kept[0].text, texts[kept[0].outcome === 'written' ? 0 : 1]);
      assert.equal(await asAdministrator(guid), kept[0].text);
    }
  });

  test('sends and asks for none in the clear, even where the connection may be', async () => {
    const [guid, text] = [await person(), madeSecret()];
    await using open = await connectDirectory({ ...options, urls: [domain.ldapUrl], insecure: true, tls: {} });
    const clear = /^lastPassK1 is secret, and ldap:\/\/[\d.]+ isn't encrypted; use ldaps:\/\/, or tls\.startTls: true$/;
    const writing = open.writeSecretOnce({ guid, attribute, text, bindDn });
    assert.match(await errorOf(writing, 'tls-required', text), clear);
    assert.match(await errorOf(open.readSecret({ guid, attribute }), 'tls-required', text), clear);
    assert.equal(await asAdministrator(guid), null);
    const started = { ...options, urls: [domain.ldapUrl], tls: { ca, startTls: true } };
    await using encrypted = await connectDirectory(started);
    assert.equal((await encrypted.writeSecretOnce({ guid, attribute, text, bindDn })).outcome, 'written');
  });

  test('nobody is there', async () => {
    const text = madeSecret();
    const gone = await person();
    await admin.delete(gone);
    await errorOf(directory.readSecret({ guid: gone, attribute }), 'read-failed', text);
    await errorOf(directory.writeSecretOnce({ guid: gone, attribute, text, bindDn }), 'write-failed', text);
  });

  test('a server that repeats the secret in its refusal: the error does not', async () => {
    const [guid, text] = [await person(), madeSecret()];
    for (const [status, code] of [
      [53, 'write-failed'],
      [50, 'insufficient-rights'],
      [51, 'write-failed'],
    ] as const) {
      const refuse = ({ operation }: { operation: number }) =>
        operation === ProtocolOperation.LDAP_REQ_MODIFY ? { status, errorMessage: `value ${text} won't do` } : null;
      await using proxy = await LdapProxy.start(domain, { refuse });
      await using behind = await connectDirectory({ ...options, urls: [proxy.ldapsUrl] });
      await errorOf(behind.writeSecretOnce({ guid, attribute, text, bindDn }), code, text);
    }
  });

  test('a read-only domain controller refers to another one, which is an error that says so', async () => {
    const [guid, text] = [await person(), madeSecret()];
    const refuse = ({ operation }: { operation: number }) =>
      operation === ProtocolOperation.LDAP_REQ_MODIFY ? { status: 10, errorMessage: '' } : null;
    await using proxy = await LdapProxy.start(domain, { refuse });
    await using behind = await connectDirectory({ ...options, urls: [proxy.ldapsUrl] });
    const told = await errorOf(behind.writeSecretOnce({ guid, attribute, text, bindDn }), 'write-failed', text);
    assert.match(told, /LDAP 10 referral\); where it is a read-only domain controller, name others in urls$/);
  });

  test('a value that is there by Windows’ word for it, constraintViolation, is taken for there', async () => {
    const guid = await person();
    await admin.modify(guid, { [attribute]: 'was there' });
    const refuse = ({ operation }: { operation: number }) =>
      operation === ProtocolOperation.LDAP_REQ_MODIFY ? { status: 19, errorMessage: '' } : null;
    await using proxy = await LdapProxy.start(domain, { refuse });
    await using behind = await connectDirectory({ ...options, urls: [proxy.ldapsUrl] });
    const kept = await behind.writeSecretOnce({ guid, attribute, text: madeSecret(), bindDn });
    assert.deepEqual(kept, { outcome: 'present', text: 'was there' });
  });
});

describe('a right that is missing', () => {
  test('to write: the line names account, attribute and domain, and typing it mends it', async () => {
    const { name, bindDn, options } = await account('RP');
    await using directory = await connectDirectory(options);
    const [guid, text] = [await person(), madeSecret()];
    const write = () => directory.writeSecretOnce({ guid, attribute, text, bindDn });
    const told = await errorOf(write(), 'insufficient-rights', text);
    const line = lineFor(name, 'WP');
    assert.ok(told.endsWith(`may not write lastPassK1 of users; as a domain administrator run: ${line}`), told);
    assert.equal(await asAdministrator(guid), null);
    await obeyDsacls(domain, told);
    await obeyDsacls(domain, await errorOf(write(), 'insufficient-rights', text)); // the right to read, which is missing too
    assert.deepEqual(await write(), { outcome: 'present', text });
    const other = await person();
    assert.equal((await directory.writeSecretOnce({ guid: other, attribute, text, bindDn })).outcome, 'written');
  });

  test('Samba takes "control access" to an attribute for the right to write it, too', async () => {
    const { bindDn, options } = await account('RPCA');
    await using directory = await connectDirectory(options);
    const [guid, text] = [await person(), madeSecret()];
    assert.equal((await directory.writeSecretOnce({ guid, attribute, text, bindDn })).outcome, 'written');
  });

  test('to read: what was written looks empty, which is an error with the line, and typing it shows what was written', async () => {
    const { name, bindDn, options } = await account('WP');
    await using directory = await connectDirectory(options);
    const [guid, text] = [await person(), madeSecret()];
    const write = (by: string) => directory.writeSecretOnce({ guid, attribute, text: by, bindDn });
    const told = await errorOf(write(text), 'insufficient-rights', text);
    assert.ok(told.endsWith(`looks like none; as a domain administrator run: ${lineFor(name, 'RPCA')}`), told);
    assert.equal(await directory.readSecret({ guid, attribute }), null, 'hidden, not missing');
    assert.equal(await errorOf(write(madeSecret()), 'insufficient-rights', text), told, 'again the same');
    assert.equal(await asAdministrator(guid), text, 'and what is there stays');
    await obeyDsacls(domain, told);
    assert.deepEqual(await write(madeSecret()), { outcome: 'present', text });
  });

  test('to read it alone, as everybody may read other attributes, shows nothing of it', async () => {
    const { options } = await account('RP');
    await using directory = await connectDirectory(options);
    const guid = await person();
    await admin.modify(guid, { [attribute]: 'hidden' });
    assert.equal(await directory.readSecret({ guid, attribute }), null);
    const { channel } = await openChannel(options);
    const search = { base: domain.baseDn, scope: 'sub' as const, attributes: ['cn'] };
    assert.deepEqual(
      (await channel.search({ ...search, filter: `(${attribute}=hidden)` })).entries,
      [],
      'nor by a filter',
    );
    assert.deepEqual((await channel.search({ ...search, filter: `(${attribute}=*)` })).entries, []);
    await channel.close();
  });

  test('of a member of a protected group: the line is that for AdminSDHolder', async () => {
    const { name, bindDn, options } = await account();
    await using directory = await connectDirectory(options);
    const [guid, text] = [await person(), madeSecret()];
    await admin.modify(guid, { adminCount: '1' });
    const told = await errorOf(
      directory.writeSecretOnce({ guid, attribute, text, bindDn }),
      'insufficient-rights',
      text,
    );
    const holder = `CN=AdminSDHolder,CN=System,${domain.baseDn}`;
    assert.ok(told.endsWith(`run: dsacls "${holder}" /G "EXAMPLE\\${name}:WP;lastPassK1"`), told);
  });

  test('of somebody of whom the account may read nothing: that is not taken for no secret', async () => {
    const { options, bindDn } = await account('RPCA');
    const guid = await person();
    await denyReading({ domain, account: bindDn, object: await admin.dnOf(guid) });
    await using directory = await connectDirectory(options);
    const told = await errorOf(directory.readSecret({ guid, attribute }), 'insufficient-rights', 'nothing');
    assert.match(told, /isn't to be read at .*; give the connector's account read access there$/);
  });
});

describe('an attribute that will not do is refused, before anything is written', () => {
  const unfit: [why: Unfitness, attribute: AddedAttribute & { name: string }, told: RegExp][] = [
    ['several-values', { name: 'severalK1', lines: { isSingleValued: 'FALSE' } }, /with isSingleValued: TRUE$/],
    [
      'not-text',
      { name: 'numberK1', lines: { attributeSyntax: '2.5.5.9', oMSyntax: '2' } },
      /attributeSyntax 2\.5\.5\.9/,
    ],
    ['not-confidential', { name: 'plainK1', lines: { searchFlags: '1' } }, /isn't confidential, .*searchFlags=129\}$/],
  ];
  let directory: DirectoryConnection;
  let bindDn: string;

  before(async () => {
    const svc = await account();
    bindDn = svc.bindDn;
    directory = await connectDirectory(svc.options);
    for (const [, added] of unfit) {
      await addAttribute(domain, added);
      for (const right of ['WP', 'RPCA']) await obeyDsacls(domain, lineFor(svc.name, right, added.name));
    }
    for (const added of [
      { name: 'shortK1', lines: { rangeUpper: '8' } },
      { name: 'unusedK1', isOfUsers: false },
    ]) {
      await addAttribute(domain, added);
      for (const right of ['WP', 'RPCA']) await obeyDsacls(domain, lineFor(svc.name, right, added.name));
    }
  });
  after(async () => await directory?.close());

  const refusal = async (name: string): Promise<string> => {
    const [guid, text] = [await person(), madeSecret()];
    const told = await errorOf(
      directory.writeSecretOnce({ guid, attribute: name, text, bindDn }),
      'attribute-unfit',
      text,
    );
    assert.equal(await directory.readSecret({ guid, attribute: name }), null);
    return told;
  };

  for (const [why, { name }, told] of unfit)
    test(why, async () => {
      const kind = await directory.attributeKind(name);
      assert.ok(!kind.fits);
      assert.equal(kind.why, why);
      assert.equal(await refusal(name), kind.message);
      assert.match(kind.message, told);
      assert.ok(kind.message.startsWith(name), kind.message);
    });

  test('missing, and one of AD’s own', async () => {
    for (const [name, why, told] of [
      ['nowhereK1', 'missing', /^the schema has no attribute nowhereK1: check its name/],
      ['employeeID', 'base-schema', /^employeeID is one of AD's own, .*make one of your own$/],
    ] as const) {
      const kind = await directory.attributeKind(name);
      assert.ok(!kind.fits);
      assert.equal(kind.why, why);
      assert.match(await refusal(name), told);
    }
  });

  test('too short for the secret', async () => {
    assert.match(
      await refusal('shortK1'),
      /^shortK1 takes no more than 8 characters, and 44 are to be kept there; raise its rangeUpper/,
    );
  });

  test('that users have not, until what is told is done', async () => {
    const told = await refusal('unusedK1');
    const [, dn = '', name = ''] =
      /Set-ADObject "([^"]+)" -Add @\{mayContain="(\w+)"\}$/.exec(told) ?? assert.fail(told);
    const update = 'dn:\nchangetype: modify\nadd: schemaUpdateNow\nschemaUpdateNow: 1\n-\n';
    await domain.load(`dn: ${dn}\nchangetype: modify\nadd: mayContain\nmayContain: ${name}\n-\n\n${update}`);
    const text = madeSecret();
    const kept = await directory.writeSecretOnce({ guid: await person(), attribute: name, text, bindDn });
    assert.deepEqual(kept, { outcome: 'written', text });
  });

  test('not confidential, until what is told is done', async () => {
    const told = await refusal('plainK1');
    const [, dn = '', flags = ''] =
      /Set-ADObject "([^"]+)" -Replace @\{searchFlags=(\d+)\}$/.exec(told) ?? assert.fail(told);
    await admin.modify(dn, { searchFlags: flags });
    assert.deepEqual(await directory.attributeKind('plainK1'), { fits: true, longest: null });
    assert.deepEqual(await directory.attributeKind('PLAINk1'), { fits: true, longest: null }, 'names have no case');
  });
});

test('only the end of a write is taken for the end of a write', async () => {
  const answers = [
    [ProtocolOperation.LDAP_RES_MODIFY, null],
    [ProtocolOperation.LDAP_RES_SEARCH, /answers something else than it was asked/],
    [ProtocolOperation.LDAP_RES_BIND, /answers something else than it was asked/],
  ] as const;
  for (const [operation, told] of answers) {
    const modify = (messageId: number) => resultMessage(messageId, operation, {});
    await using fake = await FakeDirectory.start(() => ({}), { modify });
    const { channel } = await openChannel({ urls: [fake.url], bindDn: 'CN=svc', bindPassword: 'x', insecure: true });
    const writing = channel.addValue({ object: 'CN=ann', attribute: 'info', value: 'x' });
    if (told === null) await writing;
    else await assert.rejects(writing, told);
    await channel.close();
  }
});
