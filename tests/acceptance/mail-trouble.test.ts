/** Mails that several people have, that go away and come back; and addresses that were only invited. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const address = (name: string): string => `${name}@company.test`;

/** An OU of people, and services that run in front of it. */
async function company(tenant: object = {}) {
  const stack = await Stack.create({ directory: (base) => ({ userBases: [`OU=Staff,${base}`] }) });
  await stack.simulator.seed(tenant);
  await stack.admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${stack.domain.baseDn}`;
  stack.startAll();
  const { redis } = stack.store;
  const reasons = async (): Promise<string[]> =>
    Object.values(await redis.hgetall(stack.keys.setAside))
      .map((raw) => `${JSON.parse(raw).name}: ${JSON.parse(raw).reason}`)
      .sort();
  const users = async () => new Map((await stack.simulator.state()).users.map((user) => [user.username, user]));
  const hire = (name: string, mail = address(name)) => stack.admin.createUser({ name, ou, mail });
  return { stack, ou, hire, users, reasons, dnOf: (name: string) => `CN=${name},${ou}` };
}

test('two people with one mail, whatever its case: the linked one keeps it, the other is set aside until either changes', async () => {
  const { stack, hire, users, reasons, dnOf } = await company();
  await using _ = stack;
  await hire('ann');
  await stack.settled();
  await hire('bob', 'ANN@Company.test');
  await stack.settled();
  assert.equal((await users()).size, 1);
  assert.match((await reasons()).join(), /^bob: the LastPass account ann@company\.test is linked to another person/);
  assert.equal((await users()).get(address('ann'))?.disabled, false);
  await stack.admin.modify(dnOf('bob'), { mail: address('bob') });
  await stack.settled();
  assert.deepEqual([[...(await users()).keys()].sort(), await reasons()], [[address('ann'), address('bob')], []]);
});

test('two unlinked people with one mail: neither gets the account before they are told apart', async () => {
  const { stack, hire, users, reasons, dnOf } = await company({
    users: [{ username: address('twin'), fullname: 'Twin' }],
  });
  await using _ = stack;
  await stack.stop('watcher');
  await hire('eve', address('twin'));
  await hire('ida', address('Twin'));
  stack.start('watcher');
  await stack.settled();
  assert.equal((await reasons()).filter((reason) => reason.includes('held by others too')).length, 2);
  assert.equal((await users()).get(address('twin'))?.fullname, 'Twin');
  await stack.admin.modify(dnOf('ida'), { mail: address('ida') });
  await stack.settled();
  assert.deepEqual(await reasons(), []);
  assert.equal((await users()).get(address('twin'))?.fullname, 'eve');
  assert.equal((await users()).get(address('ida'))?.fullname, 'ida');
});

test('a tombstone holds no mail: who comes after a deleted person gets the account, enabled again only if it was us', async () => {
  const { stack, hire, users, reasons, dnOf } = await company();
  await using _ = stack;
  await hire('ann');
  await stack.settled();
  const before = (await users()).get(address('ann'))?.id;
  await stack.admin.delete(dnOf('ann'));
  await stack.settled();
  assert.equal((await users()).get(address('ann'))?.disabled, true);
  await hire('ann2', address('Ann'));
  await stack.settled();
  const now = (await users()).get(address('ann'));
  assert.deepEqual([now?.id, now?.disabled, now?.fullname, await reasons()], [before, false, 'ann2', []]);
});

test('a mail that is cleared takes nothing from the account, and restored needs nothing', async () => {
  const { stack, hire, users, reasons, dnOf } = await company();
  await using _ = stack;
  await hire('ann');
  await stack.settled();
  const since = await stack.simulator.lastCall();
  await stack.admin.modify(dnOf('ann'), { mail: null });
  await stack.settled();
  assert.match((await reasons()).join(), /^ann: has no mail.*; the account ann@company\.test keeps its address$/);
  await stack.admin.modify(dnOf('ann'), { displayName: 'Ann Still Here' });
  await stack.settled();
  assert.equal((await users()).get(address('ann'))?.fullname, 'Ann Still Here');
  await stack.admin.modify(dnOf('ann'), { mail: address('ann') });
  await stack.settled();
  assert.deepEqual(await reasons(), []);
  assert.deepEqual(
    (await stack.simulator.writes(since)).map(({ cmd }) => cmd),
    ['updateuser'],
  );
});

test('an invited address is an account: never created again, and withdrawn when its person leaves', async () => {
  const { stack, hire, dnOf } = await company({ invited: [address('ann'), address('stranger')] });
  await using _ = stack;
  await hire('ann');
  await stack.settled();
  assert.deepEqual(await stack.simulator.writes(), []);
  await stack.admin.disable(dnOf('ann'));
  await waitUntil('the invitation to be withdrawn', async () => (await stack.simulator.state()).invited.length === 1);
  await stack.settled();
  assert.deepEqual(
    (await stack.simulator.writes()).map(({ cmd, data }) => [cmd, data]),
    [['deluser', { username: address('ann'), deleteaction: 3 }]],
  );
  assert.deepEqual((await stack.simulator.state()).invited, [address('stranger')]);
});
