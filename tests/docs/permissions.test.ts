/** docs/permissions.md, step by step, on a real domain: what it has administrators type gives the right, and takes it back. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { deletedObjectsUnreadable } from '@connector/active-directory/deleted-objects.ts';
import { changesRefused } from '@connector/active-directory/dirsync-right.ts';
import { checkDirectory } from '../../services/console/src/check/check-directory.ts';
import { Checked, configurationOf } from '../console/checked.ts';
import { obeyDsacls } from '../support/samba/give-right.ts';
import { SambaDomain } from '../support/samba-domain.ts';

const page = await readFile(resolve(import.meta.dirname, '../../docs/permissions.md'), 'utf8');
const root = 'DC=corp,DC=example,DC=com';
const name = 'svc-lastpass';

/** The lines for Windows' command prompt under a heading. */
function linesUnder(heading: string): string {
  const [, section = ''] = page.split(new RegExp(`^## (?:\\d\\. )?${heading}$`, 'm'));
  return /^```bat\n([\s\S]*?)^```$/m.exec(section)?.[1] ?? assert.fail(`no lines under "${heading}"`);
}

let dir: string;
let domain: SambaDomain;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'permissions-'));
  domain = await SambaDomain.create({ dir: join(dir, 'domain') });
});
after(async () => {
  await domain?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

test('the lines are those that the connector itself tells', () => {
  const trustee = `CORP\\${name}`;
  const told = [deletedObjectsUnreadable(name, root, trustee).message, changesRefused(name, root, trustee).message];
  for (const line of `${linesUnder('Deleted Objects')}${linesUnder('A server that wants more')}`.trim().split('\n'))
    assert.ok(
      told.some((message) => message.includes(line)),
      line,
    );
});

test('an ordinary account lacks one right; the steps give it, and take it back, on a real domain', async () => {
  const password = 'Secret123!svc';
  await domain.createServiceAccount({ name, password, seesDeleted: false });
  const obey = (heading: string) =>
    obeyDsacls(domain, linesUnder(heading).replaceAll(root, domain.baseDn).replaceAll('CORP', 'EXAMPLE'));
  const directory = {
    ...{ id: 'corp', urls: [`ldaps://${domain.address}`], tls: { caFile: domain.caFile } },
    ...{ bindDn: `CN=${name},CN=Users,${domain.baseDn}`, bindPassword: password },
  };
  const { directories, policy } = configurationOf({ directories: [directory] });
  const [configured = assert.fail()] = directories;
  const { signal } = new AbortController();
  const check = () =>
    Checked.by(checkDirectory({ directory: configured, policy, signInGroups: [], keyAttribute: null, signal }));
  const failures = async () => (await check()).wrong.filter((each) => each.startsWith('failure'));

  assert.deepEqual(await failures(), ['failure deletions'], 'nothing but this is missing');
  await obey('Deleted Objects');
  assert.deepEqual(await failures(), []);
  const seen = await check();
  const good = (['dirsync', 'deletions', 'notifications'] as const).map((what) => seen.line(what));
  const shown = [...page.matchAll(/^ok {7}directory corp: (.*)$/gm)].map(([, line = '']) => `ok: ${line}`);
  assert.deepEqual(shown, good, 'what the page has people expect');
  await obey('Take it back');
  assert.deepEqual(await failures(), ['failure deletions']);
});
