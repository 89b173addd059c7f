/**
 * Redis has lost everything, while the services were stopped or ran, and the directory went on. LastPass tells the attribs of the
 * accounts that were created, or it doesn't, so that links are found again by mail only.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmFirstRun } from '@connector/sync/plan/first-run.ts';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { connector, heldPeople } from './held.ts';

const mailOf = (name: string) => `${name}@example.test`;
const staff = 'Staff';
/** Who has an account already when the connector comes. */
const adopted = ['bob', 'hal', 'kai'];
const created = ['ann', 'cat', 'dan', 'eve', 'fay', 'gus', 'ivy', 'lea'];
const strangers = ['owner', 'auditor'].map((name) => `${name}@elsewhere.test`);

/** A group that nobody is in. */
const alone = 'Alone';

const tenant = {
  users: [
    ...adopted.map((name) => ({ username: mailOf(name), fullname: name, groups: [] })),
    { username: strangers[0], fullname: 'The Owner', admin: true, groups: ['Vault Admins'] },
    { username: strangers[1], fullname: 'Auditor', groups: [staff] },
  ],
  groups: { [alone]: [] },
};

interface LossOptions {
  /** Whether LastPass tells the attribs of accounts. */
  readonly attribs: 'returned' | 'left-out';
  /** What the services do when Redis loses everything. */
  readonly services?: 'stopped' | 'running';
}

