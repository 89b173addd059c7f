/** A renamed AD group: LastPass can't rename, so it is held until a person has spoken; nobody else waits with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack, type StackOptions } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { connector } from './held.ts';

const names = Array.from({ length: 14 }, (_, index) => `p${String(index).padStart(2, '0')}`);
const mailOf = (name: string): string => `${name}@company.test`;

type Renamed = { name: string; to: string; verdict: string; because: string; members: number };

/** Fourteen people in the group Sales, in sync. A stranger is in it, too. */
async function company(options: Pick<StackOptions, 'sync'> = {}) {
  const stack = await Stack.create({ policy: { memberships: 'all' }, ...options });
  const { admin, domain } = stack;
  await admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${domain.baseDn}`;
  const members: string[] = [];
  for (const name of names) {
    await admin.createUser({ name, ou, mail: mailOf(name) });
    members.push(`CN=${name},${ou}`);
  }
  await admin.createGroup({ name: 'Sales', ou, members });
  await stack.simulator.seed({ users: [{ username: 'stranger@else.test', groups: ['Sales'] }] });
  stack.startAll();
  if (options.sync === undefined) await stack.settled();
  else await stack.planned();
  const membersOf = async (group: string) => [...((await stack.simulator.state()).groups[group] ?? [])].sort();
  const json = async (...args: string[]) => JSON.parse(await connector(stack, ...args, '--json'));
  const heldGroups = async () => (await json('held')).groups as Renamed[];
  const isHeld = () => waitUntil('the renamed group to be held', async () => (await heldGroups()).length === 1);
  return { stack, ou, membersOf, json, heldGroups, isHeld };
}
const everybody = names.map(mailOf);
const withStranger = [...everybody, 'stranger@else.test'].sort();

test('is held with the reason, and its members stay as they are, while joiners and leavers of it go on by the old name', async () => {
  const { stack, ou, membersOf, heldGroups, isHeld } = await company();
  await using _ = stack;
  const since = await stack.simulator.lastCall();
  await stack.admin.rename(`CN=Sales,${ou}`, 'Revenue');
  await stack.settled();
  await isHeld();
  const [held] = await heldGroups();
  assert.deepEqual([held?.name, held?.to, held?.members], ['Sales', 'Revenue', 14]);
  assert.match(held?.because ?? '', /LastPass can't rename a group, and shared folders and policies hang on its name/);
  assert.deepEqual(await stack.simulator.writes(since), []);

  await stack.admin.createUser({ name: 'new', ou, mail: mailOf('new') });
  await stack.admin.addMember(`CN=Revenue,${ou}`, `CN=new,${ou}`);
  await stack.admin.removeMember(`CN=Revenue,${ou}`, `CN=p00,${ou}`);
  await stack.admin.disable(`CN=p01,${ou}`);
  await stack.settled();
  const changed = withStranger.filter((mail) => mail !== mailOf('p00'));
  assert.deepEqual(await membersOf('Sales'), [...changed, mailOf('new')].sort());
  const leaver = (await stack.simulator.state()).users.find(({ username }) => username === mailOf('p01'));
  assert.equal(leaver?.disabled, true, 'a leaver does not wait');
  assert.deepEqual(await membersOf('Revenue'), []);
});

test('a group of the new name that somebody has made by hand is left alone while the rename is held', async () => {
  const { stack, ou, membersOf, isHeld } = await company();
  await using _ = stack;
  const byHand = [mailOf('p02'), mailOf('p03')];
  await stack.simulator.byHand(
    'batchchangegrp',
    byHand.map((username) => ({ username, add: ['Revenue'], del: [] })),
  );
  await connector(stack, 'sync');
  const since = await stack.simulator.lastCall();
  await stack.admin.rename(`CN=Sales,${ou}`, 'Revenue');
  await stack.settled();
  await isHeld();
  await connector(stack, 'sync', '--full');
  assert.deepEqual([await membersOf('Revenue'), await stack.simulator.writes(since)], [byHand, []]);
});

test('in manual mode one sync takes a released rename to its end, as the preview has shown', async () => {
  const { stack, ou, membersOf, isHeld, json } = await company({ sync: { mode: 'manual' } });
  await using _ = stack;
  await connector(stack, 'sync');
  await stack.admin.rename(`CN=Sales,${ou}`, 'Revenue');
  await stack.planned();
  await isHeld();
  await connector(stack, 'release', 'Sales');
  const { sent } = await json('preview');
  const steps = sent.map((person: { steps: { kind: string }[] }) => person.steps.map(({ kind }) => kind));
  assert.deepEqual(
    steps,
    names.map(() => ['join-groups', 'leave-groups']),
  );
  const { summary } = await json('sync');
  assert.deepEqual(summary.delivered, { 'join-groups': 14, 'leave-groups': 14 });
  assert.deepEqual([await membersOf('Revenue'), await membersOf('Sales')], [everybody, ['stranger@else.test']]);
});

test('released, all join the new name before anybody leaves the old, and the stranger stays', async () => {
  const { stack, ou, membersOf, heldGroups, isHeld, json } = await company();
  await using _ = stack;
  await stack.admin.rename(`CN=Sales,${ou}`, 'Revenue');
  await stack.settled();
  await isHeld();
  const since = await stack.simulator.lastCall();
  const { groups } = await json('release', 'sales');
  assert.deepEqual([groups[0].name, groups[0].to, groups[0].outcome], ['Sales', 'Revenue', 'released']);
  await waitUntil('the old name to be left', async () => (await membersOf('Sales')).length === 1);
  await stack.settled();
  assert.deepEqual([await membersOf('Revenue'), await membersOf('Sales')], [everybody, ['stranger@else.test']]);
  const changes = (await stack.simulator.writes(since)).flatMap(({ cmd, data }) => {
    assert.equal(cmd, 'batchchangegrp');
    return data as { add: string[]; del: string[] }[];
  });
  const firstLeave = changes.findIndex(({ del }) => del.length > 0);
  assert.deepEqual(
    changes.slice(0, firstLeave).map(({ add, del }) => [add, del]),
    everybody.map(() => [['Revenue'], []]),
  );
  assert.deepEqual(
    changes.slice(firstLeave).map(({ add, del }) => [add, del]),
    everybody.map(() => [[], ['Sales']]),
  );
  assert.deepEqual(await heldGroups(), []);
  assert.deepEqual((await json('held')).held, [], 'leaving the old name is what was released');
});

test('renamed back it drops off; rejected it keeps the old name, until it is renamed once more', async () => {
  const { stack, ou, membersOf, heldGroups, isHeld } = await company();
  await using _ = stack;
  const since = await stack.simulator.lastCall();
  await stack.admin.rename(`CN=Sales,${ou}`, 'Revenue');
  await stack.settled();
  await isHeld();
  await stack.admin.rename(`CN=Revenue,${ou}`, 'Sales');
  await waitUntil('the group to drop off', async () => (await heldGroups()).length === 0);
  await stack.admin.rename(`CN=Sales,${ou}`, 'Revenue');
  await isHeld();
  await connector(stack, 'reject', 'Revenue');
  const verdicts = async () => (await heldGroups()).map(({ verdict }) => verdict);
  assert.deepEqual(await verdicts(), ['rejected']);
  await connector(stack, 'sync', '--full');
  assert.deepEqual(await verdicts(), ['rejected']);
  assert.deepEqual([await membersOf('Sales'), await stack.simulator.writes(since)], [withStranger, []]);
  await stack.admin.rename(`CN=Revenue,${ou}`, 'Income');
  await waitUntil('the new name to be held', async () => (await verdicts())[0] === 'held');
  assert.equal((await heldGroups())[0]?.to, 'Income');
});
