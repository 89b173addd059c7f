import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEntry } from '../../api/documents.ts';
import { dayBeganMs, hoursOf } from './last-day.ts';

const nowMs = Date.UTC(2026, 10, 29, 12, 34);
const entry = (at: number, changes: Partial<LogEntry> = {}): LogEntry => ({
  sequence: 1,
  at: new Date(at).toISOString(),
  by: 'connector',
  did: 'disabled',
  of: { kind: 'person', id: 'corp/1', name: 'Ann' },
  was: null,
  is: null,
  source: null,
  answer: { command: 'disableuser', said: null, tookMs: 100 },
  hash: '',
  ...changes,
});

test('a day has 24 hours, and ends with the one that is not over', () => {
  const hours = hoursOf([], nowMs);
  assert.equal(hours.length, 24);
  assert.equal(hours[0]?.fromMs, dayBeganMs(nowMs));
  assert.equal(hours.at(-1)?.fromMs, Date.UTC(2026, 10, 29, 12));
});

test('only what LastPass was asked is counted, what it refused apart, and the median of its answers', () => {
  const answered = (tookMs: number | null) => ({ command: 'batchadd', said: null, tookMs });
  const last = hoursOf(
    [
      entry(nowMs, { answer: answered(900) }),
      entry(nowMs, { answer: answered(100) }),
      entry(nowMs, { did: 'tried to create', answer: answered(200) }),
      entry(nowMs, { did: 'created', answer: answered(null) }),
      entry(nowMs, { did: 'released', answer: null }),
      entry(dayBeganMs(nowMs) - 1),
    ],
    nowMs,
  );
  assert.deepEqual(last.at(-1), { fromMs: Date.UTC(2026, 10, 29, 12), done: 3, refused: 1, answerMs: 200 });
  assert.equal(
    last.slice(0, -1).every(({ done }) => done === 0),
    true,
  );
});
