/** docs/without-containers.md: what it has people type where only a rehearsal can show it; the rest is in tests/packaging/machine.test.ts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { sectionOf } from './markdown.ts';
import { rehearse } from './rehearsal.ts';
import { scriptOf } from './shell-script.ts';

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/without-containers.md'), 'utf8');

test('a restore stops nothing as long as what an earlier one has put aside is there', async () => {
  const typed = scriptOf(sectionOf(page, 'Back-up and restore')).replace('data=/var/lib/redis', 'data=$PWD');
  const [, restore = ''] = typed.split(/^(?=data=)/m);
  assert.match(restore, /^data=\$PWD$/m);
  const noted = ['install', 'redis-check-rdb', 'systemctl'];
  const { code, output, calls } = await rehearse(`mkdir replaced\n${restore}`, { noted });
  assert.equal(code, 1, output);
  assert.match(output, /replaced, of an earlier restore, is in the way/);
  assert.deepEqual(calls, []);
});
