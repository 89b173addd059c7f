import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEntry } from '../../api/documents.ts';
import type { Slice } from '../../api/queries.ts';
import { csv, jsonLines } from './trail-lines.ts';
import { wholeTrail } from './whole-trail.ts';

const entry = (sequence: number): LogEntry => ({
  ...{ sequence, at: '2026-11-29T09:14:31.000Z', by: 'connector', did: 'created', hash: '00' },
  ...{ of: { kind: 'person', id: 'corp/1', name: 'Ann' }, was: null, is: null, source: null, answer: null },
});

/** A trail that grows by so many entries with each part that is read. */
function growingTrail(first: number, by: number) {
  let total = first;
  return async ({ offset, limit }: Slice) => {
    const audit = Array.from({ length: total }, (_, index) => entry(total - index)).slice(offset, offset + limit);
    const page = { offset, limit, total };
    total += by;
    return { audit, page };
  };
}

const sequencesOf = (parts: readonly string[]) =>
  parts
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as LogEntry).sequence);

test('all of it is there, the oldest first, whatever is written meanwhile', async () => {
  const progress: number[] = [];
  const parts = await wholeTrail({
    form: jsonLines,
    read: growingTrail(2_500, 7),
    onProgress: ({ read }) => progress.push(read),
  });
  assert.deepEqual(
    sequencesOf(parts),
    Array.from({ length: 2_500 }, (_, index) => index + 1),
  );
  assert.deepEqual(progress, [1_000, 1_993, 2_500]);
});

test('of an empty trail there is the header alone', async () => {
  const read = growingTrail(0, 0);
  assert.deepEqual((await wholeTrail({ form: csv, read, onProgress: () => undefined })).join(''), `${csv.header}\n`);
});
