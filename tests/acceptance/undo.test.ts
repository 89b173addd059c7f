/** Second thoughts: accounts that are kept for a while before they are removed, and disablings that are undone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack, type StackOptions } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { connector } from './held.ts';

const mailOf = (name: string): string => `${name}@company.test`;

async function company(policy: StackOptions['policy'] = {}) {
  const stack = await Stack.create({ policy, directory: (base) => ({ userBases: [`OU=Staff,${base}`] }) });
  await stack.admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${stack.domain.baseDn}`;
  for (const name of ['ann', 'bob', 'eve']) await stack.admin.createUser({ name, ou, mail: mailOf(name) });
  stack.startAll();
  await stack.settled();
  const account = async (name: string) =>
    (await stack.simulator.state()).users.find(({ username }) => username === mailOf(name));
  const json = async (...args: string[]) => JSON.parse(await connector(stack, ...args, '--json'));
  return { stack, dnOf: (name: string) => `CN=${name},${ou}`, account, json };
}

test('a leaver is disabled now and removed after the time; who is back before is enabled, and stays', async () => {
  const { stack, dnOf, account } = await company({ onDisabled: { action: 'remove', after: '6s' } });
  await using _ = stack;
  await stack.admin.disable(dnOf('ann'));
  await stack.admin.disable(dnOf('bob'));
  await waitUntil(
    'both to be disabled',
    async () => (await account('ann'))?.disabled && (await account('bob'))?.disabled,
  );
  await stack.admin.enable(dnOf('bob'));
  await waitUntil('the one who is back to be enabled', async () => (await account('bob'))?.disabled === false);
  await waitUntil('the other to be removed', async () => (await account('ann')) === undefined, { withinMs: 20_000 });
  await stack.settled();
  assert.equal((await account('bob'))?.disabled, false);
  const removed = (await stack.simulator.writes()).filter(({ cmd }) => cmd === 'deluser').map(({ data }) => data);
  assert.deepEqual(removed, [{ username: mailOf('ann'), deleteaction: 1 }]);
});

test('undo enables who was disabled, person by person or all, and they stay so until the reason is another', async () => {
  const { stack, dnOf, account, json } = await company();
  await using _ = stack;
  for (const name of ['ann', 'bob']) await stack.admin.disable(dnOf(name));
  await stack.settled();
  const listed = await json('undo');
  assert.deepEqual(listed.people.map(({ username, outcome }: Record<string, string>) => [username, outcome]).sort(), [
    [mailOf('ann'), 'undoable'],
    [mailOf('bob'), 'undoable'],
  ]);
  await connector(stack, 'undo', mailOf('ann'));
  await waitUntil('ann to be enabled', async () => (await account('ann'))?.disabled === false);
  await connector(stack, 'undo', '--all');
  await waitUntil('bob to be enabled', async () => (await account('bob'))?.disabled === false);
  await connector(stack, 'sync', '--full');
  assert.deepEqual([(await account('ann'))?.disabled, (await account('bob'))?.disabled], [false, false]);
  assert.deepEqual((await json('undo')).people, []);

  await stack.admin.delete(dnOf('ann'));
  await stack.admin.enable(dnOf('bob'));
  await stack.settled();
  assert.deepEqual([(await account('ann'))?.disabled, (await account('bob'))?.disabled], [true, false]);
  await stack.admin.disable(dnOf('bob'));
  await stack.settled();
  assert.equal((await account('bob'))?.disabled, true, 'who was back and leaves again is judged anew');
});
