import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policy as schema, written } from '@connector/shared/policy.ts';
import type { WholePolicy } from '../../api/documents.ts';
import { type Edits, flat, problemsIn, wishFor, withEdit, withoutEdit } from './edits.ts';
import { keyInfos } from './keys.ts';

/** As the API tells the policy of a configuration that says nothing. */
const defaults = JSON.parse(JSON.stringify(written(schema.parse({})))) as WholePolicy;
const inForce = flat(defaults);

test('every key of a policy can be edited, and no other', () => {
  assert.deepEqual(keyInfos.map(({ key }) => key).sort(), Object.keys(inForce).sort());
  assert.equal(Object.keys(inForce).length, Object.keys(defaults).length - 1 + Object.keys(defaults.guard).length);
});

test('every choice is one that the policy takes', () => {
  for (const info of keyInfos)
    if (info.kind === 'choice')
      for (const { value } of info.choices) assert.ok(schema.safeParse({ [info.key]: value }).success, value);
});

test('only what differs is an edit', () => {
  const once = withEdit({}, { key: 'groupFilter', value: ['Staff'], inForce });
  assert.deepEqual(once, { groupFilter: ['Staff'] });
  assert.deepEqual(withEdit(once, { key: 'groupFilter', value: [], inForce }), {});
  assert.deepEqual(withoutEdit(once, 'groupFilter'), {});
});

test('limits of the guard are sent below guard, as a configuration has them', () => {
  const edits: Edits = { onDetected: 'approve', 'guard.maxLeavers': 20, 'guard.maxLeaversPercent': 2.5 };
  assert.deepEqual(wishFor(edits), {
    set: { onDetected: 'approve', guard: { maxLeavers: 20, maxLeaversPercent: 2.5 } },
  });
});

test('what can not be meant is told before it is sent', () => {
  const problems = problemsIn({
    onDeleted: { action: 'remove', after: 'd' },
    excludeUsers: ['svc-*', 'CN=Ann', 'OU=Staff,DC=corp'],
    excludeGroups: ['Domain Admins'],
    'guard.maxLeavers': Number.NaN,
    'guard.maxLeaversHard': 1.5,
    'guard.maxLeaversPercent': 101,
  });
  assert.deepEqual(
    [...problems.keys()],
    ['onDeleted', 'excludeUsers', 'guard.maxLeavers', 'guard.maxLeaversPercent', 'guard.maxLeaversHard'],
  );
  assert.match(problems.get('excludeUsers') ?? '', /“CN=Ann” is no whole DN/);
  assert.equal(problems.get('guard.maxLeaversPercent'), 'Write a number from 0 to 100.');
});

test('what is fine is not held up', () => {
  const fine: Edits = {
    onDisabled: { action: 'delete', after: '30d' },
    groupFilter: ['CN=A,B', 'x'],
    excludeUsers: ['CN=Ann Lee,OU=Staff,DC=corp', 'svc-*'],
    'guard.maxLeaversPercent': 0.5,
    'guard.firstCreates': 0,
  };
  assert.equal(problemsIn(fine).size, 0);
  assert.ok(schema.safeParse({ ...fine, 'guard.maxLeaversPercent': undefined }).success === false);
});
