/** What the connector does to a group, its shared folder follows: the way that the replaced product's FAQ tells. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from '../support/stack.ts';

const address = (name: string) => `${name}@company.test`;

test('a joiner of an AD group has its shared folder once another member has logged in, under Pre-Create Sharing Key at once; a leaver loses it', async () => {
  await using stack = await Stack.create({
    policy: { memberships: 'all' },
    directory: (base) => ({ userBases: [`OU=Staff,${base}`], groupBases: [`OU=Staff,${base}`] }),
  });
  const { admin, domain, simulator } = stack;
  await admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${domain.baseDn}`;
  const hire = (name: string) => admin.createUser({ name, ou, mail: address(name) });
  const sales = await admin.createGroup({ name: 'Sales', ou });
  await admin.addMember(sales, await hire('ann'));
  await simulator.seed({
    users: [{ username: address('ann'), fullname: 'ann', groups: ['Sales'] }],
    folders: [{ name: 'Sales passwords', groups: [{ name: 'Sales' }] }],
  });
  stack.startAll();
  await stack.settled();
  /** Who has the folder, and who waits for its key. */
  const folder = async () => {
    const { groups, folders } = await simulator.state();
    const waiting = folders[0]?.waiting ?? assert.fail('the folder is gone');
    const members = groups['Sales'] ?? [];
    return { has: members.filter((member) => !waiting.includes(member)).sort(), waits: waiting };
  };
  assert.deepEqual(await folder(), { has: [address('ann')], waits: [] });

  const bob = await hire('bob');
  await admin.addMember(sales, bob);
  await stack.settled();
  assert.deepEqual(await folder(), { has: [address('ann')], waits: [address('bob')] });
  await simulator.login(address('bob'));
  assert.deepEqual((await folder()).waits, [address('bob')], 'the own log-in gives no key');
  await simulator.login(address('ann'));
  assert.deepEqual(await folder(), { has: ['ann', 'bob'].map(address), waits: [] });

  await simulator.seed({ ...(await simulator.state()), policies: [{ name: 'Pre-Create Sharing Key' }] });
  await admin.addMember(sales, await hire('eve'));
  await stack.settled();
  assert.deepEqual(await folder(), { has: ['ann', 'bob', 'eve'].map(address), waits: [] });

  await admin.removeMember(sales, bob);
  await stack.settled();
  assert.deepEqual(await folder(), { has: ['ann', 'eve'].map(address), waits: [] });
});
