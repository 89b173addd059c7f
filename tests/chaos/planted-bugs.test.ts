/** The planted bugs fit the product as it is: what each replaces is there, once. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { plantedBugs } from './planted-bugs.ts';

const root = resolve(import.meta.dirname, '../..');

test('each planted bug can be planted', () => {
  for (const { name, replacements } of plantedBugs)
    for (const { file, text } of replacements)
      assert.equal(readFileSync(resolve(root, file), 'utf8').split(text).length, 2, `${name}: ${file}: ${text}`);
});

test('there are at least ten, each under a name of its own', () => {
  const names = new Set(plantedBugs.map(({ name }) => name));
  assert.ok(names.size >= 10);
  assert.equal(names.size, plantedBugs.length);
});
