import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import type { Intent } from '@connector/shared/plan.ts';
import { newLink } from '@connector/shared/plan.ts';
import { createSettlesMs, settledChanges } from './settling.ts';

const username = 'ann@example.com';
const found: Account = {
  ...{ username, id: '7', fullname: 'Ann', disabled: false, admin: false, groups: [], invited: false },
  ...{ objectGuid: null, directory: null },
};
const intent: Intent = { username, fullname: 'Ann', groups: [], settlesAtMs: 0, federated: 'userKey' };

test('a create that is found to have been carried out is federated, if it was meant so, whoever has linked it meanwhile', () => {
  for (const link of [null, newLink(username, { id: '7' })]) {
    const [change] = settledChanges({ person: 'corp/1', username, intent, link }, found, 1);
    assert.equal(change?.link?.federated, 'userKey');
  }
});

test('a removal that isn’t done is waited for as long as one can take, too', () => {
  const nowMs = 1_000_000;
  const link = { ...newLink(username, { id: '7' }), removedByUs: true, settlesAtMs: nowMs + 3_600_000 };
  const [change] = settledChanges({ person: 'corp/1', username, intent: null, link }, found, nowMs);
  assert.deepEqual(change?.link, { ...link, settlesAtMs: nowMs + createSettlesMs });
});

test('a create that isn’t there is waited for as long as one can take, whatever the clock said by which it was sent', () => {
  const nowMs = 1_000_000;
  for (const [settlesAtMs, expected] of [
    [nowMs + 10, nowMs + 10],
    [nowMs + 3_600_000, nowMs + createSettlesMs],
  ] as const) {
    const asked = { person: 'corp/1', username, intent: { ...intent, settlesAtMs }, link: null };
    const [change] = settledChanges(asked, null, nowMs);
    assert.deepEqual(change?.claim, { kind: 'postpone', untilMs: expected });
    assert.equal(change?.intent?.settlesAtMs, expected);
  }
});
