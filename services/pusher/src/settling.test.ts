import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import type { Intent } from '@connector/shared/plan.ts';
import { newLink } from '@connector/shared/plan.ts';
import { settledChanges } from './settling.ts';

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
