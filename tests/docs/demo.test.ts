/** The README's first command: `make demo`, to its end. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { Program } from '../support/child-process.ts';

test('make demo ONCE=1 shows a first sync and a round of changes, after which LastPass is what it should be', async () => {
  const root = resolve(import.meta.dirname, '../..');
  await using demo = new Program({ command: 'make', args: ['demo', 'ONCE=1'], cwd: root });
  assert.equal(await demo.ended, 0, demo.output);
  assert.match(demo.output, /LastPass is what it should be: 260 accounts compared person by person/);
  assert.doesNotMatch(demo.output, /✖|✘/);
});
