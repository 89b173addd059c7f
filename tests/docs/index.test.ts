/** docs/README.md is the one index: every page is in it, once. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { repositoryLinks } from './markdown.ts';

const docs = resolve(import.meta.dirname, '../../docs');
const index = readFileSync(join(docs, 'README.md'), 'utf8');

test('every page of docs is in the index once, with a line that says what it tells, and no other', () => {
  const pages = globSync('**/*.md', { cwd: docs }).filter((page) => page !== 'README.md');
  const links = repositoryLinks(index).filter(({ path }) => !path.startsWith('../'));
  assert.deepEqual(links.map(({ path }) => path).sort(), pages.sort());
  for (const { path, heading } of links) {
    assert.equal(heading, null, `the index leads to pages, not into ${path}`);
    assert.match(index, new RegExp(`^- \\[[^\\]]+\\]\\(${path}\\): \\S.*\\.$`, 'm'), path);
  }
});

test('the README leads to the index', () => {
  const links = repositoryLinks(readFileSync(join(docs, '../README.md'), 'utf8'));
  assert.ok(links.some(({ path }) => path === 'docs/README.md'));
});
