/** What a release hangs on: one version everywhere, a section of the change log, and a workflow that says what it may do. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import { parse } from 'yaml';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { productionPackages } from '../../packaging/lock-file.ts';
import { sbomOf } from '../../packaging/sbom.ts';
import { clone } from './build.ts';

const read = (file: string) => readFileSync(join(clone, file), 'utf8');
const packageFile = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()).default({}) });
const workspaces = globSync('{services,packages}/*/package.json', { cwd: clone }).map((file) => ({
  file,
  ...packageFile.parse(JSON.parse(read(file))),
}));

test('the root, every workspace and the lock file have one version', () => {
  assert.ok(workspaces.length > 5);
  for (const { file, version } of workspaces) assert.equal(version, manifest.version, file);
  const locked = z
    .object({ version: z.string(), packages: z.record(z.string(), z.object({ version: z.string().optional() })) })
    .parse(JSON.parse(read('package-lock.json')));
  assert.equal(locked.version, manifest.version);
  for (const { file } of workspaces)
    assert.equal(locked.packages[file.replace('/package.json', '')]?.version, manifest.version, file);
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
