import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deletedObjectsUnreadable } from './deleted-objects.ts';
import { ldapFailure } from './ldap-failure.ts';
import { saysRightsLost } from './rights-lost.ts';

const failed = (status: number) => ldapFailure({ status, errorMessage: '' }, 'reading DC=x at ldaps://dc1');

test('that deletions are not to be seen, or a read is not allowed, is a lost right; any other failure is none', () => {
  const lost = [deletedObjectsUnreadable('CN=svc', 'DC=x'), failed(50)];
  assert.deepEqual(
    lost.map(({ code }) => code),
    ['deleted-objects-unreadable', 'insufficient-rights'],
  );
  for (const { message } of lost) assert.ok(saysRightsLost(message), message);
  for (const status of [1, 3, 8, 11, 32, 51, 52, 53])
    assert.ok(!saysRightsLost(failed(status).message), String(status));
});
