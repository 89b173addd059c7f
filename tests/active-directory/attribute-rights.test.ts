/** What the account may do with an attribute, told before anything is written: it agrees with what a real domain then allows. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { obeyDsacls } from '../support/samba/give-right.ts';
import { denyReading } from '../support/samba/reading-right.ts';
import { addAttribute } from '../support/samba/secret-attribute.ts';
import { SambaDomain } from '../support/samba-domain.ts';

const attribute = 'lastPassK1';
const password = 'Secret123!svc';
const secret = 'a secret';

let dir: string;
let domain: SambaDomain;
let admin: DirectoryAdmin;
let ca: string;
let guid: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'attribute-rights-'));
  domain = await SambaDomain.create({ dir: join(dir, 'domain') });
  ca = await readFile(domain.caFile, 'utf8');
  await addAttribute(domain);
  admin = new DirectoryAdmin(domain);
  guid = await admin.createUser({ name: 'ann', ou: `CN=Users,${domain.baseDn}` });
  await admin.modify(guid, { [attribute]: secret });
});
after(async () => {
  await admin?.[Symbol.asyncDispose]();
  await domain?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const connect = (bindDn: string, bindPassword = password) =>
  connectDirectory({ urls: [domain.ldapsUrl], bindDn, bindPassword, tls: { ca } });

let made = 0;
const account = async (): Promise<{ name: string; dn: string }> => {
  const name = `svc-${++made}`;
  return { name, dn: (await domain.createServiceAccount({ name, password, seesDeleted: false })).dn };
};

test('each right, by itself and with the others, is told as the domain has it', async () => {
  const rights = [[], ['RP'], ['WP'], ['CA'], ['RPCA'], ['WP', 'RPCA'], ['CA;lastPassK1'], ['GA'], ['CA;employeeID']];
  for (const given of rights) {
    const { name, dn } = await account();
    for (const right of given) {
      const of = right.includes(';') || right === 'GA' ? right : `${right};${attribute};user`;
      await obeyDsacls(domain, `dsacls "${await admin.dnOf(guid)}" /G "EXAMPLE\\${name}:${of}"`);
    }
    await using directory = await connect(dn);
    const told = await directory.attributeRights({ guid, attribute });
    assert.equal(told.isOfClass, true);
    assert.equal(told.mayRead, (await directory.readSecret({ guid, attribute })) === secret, given.join());
    assert.equal(
      told.mayWrite,
      given.some((right) => /^(?:WP|(?:RP)?CA|GA)(?!;employeeID)/.test(right)),
      given.join(),
    );
  }
});

test('rights that come by groups in groups count', async () => {
  const { dn } = await account();
  await using before = await connect(dn);
  assert.equal((await before.attributeRights({ guid, attribute })).mayRead, false);
  const ou = `CN=Users,${domain.baseDn}`;
  await admin.createGroup({ name: 'Inner', ou, members: [dn] });
  await admin.createGroup({ name: 'Outer', ou, members: [`CN=Inner,${ou}`] });
  await admin.modify(`CN=Outer,${ou}`, { sAMAccountName: 'Outer' });
  await obeyDsacls(domain, `dsacls "${domain.baseDn}" /I:S /G "EXAMPLE\\Outer:RPCA;${attribute};user"`);
  await using after = await connect(dn); // a token is made at the sign-in
  assert.equal((await after.attributeRights({ guid, attribute })).mayRead, true);
  assert.equal(await after.readSecret({ guid, attribute }), secret);
});

test('of an administrator, and of an attribute that the class has not', async () => {
  await using all = await connect(domain.adminDn, domain.adminPassword);
  const told = await all.attributeRights({ guid, attribute });
  assert.deepEqual(told, { isOfClass: true, mayWrite: true, mayRead: true });
  const group = await admin.createGroup({ name: 'Group', ou: `CN=Users,${domain.baseDn}` });
  assert.equal((await all.attributeRights({ guid: group, attribute })).isOfClass, false);
});

test('where the list of rights is not to be read, nobody knows', async () => {
  const { dn } = await account();
  const other = await admin.createUser({ name: 'bob', ou: `CN=Users,${domain.baseDn}` });
  await denyReading({ domain, account: dn, object: await admin.dnOf(other) });
  await using directory = await connect(dn);
  assert.equal((await directory.attributeRights({ guid: other, attribute })).mayRead, null);
});
