import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { waitUntil } from '../support/wait-until.ts';
import { closingLine, isGood } from './outcome.ts';
import { runTestFile } from './test-file.ts';

const dir = await mkdtemp(join(tmpdir(), 'runner-'));
after(() => rm(dir, { recursive: true, force: true }));

/** `NODE_TEST_CONTEXT` makes a nested `node --test` report to its parent instead of its reporters. */
delete process.env['NODE_TEST_CONTEXT'];

async function outcomeOf(name: string, body: string) {
  await writeFile(join(dir, `${name}.test.ts`), `import { test } from 'node:test';\n${body}`);
  return await runTestFile(`${name}.test.ts`, dir);
}

test('a file whose tests pass is good, and its tests are counted', async () => {
  const outcome = await outcomeOf('good', `test('a', () => {}); test('b', () => {});`);
  assert.deepEqual([outcome.passed, outcome.failed, isGood(outcome)], [2, 0, true]);
  assert.equal(closingLine([outcome, outcome]), '4 passed, 0 failed, 0 skipped');
});

test('a failing test fails, with its output', async () => {
  const outcome = await outcomeOf('bad', `test('a', () => { throw new Error('broken here'); });`);
  assert.equal(outcome.failed, 1);
  assert.match(outcome.output, /broken here/);
});

test('a file without tests fails', async () => {
  const outcome = await outcomeOf('empty', `console.log(typeof test);`);
  assert.equal(outcome.failed, 1);
  assert.match(outcome.problem ?? '', /reported no test/);
});

test('a file that throws after its tests fails', async () => {
  const outcome = await outcomeOf('late', `test('a', () => { setTimeout(() => { throw new Error('late'); }, 20); });`);
  assert.equal(outcome.failed, 1);
});

test('a skipped test and one to do are told and not good', async () => {
  const outcome = await outcomeOf('skips', `test('a', { skip: true }, () => {}); test('b', { todo: true }, () => {});`);
  assert.equal(outcome.skipped, 2);
  assert.equal(isGood(outcome), false);
});

/** Whether a process still runs; one that waits for being reaped doesn't (proc(5): the state follows the name). */
const runs = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // no such process
  }
};

test('a process that a file leaves behind ends with it', async () => {
  const body = `import { spawn } from 'node:child_process';
test('a', () => { const child = spawn('sleep', ['60'], { stdio: 'ignore' }); child.unref(); console.log('pid=' + child.pid + ';'); });`;
  const outcome = await outcomeOf('leaves', body);
  const pid = Number(/pid=(\d+);/.exec(outcome.output)?.[1]);
  assert.ok(pid > 0);
  await waitUntil(`process ${pid} to end`, () => !runs(pid));
});
