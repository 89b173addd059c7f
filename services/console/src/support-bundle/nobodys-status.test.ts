/** Whoever is set aside is told without a name, whatever the directory has where a mail should be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailObstacle } from '@connector/sync/plan/make-plan.ts';
import { nobodysAside } from './nobodys-status.ts';

test('of a mail that is none nothing is told, though it isn’t written as the name is, and though it holds quotes', () => {
  for (const mail of [
    'ann.hall(at)example.com',
    'Ann Hall',
    'ann.hall@',
    'Ann Hall <ann@x.org>',
    '"Ann Hall" <ann@x.org>',
    '"ann',
    'Ann\nHall',
  ]) {
    const { name, reason } = nobodysAside({ name: 'Hall, Ann', reason: mailObstacle({ mail }) });
    assert.equal(
      `${name}: ${reason}`,
      '…: has no valid mail ("…"): correct the mail attribute in Active Directory',
      mail,
    );
  }
});

test('a reason without quotes stays, but for the name', () => {
  const { reason } = nobodysAside({ name: 'Hall, Ann', reason: 'LastPass refuses: no seat for Hall, Ann' });
  assert.equal(reason, 'LastPass refuses: no seat for …');
});
