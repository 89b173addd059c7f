/** docs/troubleshooting.md quotes what the connector really says: each message is in the sources, but for what `…` stands for. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');

/** All that the sources could say: comments taken out, quotes as they are shown, and texts that are put together put together. */
const sources = globSync('{services,packages}/*/src/**/*.{ts,tsx}', { cwd: root })
  .filter((file) => !file.includes('.test.'))
  .map((file) =>
    readFileSync(join(root, file), 'utf8')
      .replace(/^\s*(?:\/\*[\s\S]*?\*\/|\/\/.*$)/gm, '')
      .replace(/['"`] \+\s*['"`]/g, '')
      .replaceAll("\\'", "'"),
  );

/** The messages in the columns that say what is said, and behind "says" in the text. */
function messages(): string[] {
  const cells = [...page.matchAll(/^\| it says \|.*\n\|[-|]+\n((?:\|.*\n)+)/gm)].flatMap(([, rows = '']) =>
    rows
      .trim()
      .split('\n')
      .map((row) => row.split(' | ')[0] ?? ''),
  );
  const sentences = [...page.matchAll(/says (`[^`]+`(?:, or `[^`]+`)?)/g)].map(([, said = '']) => said);
  return [...cells, ...sentences].flatMap((text) => [...text.matchAll(/`([^`]+)`/g)].map(([, said = '']) => said));
}

const isToldBySources = (words: string): boolean => sources.some((source) => source.includes(words));
/** What a text says between marks. Signs alone prove nothing. */
const between = (text: string, marks: RegExp) => text.split(marks).filter((part) => /\w{2}/.test(part));

/** What of a message no source has. Where one text goes on with another, each has to be there by itself: `…: check …`. */
const unknownOf = (message: string): string[] =>
  between(message, /…/)
    .filter((part) => !isToldBySources(part.trim()))
    .flatMap((part) => between(part, /[:;,(] ?|\)/))
    .filter((part) => !isToldBySources(part.trim()));

test('every message that the page quotes is one that the connector has', () => {
  const quoted = messages();
  assert.ok(quoted.length > 45, `${quoted.length}`);
  assert.deepEqual(
    quoted.flatMap((message) => unknownOf(message).map((part) => `${message}: ${part}`)),
    [],
  );
  for (const message of quoted) assert.ok(between(message, /…/).length > 0, message);
});

test('every row of a symptom says what to do', () => {
  for (const row of page.match(/^\| .*/gm) ?? []) assert.match(row, /^\| \S.* \| \S.* \|$/, row);
});
