import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaverPolicy } from '@connector/shared/policy.ts';
import { actionOf, afterOf, leaverActions } from './leaver-actions.ts';

test('each action is one that the policy takes, and is found again by its value', () => {
  for (const action of leaverActions) {
    const value = action.value('12h');
    assert.ok(leaverPolicy.safeParse(value).success, action.id);
    assert.equal(actionOf(value), action);
  }
});

test('another action with a time keeps the time', () => {
  assert.equal(afterOf({ action: 'remove', after: '12h' }), '12h');
  assert.equal(afterOf('disable'), '30d');
});
