import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../api/documents.ts';
import { changeOf } from './change.ts';

const account = { fullname: 'Ann Old', disabled: false, invited: false, groups: ['Sales'] };
const told = (step: Step, before: typeof account | null = account) => {
  const { what, from, to, joined, left } = changeOf(step, { username: 'ann@company.test', account: before });
  return [what, from, to, ...joined.map((name) => `+${name}`), ...left.map((name) => `-${name}`)];
};
const because = 'why';

test('each change is told as what is, and what would be', () => {
  assert.deepEqual(told({ kind: 'create', fullname: 'Ann', groups: ['Sales'], because }, null), [
    ...['Account', 'none', 'created', '+Sales'],
  ]);
  assert.deepEqual(told({ kind: 'rename', fullname: 'Ann New', because }), ['Name', 'Ann Old', 'Ann New']);
  assert.deepEqual(told({ kind: 'change-email', to: 'new@company.test', because }), [
    ...['Address', 'ann@company.test', 'new@company.test'],
  ]);
  assert.deepEqual(told({ kind: 'leave-groups', groups: ['Sales'], because }), ['Groups', null, null, '-Sales']);
  assert.deepEqual(told({ kind: 'disable', because }), ['Account', 'enabled', 'disabled']);
  assert.deepEqual(told({ kind: 'delete', because }, { ...account, disabled: true }), [
    ...['Account', 'disabled', 'deleted'],
  ]);
});

test('what LastPass doesn’t tell of who is only invited isn’t made up', () => {
  const invited = { fullname: '', disabled: false, invited: true, groups: [] as string[] };
  assert.deepEqual(told({ kind: 'rename', fullname: 'Ann New', because }, invited), ['Name', null, 'Ann New']);
  assert.deepEqual(told({ kind: 'remove', because }, invited), ['Account', 'invited', 'removed from the tenant']);
});
