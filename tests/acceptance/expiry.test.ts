/** accountExpires on a real directory, which says nothing when it passes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { waitUntil } from '../support/wait-until.ts';
import { mailOf, personId } from './company.ts';
import { World } from './world.ts';

/** accountExpires as AD writes a moment: units of 100 ns since 1601 (MS-ADTS 2.3.4.1). */
const fileTime = (atMs: number): string => String((BigInt(atMs) + 11_644_473_600_000n) * 10_000n);

test('somebody whose accountExpires passes loses access, and has it back when it is put off', async () => {
  await using world = await World.create();
  await world.start();
  await using admin = new DirectoryAdmin(world.stack.domain);
  const [person, username] = [world.hands.guidOf(personId(0)), mailOf(personId(0))];
  const isDisabled = async () => (await world.accountOf(username))?.disabled;
  assert.equal(await isDisabled(), false);

  const expiresAtMs = Date.now() + 8_000;
  await admin.modify(person, { accountExpires: fileTime(expiresAtMs) });
  await world.probe({ withinMs: 7_000 }); // by now the connector knows of it
  assert.ok(Date.now() < expiresAtMs, 'the machine is too slow to tell before from after');
  assert.equal(await isDisabled(), false, 'disabled before the time');
  await waitUntil('the expired account to be disabled', isDisabled);
  assert.ok(Date.now() >= expiresAtMs);

  await admin.modify(person, { accountExpires: fileTime(Date.now() + 3_600_000) });
  await waitUntil('the account to be enabled again', async () => (await isDisabled()) === false);
  await world.settle();
  await world.assertConverged();
});
