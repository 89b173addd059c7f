/** docs/federation-attribute.md, step by step, on a real domain: what it has administrators type makes the attribute, gives the rights, and takes them back. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { obeyDsacls } from '../support/samba/give-right.ts';
import { addAttribute } from '../support/samba/secret-attribute.ts';
import { SambaDomain } from '../support/samba-domain.ts';

const page = await readFile(resolve(import.meta.dirname, '../../docs/federation-attribute.md'), 'utf8');
const root = 'DC=corp,DC=example,DC=com';
const attribute = 'lastPassK1';
const password = 'Secret123!svc';

let dir: string;
let domain: SambaDomain;
let ca: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'federation-attribute-'));
  domain = await SambaDomain.create({ dir: join(dir, 'domain') });
  ca = await readFile(domain.caFile, 'utf8');
  await addAttribute(domain); // the page's own LDIF
});
after(async () => {
  await domain?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

/** The lines for Windows' command prompt under a heading, as they are to be typed in this domain. */
function linesUnder(heading: string): string[] {
  const [, section = ''] = page.split(new RegExp(`^## (?:\\d\\. )?${heading}$`, 'm'));
  const blocks = [...(section.split(/^## /m)[0] ?? '').matchAll(/^```bat\n([\s\S]*?)^```$/gm)];
  const lines = blocks.flatMap(([, block = '']) => block.trim().split('\n'));
  return lines.map((line) => line.replaceAll(root, domain.baseDn).replaceAll('CORP', 'EXAMPLE'));
}

test('the steps give each account its rights, by the lines that the connector tells, and take them back', async () => {
  const [writer, reader] = await Promise.all(
    ['svc-lastpass', 'svc-adfs'].map(async (name) => {
      const { dn } = await domain.createServiceAccount({ name, password, seesDeleted: false });
      return {
        bindDn: dn,
        connect: () => connectDirectory({ urls: [domain.ldapsUrl], bindDn: dn, bindPassword: password, tls: { ca } }),
      };
    }),
  );
  assert.ok(writer && reader);
  await using admin = new DirectoryAdmin(domain);
  const ordinary = await admin.createUser({ name: 'ann', ou: `CN=Users,${domain.baseDn}` });
  const guarded = await admin.createUser({ name: 'bob', ou: `CN=Users,${domain.baseDn}` });
  await admin.modify(guarded, { adminCount: '1' });
  const lines = linesUnder('The rights');
  await using directory = await writer.connect();
  const write = (guid: string) => directory.writeSecretOnce({ guid, attribute, text: 'K1', bindDn: writer.bindDn });
  const told: string[] = [];
  const refused = async (guid: string) => {
    const error = await write(guid).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof DirectoryError && error.code === 'insufficient-rights', String(error));
    told.push(error.message);
  };

  assert.deepEqual(await directory.attributeKind(attribute), { fits: true, longest: null });
  for (const guid of [ordinary, guarded]) await refused(guid); // to write
  const ofWriter = lines.filter((line) => line.includes('svc-lastpass'));
  for (const line of ofWriter.filter((each) => each.includes(':WP;'))) await obeyDsacls(domain, line);
  for (const guid of [ordinary, guarded]) await refused(guid); // to read
  for (const line of ofWriter)
    assert.ok(
      told.some((message) => message.endsWith(line)),
      line,
    );
  assert.equal(ofWriter.length, 4);

  for (const line of lines) await obeyDsacls(domain, line);
  assert.deepEqual(await write(ordinary), { outcome: 'present', text: 'K1' });
  await using adfs = await reader.connect();
  assert.equal(await adfs.readSecret({ guid: ordinary, attribute }), 'K1');

  for (const line of linesUnder('Take it back')) await obeyDsacls(domain, line);
  assert.equal(await directory.readSecret({ guid: ordinary, attribute }), null, 'hidden again');
  await refused(ordinary);
  assert.equal(await adfs.readSecret({ guid: ordinary, attribute }), 'K1', 'and nobody else lost a right');
});
