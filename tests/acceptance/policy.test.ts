/** The policy, edited while everything runs: first it is shown what that would do to people, and it does just that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { connector, heldPeople, releaseAll } from './held.ts';

const mailOf = (name: string): string => `${name}@company.test`;

const people = z.array(z.object({ username: z.string(), steps: z.array(z.looseObject({ kind: z.string() })) }));
const edit = z.object({
  replaces: z.number().nullable(),
  number: z.number().nullable(),
  changes: z.array(z.object({ key: z.string(), was: z.json(), is: z.json() })),
  radius: z
    .object({ sent: people, held: people, pending: people, noLonger: people, unresolved: z.array(z.string()) })
    .nullable(),
});
const current = z.object({
  number: z.number(),
  from: z.enum(['set', 'configuration']),
  by: z.string(),
  policy: z.looseObject({ groupFilter: z.array(z.string()) }),
  differs: z.array(z.object({ key: z.string(), inForce: z.json(), configured: z.json() })),
});

/** Four people with accounts, two of them in the group Wanted, in front of running services. */
async function company(policy: object = {}) {
  const stack = await Stack.create({ policy, directory: (base) => ({ userBases: [`OU=Staff,${base}`] }) });
  try {
    await stack.admin.createOu({ name: 'Staff' });
    const ou = `OU=Staff,${stack.domain.baseDn}`;
    for (const name of ['ann', 'bob', 'eve', 'ida']) await stack.admin.createUser({ name, ou, mail: mailOf(name) });
    await stack.admin.createGroup({ name: 'Wanted', ou, members: [`CN=ann,${ou}`, `CN=bob,${ou}`] });
    stack.startAll();
    await stack.settled();
    return {
      stack,
      hire: (name: string) => stack.admin.createUser({ name, ou, mail: mailOf(name) }),
      editing: async (...args: string[]) => edit.parse(JSON.parse(await connector(stack, 'policy', ...args, '--json'))),
      inForce: async () => current.parse(JSON.parse(await connector(stack, 'policy', '--json'))),
      states: async () =>
        Object.fromEntries(
          (await stack.simulator.state()).users.map(({ username, disabled }) => [username.split('@')[0], !disabled]),
        ),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

const names = (all: z.infer<typeof people>): string[] => all.map(({ username }) => username.split('@')[0] ?? '').sort();
const whomItHolds = async (stack: Stack): Promise<string[]> =>
  [...(await heldPeople(stack)).keys()].map((username) => username.split('@')[0] ?? '').sort();

test('an edit does to people what was shown before; whoever would leave waits for a word; rolled back, nobody does', async () => {
  const { stack, editing, inForce, states, hire } = await company();
  await using _ = stack;
  const everybodyThere = { ann: true, bob: true, eve: true, ida: true };
  const shown = await editing('set', 'groupFilter=[Wanted]', '--dry-run');
  assert.deepEqual([shown.replaces, shown.number], [1, null]);
  assert.deepEqual(shown.changes, [{ key: 'groupFilter', was: [], is: ['Wanted'] }]);
  assert.deepEqual(names(shown.radius?.held ?? []), ['eve', 'ida']);
  assert.deepEqual(
    shown.radius?.sent.map(({ username, steps }) => [username, ...steps.map(({ kind }) => kind)]).sort(),
    [
      [mailOf('ann'), 'join-groups'],
      [mailOf('bob'), 'join-groups'],
    ],
    'the group is one of LastPass then',
  );
  assert.deepEqual([(await inForce()).number, await whomItHolds(stack)], [1, []], 'it was only shown');
  const text = await connector(stack, 'policy', 'set', 'groupFilter=[Nobody]', '--dry-run');
  assert.match(text, /no group of Active Directory is called "Nobody"/);
  assert.match(text, /This would disable 4 people, each once somebody has released it\.\nNothing was changed\./);

  const made = await editing('set', 'groupFilter=[Wanted]', '--yes');
  assert.deepEqual([made.number, names(made.radius?.held ?? [])], [2, ['eve', 'ida']]);
  await waitUntil('the leavers to be held', async () => (await whomItHolds(stack)).length === 2);
  await stack.readDirectoryAgain();
  await stack.settled();
  assert.deepEqual(await whomItHolds(stack), ['eve', 'ida']);
  assert.deepEqual(await states(), everybodyThere);

  await hire('kim');
  await stack.settled();
  assert.deepEqual(await states(), everybodyThere, 'who comes now is out of scope');
  const back = await editing('rollback', '1', '--dry-run');
  assert.deepEqual(names(back.radius?.noLonger ?? []), ['eve', 'ida']);
  assert.deepEqual(names(back.radius?.sent ?? []), ['ann', 'bob', 'kim']);
  assert.equal((await editing('rollback', '1', '--yes')).number, 3);
  await waitUntil('kim to have an account', async () => (await states()).kim === true);
  await waitUntil('nobody to be held', async () => (await whomItHolds(stack)).length === 0);
  assert.deepEqual(await states(), { ...everybodyThere, kim: true });

  await editing('set', 'groupFilter=[Wanted]', 'guard.maxLeavers=20', '--yes');
  await waitUntil('the leavers to be held', async () => (await whomItHolds(stack)).length === 3);
  await releaseAll(stack);
  await waitUntil(
    'the released to lose access',
    async () => Object.values(await states()).filter(Boolean).length === 2,
  );
  const { history } = z
    .object({ history: z.array(z.object({ number: z.number(), changes: z.array(z.object({ key: z.string() })) })) })
    .parse(JSON.parse(await connector(stack, 'policy', 'history', '--json')));
  assert.deepEqual(
    history.map(({ number, changes }) => [number, changes.map(({ key }) => key)]),
    [
      [4, ['groupFilter', 'guard.maxLeavers']],
      [3, ['groupFilter']],
      [2, ['groupFilter']],
      [1, []],
    ],
  );
});

test('a policy that was set outlasts restarts and a changed configuration, which both say, until it is reset', async () => {
  const { stack, editing, inForce, states } = await company({ onDisabled: 'nothing' });
  await using _ = stack;
  const ida = `CN=ida,OU=Staff,${stack.domain.baseDn}`;
  await editing('set', `excludeUsers=["${ida}"]`, '--yes');
  const { by } = await inForce();
  await stack.stopAll();
  await stack.configure({ policy: { onDisabled: 'nothing', onDeleted: 'remove', guard: { firstCreates: 10_000 } } });
  for (const name of ['watcher', 'reconciler', 'pusher'] as const) stack.start(name);
  await stack.settled();
  await waitUntil('the leaver to be held', async () => (await whomItHolds(stack)).length === 1);
  const now = await inForce();
  assert.deepEqual([now.number, now.from, now.by], [2, 'set', by]);
  assert.deepEqual(now.differs, [
    { key: 'onDeleted', inForce: 'disable', configured: 'remove' },
    { key: 'excludeUsers', inForce: [ida], configured: [] },
  ]);
  const said = /has set counts, and the configuration differs in onDeleted, excludeUsers/;
  assert.ok(stack.service('reconciler').lines.some((line) => said.test(line)));
  const { policySet } = JSON.parse((await statusOf(stack)).output);
  assert.deepEqual([policySet.by, policySet.differs], [by, ['onDeleted', 'excludeUsers']]);

  assert.equal((await editing('reset', '--yes')).number, 3);
  await waitUntil('nobody to be held', async () => (await whomItHolds(stack)).length === 0);
  assert.deepEqual([(await inForce()).from, (await inForce()).differs], ['configuration', []]);
  assert.equal((await editing('reset', '--yes')).number, null, 'it is so already');
  assert.deepEqual(await states(), { ann: true, bob: true, eve: true, ida: true });
  const audit = await connector(stack, 'audit');
  assert.match(audit, /came into force +policy policy +.*excludeUsers.*CN=ida/);
});

/** The status; other problems don't matter. */
async function statusOf(stack: Stack) {
  await using command = stack.command('status', '--json');
  await command.ended;
  return { output: command.output };
}

test('an edit that makes no sense is refused with what to write, and nothing changes', async () => {
  const { stack, inForce } = await company();
  await using _ = stack;
  for (const [args, said] of [
    [['set', 'onDeleted=wipe', '--yes'], /policy\.onDeleted: must be one of disable, remove, delete, nothing/],
    [['set', 'onDelted=remove', '--yes'], /policy\.onDelted: unknown key; did you mean onDeleted\?/],
    [['set', 'guard.maxLeavers=-1', '--yes'], /policy\.guard\.maxLeavers/],
    [['set', 'guard=5', '--yes'], /policy\.guard: must be a group of keys/],
    [['set', 'excludeUsers=[CN=Ann,OU=Staff]', '--yes'], /neither a whole DN nor a sAMAccountName/],
    [['set', 'onDeleted', '--yes'], /isn't key=value/],
    [['set', 'groupFilter=[Wanted', '--yes'], /the value of groupFilter is no YAML/],
    [['set', 'onDeleted=remove'], /say --yes or --dry-run/],
    [['set', '--yes'], /set takes key=value/],
    [['rollback', '7', '--yes'], /there is no policy 7: see "connector policy history"/],
    [['rollback', '--yes'], /rollback takes a number/],
    [['erase'], /Allowed choices are get, history, set, rollback, reset/],
    [['get', '--yes'], /--yes and --dry-run are for set, rollback and reset/],
  ] as const) {
    await using command = stack.command('policy', ...args);
    const code = await command.ended;
    assert.ok(code === 1 || code === 2, `${args.join(' ')}: ${command.output}`);
    assert.match(command.output, said);
  }
  assert.equal((await inForce()).number, 1);
});
