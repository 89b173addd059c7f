/** StartTLS: no password leaves before the connection is encrypted and the server's certificate is verified. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import type { DirectoryOptions } from '@connector/active-directory/directory-options.ts';
import { watchForChanges } from '@connector/active-directory/doorbell.ts';
import { DirectoryError, type DirectoryErrorCode } from '@connector/active-directory/errors.ts';
import { ProtocolOperation } from 'ldapts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { FakeDirectory, type FakeManners, resultMessage } from '../support/fake-directory.ts';
import { SambaDomain } from '../support/samba-domain.ts';

const password = 'Never-in-the-clear1';

/** Connects, which must fail; gives the error. */
async function failureOf(options: DirectoryOptions): Promise<DirectoryError> {
  try {
    await using _ = await connectDirectory(options);
  } catch (error) {
    assert.ok(error instanceof DirectoryError, String(error));
    assert.ok(!error.message.includes(password), 'the password is told');
    return error;
  }
  assert.fail('it connects');
}

describe('StartTLS on Samba', () => {
  let domain: SambaDomain;
  let options: DirectoryOptions;

  before(async () => {
    domain = await SambaDomain.create({ dir: await mkdtemp(join(tmpdir(), 'samba-')) });
    const { dn } = await domain.createServiceAccount({ name: 'svc', password });
    const tls = { ca: await readFile(domain.caFile, 'utf8'), startTls: true };
    options = { urls: [domain.ldapUrl], bindDn: dn, bindPassword: password, tls };
  });
  after(async () => await domain?.[Symbol.asyncDispose]());

  it('signs in, reads and watches', async () => {
    await using directory = await connectDirectory(options);
    assert.equal(directory.namingContext, domain.baseDn);
    assert.ok((await Array.fromAsync(directory.everything())).flat().length > 20);
    const rung = Promise.withResolvers<void>();
    const bell = await watchForChanges(options, { onRing: rung.resolve, onEnd: rung.reject });
    await using admin = new DirectoryAdmin(domain);
    await admin.createOu({ name: 'Rings' });
    await rung.promise;
    await bell.close();
  });

  it('checks the certificate by tls.serverName where that is given', async () => {
    await using named = await connectDirectory({ ...options, tls: { ...options.tls, serverName: 'dc1.example.test' } });
    assert.equal(named.url, domain.ldapUrl);
  });

  const mistakes: [string, (good: DirectoryOptions) => Partial<DirectoryOptions>, DirectoryErrorCode, RegExp][] = [
    [
      'a certificate for another name',
      ({ tls }) => ({ tls: { ...tls, serverName: 'dc2.example.test' } }),
      'certificate-name-mismatch',
      /the certificate of ldap:\/\/127[\d.]+ is for another name: .*set tls\.serverName/,
    ],
    [
      'an unknown authority',
      () => ({ tls: { startTls: true } }),
      'certificate-untrusted',
      /the certificate of ldap:\/\/127[\d.]+ can't be trusted .* put that in tls\.caFile/,
    ],
    [
      'no StartTLS at all',
      ({ tls }) => ({ tls: { ...tls, startTls: false } }),
      'tls-required',
      /^ldap:\/\/127[\d.]+ isn't encrypted; write ldaps:\/\/, or tls\.startTls: true, or insecure: true/,
    ],
  ];
  for (const [what, change, code, remedy] of mistakes) {
    it(`is refused with ${what}`, async () => {
      const error = await failureOf({ ...options, ...change(options) });
      assert.equal(error.code, code, error.message);
      assert.match(error.message, remedy);
    });
  }
});

describe('a server that', () => {
  /** Connects to a server with such manners, which must fail; proves that nobody signed in. */
  async function refusedBy(manners: FakeManners, more: Partial<DirectoryOptions> = {}): Promise<DirectoryError> {
    await using fake = await FakeDirectory.start(() => ({}), manners);
    const options = { urls: [fake.url], bindDn: 'CN=svc', bindPassword: password, tls: { startTls: true } };
    const error = await failureOf({ ...options, ...more });
    assert.ok(fake.heard.includes('1.3.6.1.4.1.1466.20037'), 'StartTLS was asked for');
    assert.deepEqual(fake.binds, []);
    assert.ok(!fake.heard.includes(password), 'the password left in the clear');
    assert.ok(!fake.heard.includes('CN=svc'), 'the name left in the clear');
    return error;
  }
  const agreed = resultMessage(1, ProtocolOperation.LDAP_RES_EXTENSION, {});

  it('refuses StartTLS is told no password, whatever insecure says', async () => {
    for (const insecure of [false, true]) {
      const errorMessage = '00000000: LdapErr: DSID-0C0910FC, comment: Error initializing SSL/TLS, data 0, v4563';
      const error = await refusedBy({ extended: { status: 52, errorMessage } }, { insecure });
      assert.equal(error.code, 'start-tls-refused');
      assert.equal(error.ldapCode, 52);
      assert.match(
        error.message,
        /^ldap:\/\/127.* refuses StartTLS \(LDAP 52 unavailable: .*SSL\/TLS.*\), so nobody was signed in; give .* a certificate/,
      );
    }
  });

  it('agrees and adds something in the clear is told no password', async () => {
    const bound = resultMessage(2, ProtocolOperation.LDAP_RES_BIND, {});
    const error = await refusedBy({ extended: Buffer.concat([agreed, bound]) });
    assert.equal(error.code, 'start-tls-refused');
  });

  it('agrees and then speaks no TLS is told no password', async () => {
    const error = await refusedBy({ extended: agreed }, { connectTimeoutMs: 300 });
    assert.equal(error.code, 'unreachable');
  });

  it('answers another question is told no password', async () => {
    for (const answer of [resultMessage(7, ProtocolOperation.LDAP_RES_EXTENSION, {}), Buffer.from('HTTP/1.1 400 \r\n')])
      assert.equal((await refusedBy({ extended: answer })).code, 'start-tls-refused');
  });

  it('says nothing is given up in time', async () => {
    const error = await refusedBy({ extended: 'silence' }, { connectTimeoutMs: 200 });
    assert.equal(error.code, 'unreachable');
    assert.match(error.message, /ldap:\/\/127.* can't be reached: no connection within 200 ms/);
  });
});
