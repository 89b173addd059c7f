/** The account that AD refuses, for each reason that a real domain gives: told in plain words, with the remedy. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import type { DirectoryOptions } from '@connector/active-directory/directory-options.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { run } from '../support/samba/run.ts';
import { SambaDomain } from '../support/samba-domain.ts';

const password = 'Secret123!svc';
/** In 100 ns since 1601: the first hour of 2020. */
const longAgo = '132223104000000000';

describe('an account that', () => {
  let domain: SambaDomain;
  let admin: DirectoryAdmin;
  let options: Omit<DirectoryOptions, 'bindDn'>;
  const dnOf = (name: string) => `CN=${name},CN=Users,${domain.baseDn}`;
  const accounts = ['good', 'disabled', 'expired', 'must-change', 'locked', 'old-password'];

  before(async () => {
    domain = await SambaDomain.create({ dir: await mkdtemp(join(tmpdir(), 'samba-')) });
    admin = new DirectoryAdmin(domain);
    for (const name of accounts) await domain.createServiceAccount({ name, password });
    const tls = { ca: await readFile(domain.caFile, 'utf8') };
    options = { urls: [domain.ldapsUrl], bindPassword: password, tls };
  });
  after(async () => {
    await admin?.[Symbol.asyncDispose]();
    await domain?.[Symbol.asyncDispose]();
  });

  const signIn = async (name: string, bindPassword = password) => {
    await using _ = await connectDirectory({ ...options, bindDn: dnOf(name), bindPassword });
  };

  /** The refusal of an account, of which the message names the account and no password. */
  async function refusalOf(name: string, bindPassword = password): Promise<DirectoryError> {
    try {
      await signIn(name, bindPassword);
    } catch (error) {
      assert.ok(error instanceof DirectoryError, String(error));
      assert.equal(error.code, 'bind-refused', error.message);
      assert.ok(error.message.startsWith(`${domain.ldapsUrl} refuses the account ${dnOf(name)}: `), error.message);
      assert.ok(!error.message.includes(bindPassword));
      return error;
    }
    assert.fail('it signs in');
  }

  it('has another password', async () => {
    await signIn('good');
    const error = await refusalOf('good', 'Wrong-password1');
    assert.match(error.message, /the name or the password is wrong; check bindDn and bindPassword \(data 52e\)/);
    assert.equal(error.countsTowardsLockOut, true);
  });

  const harmless: [string, string, () => Promise<void>, RegExp][] = [
    ['is disabled', 'disabled', () => admin.disable(dnOf('disabled')), /it is disabled; enable it \(data 533\)/],
    [
      'has expired',
      'expired',
      () => admin.modify(dnOf('expired'), { accountExpires: longAgo }),
      /it has expired; extend it \(data 701\)/,
    ],
    [
      'must change its password',
      'must-change',
      () => admin.modify(dnOf('must-change'), { pwdLastSet: '0' }),
      /it must change its password first; .* \(data 773\)/,
    ],
  ];
  for (const [what, name, act, reason] of harmless) {
    it(what, async () => {
      await signIn(name);
      await act();
      const error = await refusalOf(name);
      assert.match(error.message, reason);
      assert.equal(error.countsTowardsLockOut, false);
    });
  }

  it('is locked out', async () => {
    const settings = ['--account-lockout-threshold=2', '-s', domain.configurationFile];
    await run('samba-tool', ['domain', 'passwordsettings', 'set', ...settings]);
    for (const _ of [1, 2]) await refusalOf('locked', 'Wrong-password1');
    const error = await refusalOf('locked');
    assert.match(error.message, /it is locked out; unlock it, and look for who uses an old password \(data 775\)/);
    assert.equal(error.countsTowardsLockOut, false);
  });
});
