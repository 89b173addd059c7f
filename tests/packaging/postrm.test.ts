/** What a purge of the package keeps: packaging/debian/postrm as it is, with a folder for the machine. */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Program } from '../support/child-process.ts';
import { clone } from './build.ts';

/** Purges a machine whose configuration ends with these lines. @returns what was said, and what is in /var/backups, each file with its mode */
async function purge(t: TestContext, federation: string) {
  const machine = await mkdtemp(join(tmpdir(), 'purged-'));
  t.after(() => rm(machine, { recursive: true }));
  for (const folder of ['etc/connector/secrets', 'var/backups'])
    await mkdir(join(machine, folder), { recursive: true });
  await chmod(join(machine, 'etc/connector'), 0o750);
  await writeFile(join(machine, 'etc/connector/connector.yaml'), `redis: {}\n${federation}\n`);
  await writeFile(join(machine, 'etc/connector/secrets/company-key'), 'the-key\n', { mode: 0o640 });
  const script = await readFile(join(clone, 'packaging/debian/postrm'), 'utf8');
  const here = script.replace(/\/(?=(?:etc|var|run)\/)/g, `${machine}/`).replace(/getent (?:passwd|group)/g, 'false');
  await using shell = new Program({ command: 'sh', args: ['-c', here, 'postrm', 'purge'] });
  assert.equal(await shell.ended, 0, shell.output);
  const find =
    'ls etc; cd var/backups; find . -type f -printf "%P %m\\n" | sort; find . -mindepth 1 -maxdepth 1 -type d -printf "%m\\n"';
  await using finding = new Program({ command: 'sh', args: ['-ec', find], cwd: machine });
  assert.equal(await finding.ended, 0, finding.output);
  return { said: shell.output, left: finding.output.replace(/\d{8}T\d{6}Z/g, '<then>') };
}

const all = [
  'lastpass-directory-connector-<then>/connector/connector.yaml 644',
  'lastpass-directory-connector-<then>/connector/secrets/company-key 640',
  '700',
].join('\n');

const plain = ['federation:', '  companyKeyFile: secrets/company-key # ours'].join('\n');
test('a company key that is found is kept alone, for root', async (t) => {
  for (const federation of [plain, plain.replace('secrets/company-key', '"secrets/company-key"')]) {
    const { said, left } = await purge(t, federation);
    assert.equal(left, 'lastpass-directory-connector-company-key-<then> 600');
    assert.match(said, /is kept as .*company-key-\d/);
  }
});

test('however a configuration writes its company key, a purge never loses it', async (t) => {
  const ways = [
    'federation: { companyKeyFile: secrets/company-key }',
    'federation:\n  "companyKeyFile": secrets/company-key',
    'federation:\n  companyKeyFile: >-\n    secrets/company-key',
    'federation:\n  companyKeyFile:\n    secrets/company-key',
    'federation:\n  companyKeyFile: *where',
  ];
  for (const way of ways) {
    const { said, left } = await purge(t, way);
    assert.equal(left, all, way);
    assert.match(said, /all of \S*\/etc\/connector is kept in \S+: look for the key there/);
  }
});

test('a configuration without a company key leaves nothing behind', async (t) => {
  assert.deepEqual(await purge(t, 'federation: { attribute: key }'), { said: '', left: '' });
  const commentedOut = [...plain.split('\n'), 'companyKeyFile: key'].map((line) => `#${line}\n  # ${line}`).join('\n');
  assert.deepEqual(await purge(t, commentedOut), { said: '', left: '' });
});
