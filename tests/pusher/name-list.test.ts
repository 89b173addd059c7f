/** A list of names that is gone on with from its end: whoever comes is found in few calls, and it never passes for whole when it isn't. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LastPassClient } from '@connector/lastpass/client.ts';
import { pageSize } from '@connector/sync/accounts/list-accounts.ts';
import { NameList } from '@connector/sync/accounts/name-list.ts';
import { Simulator } from '../support/simulator.ts';

/** On two pages, the second of which isn't full. */
const count = pageSize + 500;
const mailOf = (number: number): string => `u${String(number).padStart(4, '0')}@example.test`;
const signal = AbortSignal.timeout(60_000);

/** A tenant whose names were listed. */
async function listed({ invited = [] }: { invited?: string[] } = {}) {
  const simulator = await Simulator.create();
  const users = Array.from({ length: count }, (_, number) => ({ username: mailOf(number), fullname: 'Mx' }));
  await simulator.seed({ users, invited });
  const { provhash } = await simulator.settings(null);
  const client = new LastPassClient({ apiUrl: simulator.apiUrl, cid: Simulator.cid, provhash });
  let calls = 0;
  const caller = {
    call: <T>(_: string, send: (to: LastPassClient) => Promise<T>) => {
      calls++;
      return send(client);
    },
  };
  const names = await NameList.read(caller, signal);
  return {
    simulator,
    names,
    add: (...usernames: readonly string[]) =>
      simulator.byHand(
        'batchadd',
        usernames.map((username) => ({ username, fullname: 'New' })),
      ),
    remove: (number: number) => simulator.byHand('deluser', { username: mailOf(number), deleteaction: 2 }),
    /** Goes on with it. @returns whether what came follows, and in how many calls that was found */
    readOn: async () => {
      calls = 0;
      const follows = await names.readOn();
      return { follows, calls };
    },
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

test('nobody has come: one call', async () => {
  await using tenant = await listed();
  assert.deepEqual(await tenant.readOn(), { follows: true, calls: 1 });
  assert.equal(tenant.names.size, count);
  assert.ok(!tenant.names.has('new@example.test'));
});

test('who has come is known, in the calls that the new pages take, and so is who comes after them', async () => {
  await using tenant = await listed();
  const many = Array.from({ length: pageSize }, (_, number) => `new${number}@example.test`);
  await tenant.add(...many);
  assert.deepEqual(await tenant.readOn(), { follows: true, calls: 3 });
  await tenant.add('last@example.test');
  assert.deepEqual(await tenant.readOn(), { follows: true, calls: 1 });
  const missing = [mailOf(0), mailOf(count - 1), ...many, 'last@example.test'].filter((one) => !tenant.names.has(one));
  assert.deepEqual(missing, []);
  assert.equal(tenant.names.size, count + pageSize + 1);
});

for (const [where, number] of [
  ['on a page before the last one', 5],
  ['on the last page', count - 5],
] as const) {
  test(`one is deleted ${where}, and one made: that isn’t the list that is known, but the new one is found`, async () => {
    await using tenant = await listed();
    await tenant.remove(number);
    await tenant.add('new@example.test');
    assert.equal((await tenant.readOn()).follows, false);
    assert.ok(tenant.names.has('new@example.test'));
    await tenant.add('newer@example.test');
    assert.equal((await tenant.readOn()).follows, false, 'it may lack somebody from now on');
  });
}

test('one comes in front, as where LastPass lists by name: that isn’t the list that is known', async () => {
  await using tenant = await listed();
  const { users } = await tenant.simulator.state();
  await tenant.simulator.seed({ users: [{ username: 'new@example.test', fullname: 'New', id: '1' }, ...users] });
  assert.equal((await tenant.readOn()).follows, false);
});

test('whoever accepts an invitation is one who has come, and one that was withdrawn isn’t known any more', async () => {
  const [accepts, withdrawn] = ['accepts@example.test', 'withdrawn@example.test'];
  await using tenant = await listed({ invited: [accepts, withdrawn] });
  assert.deepEqual([tenant.names.has(accepts), tenant.names.has(withdrawn)], [true, true]);
  await tenant.simulator.login(accepts);
  await tenant.simulator.byHand('deluser', { username: withdrawn, deleteaction: 3 });
  assert.deepEqual(await tenant.readOn(), { follows: true, calls: 1 });
  assert.deepEqual([tenant.names.has(accepts), tenant.names.has(withdrawn)], [true, false]);
});
