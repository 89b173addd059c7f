import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('what there is only one of is told by its kind alone', () => {
  assert.equal(subjectText({ kind: 'token', id: 'x', name: 'dashboards' }), 'token dashboards');
  assert.equal(subjectText({ kind: 'support-bundle', id: '', name: '' }), 'support bundle');
  assert.equal(subjectText({ kind: 'policy', id: '', name: 'policy' }), 'policy');
});
