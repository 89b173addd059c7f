/** Where people may lie: anywhere in the domain, or below any of several roots. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from '../support/stack.ts';

const address = (name: string) => `${name}@company.test`;
const usernames = async ({ simulator }: Stack) =>
  (await simulator.state()).users.map(({ username }) => username).sort();

test('without bases and filter everybody of the domain is in scope, and no built-in account', async () => {
  await using stack = await Stack.create();
  const { admin, domain } = stack;
  const people = `CN=Users,${domain.baseDn}`;
  for (const name of ['Administrator', 'Guest', 'krbtgt']) {
    await admin.modify(`CN=${name},${people}`, { mail: address(name) });
    await admin.enable(`CN=${name},${people}`);
  }
  await admin.createUser({ name: 'ann', ou: people, mail: address('ann') });
  await admin.createOu({ name: 'Staff' });
  await admin.createUser({ name: 'bob', ou: `OU=Staff,${domain.baseDn}`, mail: address('bob') });
  stack.startAll();
  await stack.settled();
  assert.deepEqual(await usernames(stack), ['ann', 'bob'].map(address));
});

test('moving from one root to another changes nothing, moving out of all of them counts as leaving', async () => {
  await using stack = await Stack.create({
    directory: (base) => ({ userBases: [`OU=Berlin,${base}`, `OU=Staff,OU=Paris,${base}`] }),
  });
  const { admin, domain, simulator } = stack;
  const dn = (...ous: string[]) => [...ous.map((ou) => `OU=${ou}`), domain.baseDn].join(',');
  for (const name of ['Berlin', 'Paris']) await admin.createOu({ name });
  await admin.createOu({ name: 'Staff', above: dn('Paris') });
  await admin.createOu({ name: 'Field', above: dn('Berlin') });
  const ann = await admin.createUser({ name: 'ann', ou: dn('Field', 'Berlin'), mail: address('ann') });
  await admin.createUser({ name: 'bob', ou: dn('Staff', 'Paris'), mail: address('bob') });
  await admin.createUser({ name: 'eve', ou: dn('Paris'), mail: address('eve') });
  stack.startAll();
  await stack.settled();
  assert.deepEqual(await usernames(stack), ['ann', 'bob'].map(address));

  const since = await simulator.lastCall();
  await admin.move(ann, dn('Staff', 'Paris'));
  await stack.settled();
  assert.deepEqual(await simulator.writes(since), []);
  await admin.move(ann, dn('Paris'));
  await stack.settled();
  const calls = (await simulator.writes(since)).map(({ cmd, data }) => [cmd, data]);
  assert.deepEqual(calls, [['disableuser', [address('ann')]]]);
});
