import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvHeader, csvLines, sealedJson } from '@connector/console/src/audit/audit-text.ts';
import type { LogEntry } from '../../api/documents.ts';
import { csv, jsonLines } from './trail-lines.ts';

const hash = 'ab'.repeat(32);
const sealed = [
  {
    sequence: 31,
    hash,
    entry: {
      ...{ id: 'x', atMs: 1_764_407_671_000, by: 'connector', did: 'disabled', source: 'corp/4711' },
      of: { kind: 'person' as const, id: 'corp/6f96', name: '=Bob "the" Hall, jr' },
      ...{ was: { status: 'enabled' }, is: { status: 'disabled', groups: ['A', 'B'] } },
      answer: { command: 'disableuser', said: '-no\nsuch user', tookMs: 130 },
    },
  },
  {
    sequence: 32,
    hash,
    entry: {
      ...{ id: 'y', atMs: 1_764_407_672_000, by: '@ann', did: 'paused', was: 'on', is: 'paused', source: null },
      of: { kind: 'deliveries' as const, id: '', name: '' },
    },
  },
];
/** As the API tells them. */
const told = JSON.parse(JSON.stringify(sealed.map(sealedJson))) as LogEntry[];

test('the rows are those of connector audit export --csv', () => {
  assert.deepEqual([csv.header], csvHeader());
  assert.deepEqual(told.map(csv.lineOf), csvLines(sealed));
});

test('the lines are those of connector audit export', () => {
  assert.deepEqual(
    told.map(jsonLines.lineOf),
    sealed.map((each) => JSON.stringify(sealedJson(each))),
  );
});
