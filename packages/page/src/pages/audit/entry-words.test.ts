import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEntry } from '../../api/documents.ts';
import { entryChange, subjectText } from './entry-words.ts';

test('a moment is told as people read it, a time that something took as it is', () => {
  const text = entryChange({ was: null, is: { expiresAtMs: Date.UTC(2026, 10, 29, 12), tookMs: 130 } });
  assert.match(text, /^expires at 29 Nov 2026,? \d\d:00:00, tookMs 130$/);
});

test('what is new has no before, and what is gone no after', () => {
  assert.equal(
    entryChange({ was: { status: 'enabled' }, is: { status: 'disabled' } }),
    'status enabled → status disabled',
  );
  assert.equal(entryChange({ was: { role: 'viewer' }, is: null }), 'role viewer → nothing');
});

test('what it is about is told where what was done doesn’t say so already', () => {
  const subjectOf = (did: string, kind: LogEntry['of']['kind'], name = '') =>
    subjectText({ by: 'ada', did, of: { kind, id: '', name } });
  assert.equal(subjectOf('revoked', 'token', 'dashboards'), 'token dashboards');
  assert.equal(subjectOf('made a support bundle', 'support-bundle'), '');
  assert.equal(subjectOf('looked at people in the queues', 'queues'), '');
  assert.equal(subjectOf('signed in', 'session', 'ada'), '');
  assert.equal(subjectOf('signed out', 'session', 'vera'), 'session vera');
  assert.equal(subjectOf('paused', 'deliveries'), 'deliveries');
  assert.equal(subjectOf('asked for a sync', 'deliveries'), '');
  assert.equal(subjectOf('came into force', 'policy', 'policy'), 'policy');
});
