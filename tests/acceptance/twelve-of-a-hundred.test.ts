/** Twelve of a hundred leave at once, under the guard as it is by default: a mistake like this takes nobody's access. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from '../support/stack.ts';
import { connector, heldPeople } from './held.ts';

const nameOf = (index: number): string => `p${String(index).padStart(3, '0')}`;
const mailOf = (name: string): string => `${name}@company.test`;
const everybody = Array.from({ length: 100 }, (_, index) => nameOf(index));
const leaving = everybody.slice(0, 12);

const staff = (base: string): string =>
  [
    `dn: OU=Staff,${base}\nobjectClass: organizationalUnit`,
    ...everybody.map((name) =>
      [
        `dn: CN=${name},OU=Staff,${base}`,
        'objectClass: user',
        `sAMAccountName: ${name}`,
        `mail: ${mailOf(name)}`,
        `displayName: Person ${name}`,
        'userAccountControl: 544',
      ].join('\n'),
    ),
  ].join('\n\n');

test('none is delivered, all are held with names and reason, a joiner is created; five released are disabled, one who is back drops off', async () => {
  await using stack = await Stack.create({ ldif: staff, directory: (base) => ({ userBases: [`OU=Staff,${base}`] }) });
  const { admin, domain, simulator } = stack;
  const ou = `OU=Staff,${domain.baseDn}`;
  stack.startAll();
  await stack.settled();
  const disabled = async () =>
    (await simulator.state()).users.flatMap((user) => (user.disabled ? [user.username] : [])).sort();
  assert.equal(await stack.store.redis.hlen(stack.keys.links), 100);
  const since = await simulator.lastCall();

  await stack.stop('watcher'); // so that all of it is one read
  for (const name of leaving) await admin.disable(`CN=${name},${ou}`);
  await admin.createUser({ name: 'joiner', ou, mail: mailOf('joiner') });
  stack.start('watcher');
  await stack.settled();
  const held = await heldPeople(stack);
  assert.deepEqual([...held.keys()].sort(), leaving.map(mailOf));
  for (const { name, heldBecause, steps } of held.values()) {
    assert.match(name, /^Person p0/);
    assert.match(
      heldBecause,
      /12 people would lose access within an hour, more than maxLeavers \(10\) and more than 5 % of 10[01] linked/,
    );
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['disable'],
    );
  }
  assert.deepEqual(await disabled(), []);
  const calls = (await simulator.writes(since)).map(({ cmd, data }) => [
    cmd,
    (data as { username: string }[])[0]?.username,
  ]);
  assert.deepEqual(calls, [['batchadd', mailOf('joiner')]]);

  const five = leaving.slice(0, 5);
  await connector(stack, 'release', ...five.map(mailOf));
  await stack.settled();
  assert.deepEqual(await disabled(), five.map(mailOf));
  assert.deepEqual([...(await heldPeople(stack)).keys()].sort(), leaving.slice(5).map(mailOf));

  await admin.enable(`CN=${leaving[5]},${ou}`);
  await stack.settled();
  assert.deepEqual([...(await heldPeople(stack)).keys()].sort(), leaving.slice(6).map(mailOf));
  assert.deepEqual(await disabled(), five.map(mailOf));
});
