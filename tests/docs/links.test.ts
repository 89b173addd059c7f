/** The documents' links lead somewhere, and the commands and keys that they tell are real. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { commandLine } from '../../services/console/src/command-line.ts';
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

/** `connector …` between backticks; what stands for a name there is in pointed or square brackets. */
const told = /`(?:npx )?connector ([a-z][^`]*)`/g;

test('every command that questions, answers and the way over tell is one', () => {
  for (const document of ['docs/faq.md', 'docs/moving-over.md', 'README.md']) {
    const commands = [...read(document).matchAll(told)].map(([, command = '']) => command);
    for (const command of commands) {
      const [name = '', ...options] = command.split(' ');
      const known = commandLine(() => undefined).commands.find((each) => each.name() === name);
      assert.ok(known, `${document}: there is no "connector ${command}"`);
      for (const option of options.filter((each) => each.startsWith('--')))
        assert.ok(
          known.options.some(({ long }) => long === option),
          `${document}: no ${option} in "connector ${command}"`,
        );
    }
  }
});
