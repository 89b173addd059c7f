/** What a check finds of the attribute for keys, on a real domain: doing what it says makes the line turn ok. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { checkKeyAttribute } from '../../services/console/src/check/check-key-attribute.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { obeyDsacls } from '../support/samba/give-right.ts';
import { addAttribute } from '../support/samba/secret-attribute.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { Checked } from './checked.ts';

const attribute = 'lastPassK1';
const password = 'Secret123!svc';

let dir: string;
let domain: SambaDomain;
let admin: DirectoryAdmin;
let ca: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'check-key-attribute-'));
  domain = await SambaDomain.create({ dir: join(dir, 'domain') });
  ca = await readFile(domain.caFile, 'utf8');
  admin = new DirectoryAdmin(domain);
  for (const name of ['Staff', 'Partners', 'Bosses']) await admin.createOu({ name });
  for (const name of ['Staff', 'Partners']) await admin.createUser({ name: `of ${name}`, ou: ou(name) });
  const boss = await admin.createUser({ name: 'a boss', ou: ou('Bosses') });
  await admin.modify(boss, { adminCount: '1' });
});
after(async () => {
  await admin?.[Symbol.asyncDispose]();
  await domain?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const ou = (name: string) => `OU=${name},${domain.baseDn}`;

let made = 0;
const account = async () => {
  const name = `svc-${++made}`;
  return { name, ...(await domain.createServiceAccount({ name, password, seesDeleted: false })) };
};

/** Checks as an account, with a connection of its own. */
async function check(bindDn: string, { of = attribute, userBases = ['Staff', 'Partners'] } = {}): Promise<Checked> {
  const options = { urls: [domain.ldapsUrl], bindDn, bindPassword: password, tls: { ca } };
  await using connection = await connectDirectory(options);
  const look = { end: 'directory corp', bindDn, attribute: of, userBases: userBases.map(ou) };
  return await Checked.by(checkKeyAttribute(connection, look));
}

test('an attribute that is missing, then one that everybody may read, then one that will do', async () => {
  const { dn } = await account();
  const missing = await check(dn, { of: 'openK1' });
  assert.match(missing.line('key-attribute'), /^failure: the schema has no attribute openK1: check its name/);
  assert.deepEqual(missing.whats, ['key-attribute'], 'rights are of no interest then');
  await addAttribute(domain, { name: 'openK1', lines: { searchFlags: '0' } });
  const open = await check(dn, { of: 'openK1' });
  const [, object = '', flags = ''] =
    /^failure: openK1 isn't confidential, .*Set-ADObject "([^"]+)" -Replace @\{searchFlags=(\d+)\}$/.exec(
      open.line('key-attribute'),
    ) ?? assert.fail(open.line('key-attribute'));
  await admin.modify(object, { searchFlags: flags });
  const mended = await check(dn, { of: 'openK1' });
  assert.equal(mended.line('key-attribute'), 'ok: openK1 holds one text, and is confidential');
});

test('rights that are missing: a line for each, and typing them mends it', async () => {
  await addAttribute(domain);
  const { name, dn } = await account();
  const without = await check(dn);
  const [write = '', read = '', ...more] = without.lines('key-attribute-rights');
  const line = (right: string) => `dsacls "${domain.baseDn}" /I:S /G "EXAMPLE\\${name}:${right};${attribute};user"`;
  assert.ok(write.startsWith('failure: ') && write.endsWith(line('WP')), write);
  assert.ok(read.startsWith('failure: ') && read.endsWith(line('RPCA')), read);
  assert.deepEqual(more, [], 'of two people the same is told once');
  await obeyDsacls(domain, write);
  assert.deepEqual((await check(dn)).lines('key-attribute-rights'), [read]);
  await obeyDsacls(domain, read);
  const good = `ok: the account may write and read ${attribute} (asked of 2 people)`;
  assert.equal((await check(dn)).line('key-attribute-rights'), good);
});

test('rights to people of one place are no rights to those of another', async () => {
  const { name, dn } = await account();
  for (const right of ['WP', 'RPCA'])
    await obeyDsacls(domain, `dsacls "${ou('Staff')}" /I:S /G "EXAMPLE\\${name}:${right};${attribute};user"`);
  assert.deepEqual((await check(dn, { userBases: ['Staff'] })).wrong, []);
  const wrong = ['failure key-attribute-rights', 'failure key-attribute-rights'];
  assert.deepEqual((await check(dn)).wrong, wrong);
  assert.deepEqual(
    (await check(dn, { userBases: [] })).wrong,
    wrong,
    'without bases: one in each container of the domain',
  );
});

test('an attribute that people have not is told, and so is a place where all are in protected groups', async () => {
  await addAttribute(domain, { name: 'unusedK1', isOfUsers: false });
  const { dn } = await account();
  const unused = await check(dn, { of: 'unusedK1' });
  const problem = unused.lines('key-attribute-rights')[0] ?? '';
  assert.match(
    problem,
    /^failure: users have no attribute unusedK1, .*Set-ADObject "CN=User,CN=Schema,.* -Add @\{mayContain="unusedK1"\}$/,
  );
  const empty = await check(dn, { userBases: ['Bosses'] });
  assert.match(empty.line('key-attribute-rights'), /^warning: nobody is there to ask of what the account may do/);
});
