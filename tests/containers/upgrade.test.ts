/** The commands of docs/operations.md that upgrade to a release and go back, in a clone whose origin has the releases as tags. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { sectionOf } from '../docs/markdown.ts';
import { scriptOf } from '../docs/shell-script.ts';
import { ComposeProject } from './compose-project.ts';
import { docker, runDocker } from './docker.ts';
import { productionHome } from './production-home.ts';

const root = resolve(import.meta.dirname, '../..');
/** What an image is built from, and what is typed. */
const sources = ['.dockerignore', '.gitignore', 'Dockerfile.base', 'docker-compose.yml', 'package.json'].concat([
  'package-lock.json',
  'tsconfig.json',
  'containers',
  'demo',
  'packages',
  'services',
  'tests/support/samba',
]);
/** Where the newer release says that it is one. */
const mark = 'containers/release';
/** Images of this test, rather than those that people and other tests have. */
const images = { local: 'connector:test-upgrade', before: 'connector:test-upgrade-before' };

async function git(folder: string, ...args: readonly string[]): Promise<void> {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.test', '-c', 'init.defaultBranch=main'];
  await promisify(execFile)('git', ['-C', folder, ...who, ...args]);
}

/** A clone at v0.1.0, which is what is under test; its origin gets v0.2.0 afterwards. */
async function cloneOfOrigin(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'upgrade-'));
  t.after(() => rm(folder, { recursive: true }));
  const [origin, clone] = [join(folder, 'origin'), join(folder, 'clone')];
  const isOurs = (path: string) => !/\/(?:node_modules|dist)$/.test(path);
  await mkdir(origin);
  for (const name of sources) await cp(join(root, name), join(origin, name), { recursive: true, filter: isOurs });
  // They are as healthy after a second as after ten, for which "up --wait" would wait each time.
  const file = join(origin, 'Dockerfile.base');
  await writeFile(file, (await readFile(file, 'utf8')).replace('--interval=10s', '--interval=1s'));
  const release = async (tag: string) => {
    await git(origin, 'add', '.');
    await git(origin, 'commit', '--quiet', '-m', tag);
    await git(origin, 'tag', tag);
  };
  await git(origin, 'init', '--quiet');
  await release('v0.1.0');
  await git(folder, 'clone', '--quiet', '--branch', 'v0.1.0', origin, clone);
  await writeFile(join(origin, mark), 'v0.2.0\n');
  await release('v0.2.0');
  return clone;
}

test('what docs/operations.md has people type upgrades to a release and goes back, and what Redis remembers stays', async (t) => {
  const clone = await cloneOfOrigin(t);
  const project = await ComposeProject.create({
    env: { CONNECTOR_HOME: await productionHome(t), CONNECTOR_IMAGE: images.local },
  });
  const built = new Set<string>();
  t.after(async () => {
    await project[Symbol.asyncDispose]();
    await runDocker(['image', 'rm', '--force', ...built]);
  });
  const page = await readFile(join(root, 'docs/operations.md'), 'utf8');
  const type = async (script: string) => {
    const here = script.replaceAll('connector:local', images.local).replaceAll('connector:before', images.before);
    const { code, output } = await project.type(`export COMPOSE_FILE=$PWD/docker-compose.yml\n${here}`, { cwd: clone });
    assert.equal(code, 0, output);
  };
  const runs = async (release: string) => {
    built.add((await docker(['images', '--quiet', images.local])).trim());
    const told = await project.tryCompose('exec', '-T', 'pusher', 'cat', mark);
    assert.equal(told.code === 0 ? told.output.trim() : 'v0.1.0', release, told.output);
    assert.match((await project.tryCompose('exec', '-T', 'console', 'connector', 'status')).output, /paused/);
  };
  await type('docker compose build --quiet\ndocker compose up -d --wait');
  await project.connector('pause');
  await runs('v0.1.0');
  await type(scriptOf(sectionOf(page, 'Upgrade')));
  await runs('v0.2.0');
  await type(scriptOf(sectionOf(page, 'Roll back')));
  await runs('v0.1.0');
});
