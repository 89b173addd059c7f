import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewJson } from './preview-json.ts';

test('whose account was deleted by hand stands apart from the set aside, as in the status', () => {
  const aside = { person: 'corp/1', name: 'Ann', reason: 'why', sinceMs: Date.UTC(2026, 10, 23) };
  const json = previewJson({
    sent: [],
    held: [],
    groups: [],
    pending: [],
    setAside: [
      { ...aside, kind: 'data' },
      { ...aside, person: 'corp/2', kind: 'drift' },
    ],
    read: { objects: 2, accounts: 3 },
  });
  const told = { name: 'Ann', reason: 'why', since: '2026-11-23T00:00:00.000Z' };
  assert.deepEqual(json, {
    sent: [],
    held: [],
    groups: [],
    pending: [],
    setAside: [{ person: 'corp/1', kind: 'data', ...told }],
    deletedByHand: [{ person: 'corp/2', ...told }],
    read: { objects: 2, accounts: 3 },
    out: null,
  });
});

test('of an account before it is told what steps change, and no more', () => {
  const account = {
    ...{ username: 'ann@company.test', id: '7', fullname: 'Ann Old', groups: ['Sales'] },
    ...{ disabled: false, invited: false, admin: true, objectGuid: '1', directory: 'corp' },
  };
  const ann = { person: 'corp/1', username: 'ann@company.test', name: 'Ann New' };
  const steps = [{ kind: 'rename', fullname: 'Ann New', because: 'has another name' }] as const;
  const json = previewJson({
    sent: [{ ...ann, steps, calls: [], account }],
    held: [],
    groups: [],
    pending: [{ ...ann, steps, because: 'new', account: null }],
    setAside: [],
    read: { objects: 1, accounts: 1 },
  });
  const before = { fullname: 'Ann Old', disabled: false, invited: false, groups: ['Sales'] };
  const { sent, pending } = json as Record<string, unknown>;
  assert.deepEqual(sent, [{ ...ann, steps, calls: [], account: before }]);
  assert.deepEqual(pending, [{ ...ann, steps, because: 'new', account: null }]);
});
