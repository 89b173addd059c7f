import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outstanding } from '@connector/sync/requests/outstanding.ts';
import { plainly } from '../text/paint.ts';
import { ProgressLines, problemLines, progressText } from './progress.ts';
import { syncJson, waitedText } from './sync-text.ts';

const nothing: Outstanding = {
  reading: [],
  logEntries: 0,
  readingAccounts: false,
  toPlan: 0,
  toJudge: 0,
  toDeliver: 0,
};

test('a change of what is done is told at once, a change of numbers only now and then', () => {
  const lines = new ProgressLines();
  const next = (changes: Partial<Outstanding>, nowMs: number, timeLeftMs: number | null = null) =>
    lines.next({ outstanding: { ...nothing, ...changes }, timeLeftMs }, nowMs);
  assert.equal(next({ toPlan: 9 }, 0), 'planning 9');
  assert.equal(next({ toPlan: 8 }, 100), null);
  assert.equal(next({ toPlan: 8 }, 5_000), 'planning 8');
  assert.equal(next({ toPlan: 8 }, 20_000), null);
  assert.equal(next({ toDeliver: 2 }, 20_001), 'delivering 2, time left unknown yet');
  assert.equal(next({ toDeliver: 2 }, 25_001, 4_000), 'delivering 2, about 4 s left');
  assert.equal(next({}, 25_002), null);
});

test('what isn’t planned yet may have to be delivered, too: the time left is the least', () => {
  const outstanding = { ...nothing, toPlan: 9, toDeliver: 400 };
  assert.equal(
    progressText({ outstanding, timeLeftMs: 65_000 }),
    'planning 9, delivering 400, at least 1 min 10 s left',
  );
});

test('problems are told when they come and when they go', () => {
  assert.deepEqual(problemLines(['a', 'b'], ['b', 'c']), ['solved: a', 'problem: c']);
});

test('a time-out names what is still outstanding and that it goes on', () => {
  const last = { outstanding: { ...nothing, reading: ['corp'], toPlan: 3 }, timeLeftMs: null, problems: ['p'] };
  const waited = { end: 'timed out', last } as const;
  assert.deepEqual(waitedText(waited, { tookMs: 2_000, summary: null, paint: plainly }), [
    'Not finished within 2 s. Outstanding: reading corp, planning 3.',
    'The sync goes on by itself: see "connector status".',
  ]);
  const json = JSON.parse(
    JSON.stringify(
      syncJson(
        { id: 'x', full: true, before: { 'full-read': null, changes: null, accounts: null } },
        { waited, problems: ['p'], tookMs: 1.6, summary: null },
      ),
    ),
  );
  assert.deepEqual([json.finished, json.end, json.tookMs, json.outstanding.toPlan], [false, 'timed out', 2, 3]);
});

test('the end tells what it has come to', () => {
  const waited = { end: 'finished', last: { outstanding: nothing, timeLeftMs: null, problems: [] } } as const;
  const summary = {
    delivered: { create: 2, rename: 1 },
    linked: 3,
    accounts: 5,
    held: 1,
    heldGroups: 0,
    pending: 0,
    setAside: 0,
    deletedByHand: 0,
  };
  assert.deepEqual(waitedText(waited, { tookMs: 900, summary, paint: plainly }), [
    'Everything is in sync (900 ms).',
    '  delivered      create 2, rename 1',
    '  people linked  3',
    '  accounts       5',
    '  held           1: see "connector held"',
    '  set aside      0',
  ]);
});
