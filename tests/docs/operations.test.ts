/** docs/operations.md names every service that a step is about. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { sectionOf } from './markdown.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const page = read('docs/operations.md');

test('what Git ignores since it is yours is named where it is backed up, and where it moves', () => {
  const ignored = read('.gitignore').match(/(?<=^\/)\S+$/gm) ?? [];
  const yours = ignored.filter((path) => !/dist\/$|^deploy\/kubernetes\//.test(path)); // of Kubernetes, docs/scaling.md tells
  assert.ok(yours.includes('docker-compose.override.yml') && yours.includes('secrets/'), yours.join());
  for (const section of ['Back-up and restore', 'Move to another host'])
    for (const path of yours) assert.ok(sectionOf(page, section).includes(path), `${section}: ${path}`);
});

test('whoever signs in to a directory is restarted when its password or its authority is another one, the watcher last', () => {
  const sources = globSync('services/*/src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  const signingIn = sources.filter((file) => read(file).includes('connectDirectory('));
  const services = new Set(signingIn.map((file) => file.split('/')[1]));
  for (const secret of ["directory's password", "directory's authority"]) {
    const row = new RegExp(`^\\| ${secret} \\| (.*)`, 'm').exec(sectionOf(page, 'Rotate a secret'))?.[1] ?? '';
    const restarts = [...row.matchAll(/`restart ([a-z ]+)`/g)].map(([, named = '']) => named.split(' '));
    assert.ok(restarts.length > 0, secret);
    for (const named of restarts) {
      assert.deepEqual(new Set(named), services, secret);
      assert.equal(named.at(-1), 'watcher', secret); // its try would be in vain while somebody still sends the old password
    }
  }
});
