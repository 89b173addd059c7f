import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outstanding } from '@connector/sync/requests/outstanding.ts';
import type { Report } from '../progress/report.ts';
import { plainly } from '../text/paint.ts';
import { problemLines, progressText } from './progress.ts';
import { syncJson, waitedText } from './sync-text.ts';
import { tellerOn } from './tell-progress.ts';

const nothing: Outstanding = {
  reading: [],
  logEntries: 0,
  readingAccounts: false,
  toPlan: 0,
  toJudge: 0,
  toDeliver: 0,
};

/** What is reported, look by look. */
function reported(...looks: { outstanding: Partial<Outstanding>; timeLeftMs?: number }[]): Report[] {
  const reports: Report[] = [];
  const tell = tellerOn({ line: () => undefined, progress: (report) => void reports.push(report) });
  for (const { outstanding, timeLeftMs = null } of looks)
    tell({ outstanding: { ...nothing, ...outstanding }, timeLeftMs, problems: [] });
  return reports;
}

test('whoever is outstanding no more is through, of as many as came, once nothing is read any more', () => {
  const reports = reported(
    { outstanding: { reading: ['corp'], toPlan: 9 } },
    { outstanding: { reading: ['corp'], toPlan: 6, toDeliver: 2 } },
    { outstanding: { toPlan: 4, toJudge: 1, toDeliver: 7 }, timeLeftMs: 4_000 },
    { outstanding: { toDeliver: 3 } },
    { outstanding: {} },
  );
  assert.deepEqual(
    reports.map(({ doing, done, of }) => [doing, done, of]),
    [
      ['reading corp, planning 9', null, null],
      ['reading corp, planning 6, delivering 2', 1, null],
      ['planning 4, judging 1, delivering 7', 1, 13],
      ['delivering 3', 10, 13],
    ],
  );
  assert.deepEqual(
    reports.map(({ timeLeftMs, isAll }) => [timeLeftMs, isAll]),
    [
      [undefined, false],
      [null, false],
      [4_000, false],
      [null, true],
    ],
  );
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
