/** One list for all who ask within a while. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentNames } from './recent-names.ts';

test('whoever asks while a list is read, or for one as old as this, has it for nothing', async () => {
  let lists = 0;
  const recent = new RecentNames(async () => new Set([`a${++lists}@x.test`]));
  const beganMs = Date.now();
  const [first, second] = await Promise.all([recent.since(beganMs), recent.since(beganMs)]);
  assert.deepEqual([...first], ['a1@x.test']);
  assert.equal(second, first);
  assert.equal(await recent.since(beganMs), first);
  assert.deepEqual([...(await recent.since(Date.now() + 1))], ['a2@x.test']);
});

test('a list that failed is none', async () => {
  const answers = [() => Promise.reject(new Error('away')), async () => new Set(['a@x.test'])];
  const recent = new RecentNames(async () => (answers.shift() ?? assert.fail('once too often'))());
  await assert.rejects(recent.since(0), /away/);
  assert.deepEqual([...(await recent.since(0))], ['a@x.test']);
});