/** In sync, with cat, dan and eve disabled by us, kai by an administrator; then Redis loses everything. */
async function lostAll({ attribs, services = 'stopped' }: LossOptions) {
  const stack = await Stack.create({
    policy: { groupFilter: [staff], guard: { firstCreates: 0, maxLeavers: 100 } },
  });
  try {
    const { admin, domain, simulator, store } = stack;
    const ou = `OU=People,${domain.baseDn}`;
    await admin.createOu({ name: 'People' });
    const dn = (name: string) => `CN=${name},${ou}`;
    for (const name of [...adopted, ...created]) await admin.createUser({ name, ou, mail: mailOf(name) });
    const group = await admin.createGroup({ name: staff, ou, members: [...adopted, ...created].map(dn) });
    await simulator.seed(tenant);
    await simulator.settings({ attribs });
    await confirmFirstRun(store);
    stack.startAll();
    await stack.settled();
    for (const name of ['cat', 'dan']) await admin.disable(dn(name));
    await admin.delete(dn('eve'));
    await simulator.byHand('disableuser', [mailOf('kai')]);
    await stack.settled();
    const before = new Map((await simulator.state()).users.map((user) => [user.username, user]));
    assert.deepEqual(
      [...before.values()]
        .filter(({ disabled }) => disabled)
        .map(({ username }) => username)
        .sort(),
      ['cat', 'dan', 'eve', 'kai'].map(mailOf),
    );
    if (services === 'stopped') await stack.stopAll();
    await store.redis.flushall();
    return { stack, dn, ou, group, before, since: await simulator.lastCall() };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

type Lost = Awaited<ReturnType<typeof lostAll>>;

/** What goes on in the directory meanwhile. */
async function meanwhile({ stack: { admin }, dn, ou, group }: Lost): Promise<void> {
  await admin.enable(dn('dan'));
  for (const name of ['fay', 'hal']) await admin.delete(dn(name));
  await admin.modify(dn('gus'), { mail: mailOf('gustav') });
  await admin.modify(dn('ivy'), { displayName: 'Ivy Renamed' });
  await admin.removeMember(group, dn('lea'));
  await admin.addMember(group, await admin.createUser({ name: 'jim', ou, mail: mailOf('jim') }));
}

async function heldAre({ stack }: Lost, ...names: string[]): Promise<void> {
  const expected = names.map(mailOf).sort();
  await waitUntil(`held to be ${expected}`, async () => {
    const held = [...(await heldPeople(stack)).keys()].sort();
    if (held.join() !== expected.join()) throw new Error(`held are ${held}`);
    return true;
  });
  await stack.settled();
}

const drifted = async (stack: Stack) => {
  const { drift, perhapsOurs } = JSON.parse(await connector(stack, 'drift', '--json'));
  const usernames = (list: { username: string }[]) => list.map(({ username }) => username).sort();
  return { drift: usernames(drift), perhapsOurs: usernames(perhapsOurs) };
};

/** Nobody got a second e-mail, and strangers are what they were. */
async function assertNoHarm({ stack, before }: Lost): Promise<void> {
  const { users, welcomeEmails, groups } = await stack.simulator.state();
  const mailed = Object.entries(welcomeEmails).map(([username, times]) => `${username} ${times.length}`);
  assert.deepEqual(mailed.sort(), created.map((name) => `${mailOf(name)} 1`).sort());
  for (const username of strangers)
    assert.deepEqual(
      users.find((user) => user.username === username),
      before.get(username),
    );
  assert.deepEqual(groups[alone], []);
}

const disabledOf = async ({ stack }: Lost, name: string) =>
  (await stack.simulator.state()).users.find(({ username }) => username === mailOf(name))?.disabled;

test('found again through attribs: nobody twice, who left is held, who disabled whom is asked', async () => {
  const lost = await lostAll({ attribs: 'returned' });
  const { stack, since } = lost;
  await using _ = stack;
  await meanwhile(lost);
  const preview = JSON.parse(await connector(stack, 'preview', '--json'));
  stack.startAll();
  await stack.settled();
  await heldAre(lost, 'dan', 'fay', 'jim', 'lea');
  assert.deepEqual(
    preview.held.map(({ username }: { username: string }) => username).sort(),
    ['dan', 'fay', 'jim', 'lea'].map(mailOf),
    'a preview on the empty Redis says the same',
  );

  const sent = await stack.simulator.writes(since);
  assert.deepEqual(sent.map(({ cmd }) => cmd).sort(), ['updateemail', 'updateuser'], 'gus and ivy follow AD');
  const held = await heldPeople(stack);
  assert.match(held.get(mailOf('fay'))?.heldBecause ?? '', /was deleted in Active Directory, and .*lost.*attribs/);
  assert.equal(held.get(mailOf('fay'))?.name, 'fay');
  assert.match(held.get(mailOf('dan'))?.heldBecause ?? '', /who has disabled the account isn't known any more/);
  assert.match(held.get(mailOf('jim'))?.heldBecause ?? '', /firstCreates/);
  assert.deepEqual(await drifted(stack), {
    drift: ['dan', 'kai'].map(mailOf),
    perhapsOurs: [strangers[1], mailOf('hal')].sort(),
  });
  await assertNoHarm(lost);

  await connector(stack, 'release', mailOf('fay'), mailOf('dan'));
  await stack.settled();
  assert.deepEqual([await disabledOf(lost, 'fay'), await disabledOf(lost, 'dan')], [true, false]);
  await stack.admin.disable(lost.dn('dan'));
  await stack.settled();
  await stack.admin.enable(lost.dn('dan'));
  await stack.settled();
  assert.equal(await disabledOf(lost, 'dan'), false, 'from now on it is remembered again');
  await heldAre(lost, 'jim', 'lea');
});

test('lost while the services run: they begin anew by themselves', async () => {
  const lost = await lostAll({ attribs: 'returned', services: 'running' });
  const { stack, since } = lost;
  await using _ = stack;
  await stack.admin.delete(lost.dn('fay'));
  await stack.settled();
  await heldAre(lost, 'fay');
  assert.deepEqual(await stack.simulator.writes(since), []);
  await assertNoHarm(lost);
});

test('found again by mail only: nobody twice, nobody taken anything from, and what may be ours is listed', async () => {
  const lost = await lostAll({ attribs: 'left-out' });
  const { stack, since } = lost;
  await using _ = stack;
  await meanwhile(lost);
  stack.startAll();
  await stack.settled();
  // By mail alone gus can't be told from somebody new: firstCreates, here 0, is what asks before a second account.
  await heldAre(lost, 'gustav', 'jim');
  assert.deepEqual(
    (await stack.simulator.writes(since)).map(({ cmd }) => cmd),
    ['updateuser'],
  );
  assert.deepEqual(await drifted(stack), {
    drift: ['dan', 'kai'].map(mailOf),
    perhapsOurs: [strangers[1], ...['eve', 'fay', 'gus', 'hal', 'lea'].map(mailOf)].sort(),
  });
  await assertNoHarm(lost);
});
