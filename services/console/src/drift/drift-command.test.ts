import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainly } from '../text/paint.ts';
import { driftText } from './drift-command.ts';

const deleted = {
  person: 'corp/1',
  username: 'ann@x.org',
  name: 'Ann',
  kind: 'deleted',
  reason: 'the account was deleted',
  sinceMs: Date.UTC(2026, 10, 23),
} as const;
const disabled = { ...deleted, person: 'corp/2', name: 'Bo\u001b[2J', kind: 'disabled', sinceMs: null } as const;

test('no drift is said in one line', () => {
  assert.deepEqual(driftText([], plainly), ['No account was deleted or disabled by hand at LastPass.']);
});

test('each account is told with what was done to it, since when where that is known, and what can be done', () => {
  assert.deepEqual(driftText([deleted, disabled], plainly), [
    '2 accounts were changed by hand at LastPass, and left so.',
    '  Ann     ann@x.org  deleted   since 2026-11-23 00:00:00 UTC  the account was deleted',
    '  Bo [2J  ann@x.org  disabled                                 the account was deleted',
    '',
    'Create a deleted one again with "connector retry <who…>" or --all-drift. Names and groups are put right by themselves.',
  ]);
});
