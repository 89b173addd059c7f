/** The documents' links lead somewhere, and the commands and keys that they tell are real. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { Program } from '../support/child-process.ts';
import { headingsOf, repositoryLinks } from './markdown.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const documents = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })];

test('every link within the repository leads to a file, and to a heading that it has', () => {
  for (const document of documents) {
    for (const { path, heading } of repositoryLinks(read(document))) {
      const target = path === '' ? document : join(dirname(document), path);
      const [found] = globSync(target, { cwd: root });
      assert.ok(found, `${document} leads to ${target}, which isn't there`);
      if (heading !== null)
        assert.ok(headingsOf(read(target)).has(heading), `${document}: ${target} has no #${heading}`);
    }
  }
});

/** `connector …` between backticks, or `npx connector …` in a block of commands, up to what explains it. */
const inText = /(?:`(?:npx )?|^ *npx )connector ([a-z][^`#\n>]*)/gm;

test('every command that the documents tell is one, with its options, and tells its help', async () => {
  const told = new Map<string, Set<string>>();
  for (const document of documents.filter((each) => each !== 'docs/cli.md')) {
    for (const [, command = ''] of read(document).matchAll(inText)) {
      const [name = '', ...rest] = command.split(' ');
      const options = told.get(name) ?? new Set();
      for (const option of rest.filter((each) => each.startsWith('--'))) options.add(option);
      told.set(name, options);
    }
  }
  assert.ok(told.size > 10, `${[...told.keys()]}`);
  await Promise.all(
    [...told].map(async ([name, options]) => {
      await using help = new Program({
        command: process.execPath,
        args: [join(root, 'services/console/src/connector.ts'), name, '--help'],
      });
      assert.equal(await help.ended, 0, `connector ${name}: ${help.output}`);
      assert.match(help.output, new RegExp(`connector ${name}\\b`));
      for (const option of options) assert.ok(help.output.includes(option), `connector ${name} has no ${option}`);
    }),
  );
});
