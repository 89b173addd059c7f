/** What a release hangs on: one version everywhere, a section of the change log, and a workflow that says what it may do. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { productionPackages } from '../../packaging/lock-file.ts';
import { sbomOf } from '../../packaging/sbom.ts';
import { sectionOf } from '../docs/markdown.ts';
import { scriptOf } from '../docs/shell-script.ts';
import { Program } from '../support/child-process.ts';
import { clone } from './build.ts';

const read = (file: string) => readFileSync(join(clone, file), 'utf8');
const packageFile = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()).default({}) });
const workspaces = globSync('{services,packages}/*/package.json', { cwd: clone }).map((file) => ({
  file,
  ...packageFile.parse(JSON.parse(read(file))),
}));

const lockFile = z.object({
  version: z.string(),
  packages: z.record(z.string(), z.object({ version: z.string().optional() })),
});
/** Every version that a folder has of the root and the workspaces: in their own files, and in the lock file. */
function versionsIn(folder: string): Set<string | undefined> {
  const parsed = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const locked = lockFile.parse(parsed('package-lock.json'));
  const files = ['package.json', ...workspaces.map(({ file }) => file)];
  return new Set([
    locked.version,
    ...files.map((file) => packageFile.parse(parsed(file)).version),
    ...files.map((file) => locked.packages[file.replace(/\/?package\.json$/, '')]?.version),
  ]);
}

test('the root, every workspace and the lock file have one version', () => {
  assert.ok(workspaces.length > 5);
  assert.deepEqual(versionsIn(clone), new Set([manifest.version]));
});

test('what CONTRIBUTING.md has people type for a release gives all of them another one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'release-'));
  try {
    for (const file of ['package.json', 'package-lock.json', ...workspaces.map((each) => each.file)])
      await cp(join(clone, file), join(folder, file));
    const told = scriptOf(sectionOf(read('CONTRIBUTING.md'), 'Making a release'));
    const typed = told.replace(/^npm version \S+/, 'npm version 9.9.9'); // the one that is told may be ours already
    const env = { npm_config_package_lock_only: 'true' }; // nothing is installed in the copy
    await using bash = new Program({ command: 'bash', args: ['-ec', typed], cwd: folder, env });
    assert.equal(await bash.ended, 0, bash.output);
    assert.deepEqual(versionsIn(folder), new Set(['9.9.9']));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the change log has a section for the version, and says what is in it', () => {
  const [section = ''] = /^## \[[^\]]+\] - (?:Unreleased|\d{4}-\d\d-\d\d)$[\s\S]*/m.exec(read('CHANGELOG.md')) ?? [];
  assert.ok(section.startsWith(`## [${manifest.version}]`), section.slice(0, 40));
  assert.match(section, /^### (?:Added|Changed|Deprecated|Removed|Fixed|Security)$/m);
});

test('the SBOM has every package that a workspace needs in production, and knows what each needs in turn', () => {
  const packages = productionPackages(read('package-lock.json'));
  const release = { version: '1.2.3', atMs: 0, nodeVersion: '24.0.0' };
  const { components, dependencies, metadata } = sbomOf(release, packages);
  assert.equal(metadata.timestamp, '1970-01-01T00:00:00.000Z');
  const names = new Set(components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)));
  const services = workspaces.filter(({ file }) => !file.startsWith('packages/page/'));
  for (const name of services.flatMap((workspace) => Object.keys(workspace.dependencies)))
    if (!name.startsWith('@connector/')) assert.ok(names.has(name), name);
  const refs = new Set(['connector', ...components.map((component) => component['bom-ref'])]);
  assert.equal(refs.size, components.length + 1, 'every component is told once');
  assert.deepEqual(new Set(dependencies.map(({ ref }) => ref)), refs);
  for (const { dependsOn } of dependencies) for (const ref of dependsOn) assert.ok(refs.has(ref), ref);
  for (const { name, version, licenses, hashes } of components) {
    assert.match(version, /^\d+\.\d+\.\d+/, name);
    assert.ok(licenses.length > 0, name);
    if (name !== 'node') assert.ok(hashes, name);
  }
});

test('the configuration that the package begins with is one once its secrets are there, which the docs tell how to make', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'beginning-'));
  try {
    const text = read('packaging/connector.yaml');
    const names = [...text.matchAll(/ secrets\/(\S+)/g)].map(([, name = '']) => name);
    assert.equal(names.length, 5);
    await mkdir(join(folder, 'secrets'));
    for (const name of names) {
      await writeFile(join(folder, 'secrets', name), 'a secret, and long enough for all of them\n');
      assert.match(read('docs/without-containers.md'), new RegExp(`^.*\\| keep ${name}$`, 'm'));
    }
    const { directories } = parseConfiguration(text, { file: join(folder, 'connector.yaml'), environment: {} });
    assert.equal(directories[0]?.tls.caFile, join(folder, 'secrets/corp-ca.pem'));
  } finally {
    await rm(folder, { recursive: true });
  }
});

const workflow = z.object({
  on: z.object({ push: z.object({ tags: z.array(z.string()) }) }),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      uses: z.string().optional(),
      needs: z.union([z.string(), z.array(z.string())]).optional(),
      permissions: z.record(z.string(), z.string()).optional(),
      steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })).default([]),
    }),
  ),
});

test('a tag is tested, built and published, in this order; only what publishes may write; actions are GitHub’s, by version', () => {
  const { on, permissions, jobs } = workflow.parse(parse(read('.github/workflows/release.yml')));
  assert.deepEqual(on.push.tags, ['v*']);
  assert.deepEqual(permissions, { contents: 'read' });
  assert.equal(jobs['test']?.uses, './.github/workflows/test.yaml');
  assert.match(read('.github/workflows/test.yaml'), /^ {2}workflow_call:$/m);
  for (const name of ['package', 'image']) assert.equal(jobs[name]?.needs, 'test');
  assert.deepEqual(jobs['publish']?.needs, ['package', 'image']);
  assert.deepEqual(
    Object.entries(jobs).flatMap(([name, job]) => (job.permissions ? name : [])),
    ['publish'],
  );
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  for (const { uses } of steps) if (uses !== undefined) assert.match(uses, /^actions\/[a-z-]+@v\d+$/);
  assert.ok(jobs['package']?.steps.some(({ run }) => run === 'make package'));
});
