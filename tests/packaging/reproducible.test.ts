/** A package is made of its sources alone: not of the folder, the moment, the user or the time zone in which it is built. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { build, clone, sha256Of } from './build.ts';

const run = promisify(execFile);
const program = 'usr/lib/connector';
let folder: string;
let deb: string;
/** What is in the package, unpacked. */
let unpacked: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reproducible-'));
  deb = await build({ out: join(folder, 'here') });
  unpacked = join(folder, 'unpacked');
  await run('dpkg-deb', ['--extract', deb, unpacked]);
});
after(() => rm(folder, { recursive: true, force: true }));

/** The clone once more, elsewhere: its files, and npm's packages. */
async function copyOfClone(): Promise<string> {
  const copy = join(folder, 'elsewhere/clone');
  await mkdir(copy, { recursive: true });
  const entries = (await readdir(clone)).filter((name) => !['.git', '.cache', 'dist'].includes(name));
  const copyAll = (...how: string[]) =>
    run('cp', ['--archive', ...how, ...entries.map((name) => join(clone, name)), copy]);
  await copyAll('--link').catch(() => copyAll('--force')); // no bytes need be copied, unless it is another file system
  return copy;
}

test('built in another folder, later, by somebody with other habits, it is the same to the last bit', async () => {
  const again = await build({
    folder: await copyOfClone(),
    out: join(folder, 'there'),
    first: 'umask 077; export TZ=Asia/Tokyo LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 HOME=/nonexistent',
  });
  assert.equal(await sha256Of(again), await sha256Of(deb));
  assert.equal(await sha256Of(again.replace(/deb$/, 'cdx.json')), await sha256Of(deb.replace(/deb$/, 'cdx.json')));
});

test('nothing in it names a folder of the machine that built it', async () => {
  const found = await run('grep', ['--recursive', '--files-with-matches', '--fixed-strings', clone, unpacked]).catch(
    ({ stdout, code }: { stdout: string; code: number }) => ({ stdout: code === 1 ? stdout : `grep: ${code}` }),
  );
  assert.equal(found.stdout, '');
});

test('everything belongs to root, and nobody else may write it', async () => {
  const { stdout } = await run('dpkg-deb', ['--contents', deb], { maxBuffer: 64e6 });
  const odd = stdout
    .split('\n')
    .filter((line) => line !== '' && !/^(?:drwxr-xr-x|-rwxr-xr-x|-rw-r--r--|lrwxrwxrwx) root\/root /.test(line));
  assert.deepEqual(odd, []);
});

/** Folders of packages of npm below a `node_modules`, with what each says of itself. */
async function packagesBelow(modules: string): Promise<{ name: string; version: string }[]> {
  const found = [];
  for (const entry of await readdir(join(unpacked, program, modules))) {
    if (entry === '@connector') continue;
    const inScope = entry.startsWith('@') ? await readdir(join(unpacked, program, modules, entry)) : [''];
    for (const path of inScope.map((name) => join(modules, entry, name))) {
      const text = await readFile(join(unpacked, program, path, 'package.json'), 'utf8');
      found.push(z.object({ name: z.string(), version: z.string() }).parse(JSON.parse(text)));
      const own = join(path, 'node_modules');
      if ((await readdir(join(unpacked, program, path))).includes('node_modules'))
        found.push(...(await packagesBelow(own)));
    }
  }
  return found;
}

test('the SBOM names every package that is in it, Node with its version, and nothing else', async () => {
  const component = z.object({ group: z.string().optional(), name: z.string(), version: z.string(), purl: z.string() });
  const bill = z
    .object({ metadata: z.object({ component }), components: z.array(component) })
    .parse(JSON.parse(await readFile(deb.replace(/deb$/, 'cdx.json'), 'utf8')));
  assert.equal(bill.metadata.component.version, manifest.version);
  const told = bill.components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name} ${version}`);
  const { stdout: node } = await run(join(unpacked, program, 'bin/node'), ['--version']);
  const there = (await packagesBelow('node_modules')).map(({ name, version }) => `${name} ${version}`);
  assert.ok(there.length > 100, `${there.length}`);
  assert.deepEqual(told.sort(), [`node ${node.trim().slice(1)}`, ...there].sort());
});

test('no type, no test and nothing for development is in it', async () => {
  const { stdout } = await run('find', [
    join(unpacked, program, 'services'),
    join(unpacked, program, 'packages'),
    '-type',
    'f',
  ]);
  const files = stdout.split('\n').filter(Boolean);
  assert.deepEqual(
    files.filter((file) => /\.tsx?$|\.test\./.test(file)),
    [],
  );
  assert.ok(files.some((file) => file.endsWith('packages/page/dist/index.html')));
  const modules = await readdir(join(unpacked, program, 'node_modules'));
  for (const name of ['typescript', 'vite', 'react', 'node', '@biomejs', '@types'])
    assert.ok(!modules.includes(name), name);
});
