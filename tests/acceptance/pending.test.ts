/** New people who wait for approval, and people out of scope, on a real directory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from '../support/stack.ts';
import { connector } from './held.ts';

const inStaff = (name: string, ou: string, more: object = {}) => ({ name, ou, mail: `${name}@company.test`, ...more });

/** An OU of people in front of running services. */
async function company(policy: object) {
  const stack = await Stack.create({ policy, directory: (base) => ({ userBases: [`OU=Staff,${base}`] }) });
  await stack.admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${stack.domain.baseDn}`;
  const usernames = async () => (await stack.simulator.state()).users.map(({ username }) => username).sort();
  return { stack, ou, usernames };
}

type Waiting = Record<'pending' | 'rejected', { username: string }[]>;
const usernamesOn = async (list: keyof Waiting, stack: Stack): Promise<string[]> => {
  const waiting = JSON.parse(await connector(stack, 'pending', '--json')) as Waiting;
  return waiting[list].map(({ username }) => username).sort();
};
const pendingOf = (stack: Stack) => usernamesOn('pending', stack);

test('with onDetected: approve new people get an account when they are approved, not before, and not when rejected', async () => {
  const { stack, ou, usernames } = await company({ onDetected: 'approve' });
  await using _ = stack;
  const { admin } = stack;
  await stack.simulator.seed({ users: [{ username: 'old@company.test', fullname: 'Somebody' }] });
  for (const name of ['ann', 'bob', 'eve', 'leaver', 'old']) await admin.createUser(inStaff(name, ou));
  stack.startAll();
  await stack.settled();
  const newcomers = ['ann', 'bob', 'eve', 'leaver'].map((name) => `${name}@company.test`);
  assert.deepEqual([await pendingOf(stack), await usernames()], [newcomers, ['old@company.test']]);
  const old = (await stack.simulator.state()).users[0];
  assert.equal(old?.fullname, 'old', 'an existing account is linked in any case');

  await connector(stack, 'approve', 'ann@company.test');
  await connector(stack, 'reject', 'bob@company.test');
  await admin.delete(`CN=leaver,${ou}`);
  await stack.settled();
  assert.deepEqual(await usernames(), ['ann@company.test', 'old@company.test']);
  assert.deepEqual(await pendingOf(stack), ['eve@company.test']);

  await admin.modify(`CN=bob,${ou}`, { displayName: 'Bob, renamed' });
  await admin.modify(`CN=eve,${ou}`, { displayName: 'Eve, renamed' });
  await stack.settled();
  assert.deepEqual(await pendingOf(stack), ['eve@company.test'], 'who was rejected is not asked about again');
  await connector(stack, 'approve', '--all');
  await stack.settled();
  const eve = (await stack.simulator.state()).users.find(({ username }) => username === 'eve@company.test');
  assert.equal(eve?.fullname, 'Eve, renamed');
  assert.deepEqual([await pendingOf(stack), await usernamesOn('rejected', stack)], [[], ['bob@company.test']]);

  await connector(stack, 'approve', 'bob@company.test');
  await stack.settled();
  assert.ok((await usernames()).includes('bob@company.test'), 'a rejection can be taken back');
});

test('excluded users and members of excluded groups are left alone', async () => {
  const { stack, ou, usernames } = await company({
    excludeUsers: ['svc-*', '*,OU=Machines,*'],
    excludeGroups: ['Domain Admins', 'Keepers'],
  });
  await using _ = stack;
  const { admin } = stack;
  await admin.createOu({ name: 'Machines', above: ou });
  await admin.createUser(inStaff('ann', ou));
  await admin.createUser(inStaff('backup', ou, { sam: 'SVC-backup' }));
  await admin.createUser(inStaff('lathe', `OU=Machines,${ou}`));
  const [boss, keeper] = [await admin.createUser(inStaff('boss', ou)), await admin.createUser(inStaff('keeper', ou))];
  await admin.addMember(`CN=Domain Admins,CN=Users,${stack.domain.baseDn}`, boss);
  const inner = await admin.createGroup({ name: 'Inner', ou });
  await admin.addMember(inner, keeper);
  const keepers = await admin.createGroup({ name: 'Keepers', ou });
  await admin.addMember(keepers, inner);
  stack.startAll();
  await stack.settled();
  assert.deepEqual(await usernames(), ['ann@company.test']);

  await admin.move(`CN=lathe,OU=Machines,${ou}`, ou);
  await admin.removeMember(inner, keeper);
  await stack.settled();
  assert.deepEqual(await usernames(), ['ann@company.test', 'keeper@company.test', 'lathe@company.test']);
  await admin.rename(`OU=Machines,${ou}`, 'Robots');
  await admin.move(`CN=lathe,${ou}`, `OU=Robots,${ou}`);
  await admin.rename(`OU=Robots,${ou}`, 'Machines');
  await stack.settled();
  const lathe = (await stack.simulator.state()).users.find(({ username }) => username === 'lathe@company.test');
  assert.equal(lathe?.disabled, true, 'renaming the OU put everybody in it out of scope');
});
