/**
 * Moving over from the LastPass Active Directory Connector, as docs/moving-over.md tells it: people in one root, their
 * group in another, and a tenant that the old connector has filled.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { Stack } from '../support/stack.ts';
import { connector } from './held.ts';
import { usernamesIn } from './world.ts';

const address = (name: string) => `${name}@company.test`;
const known = ['ann', 'bob', 'eve', 'ida', 'kim', 'pat', 'uma'];
const disabledInAd = ['eve', 'uma'];
const joiners = ['lea', 'max', 'tom'];

/** What the old connector and the administrators have left at LastPass. */
const tenant = {
  users: [
    {
      username: address('ann'),
      fullname: 'ann',
      groups: ['LastPassUsers', 'Finance'],
      sites: 40,
      last_login: '2026-01-02 03:04:05',
    },
    { username: address('bob'), fullname: 'Bob before the wedding', groups: ['LastPassUsers'] },
    { username: address('eve'), fullname: 'eve', groups: ['LastPassUsers'] },
    { username: address('ida'), fullname: 'ida', groups: ['LastPassUsers'], disabled: true },
    { username: address('pat'), fullname: 'pat', groups: ['LastPassUsers', 'Sales', 'Finance'] },
    { username: address('uma'), fullname: 'uma', groups: ['LastPassUsers'], disabled: true },
    { username: 'owner@elsewhere.test', fullname: 'The Owner', admin: true, groups: ['LastPassUsers', 'Finance'] },
    { username: 'guest@elsewhere.test', fullname: 'Guest' },
    { username: address('former'), fullname: 'Was deleted in AD long ago', groups: ['LastPassUsers'] },
  ],
  invited: [address('kim')],
};
const untouched = ['ann', 'ida', 'uma', 'former'].map(address).concat('owner@elsewhere.test');

describe('moving over', () => {
  let stack: Stack;
  const users = async () => new Map((await stack.simulator.state()).users.map((user) => [user.username, user]));
  const json = async (...args: string[]) => JSON.parse(await connector(stack, ...args, '--json'));

  before(async () => {
    stack = await Stack.create({
      policy: { groupFilter: ['LastPassUsers', 'Sales'], guard: { firstCreates: 1 } },
      directory: (base) => ({
        userBases: [`OU=ActiveUsers,${base}`],
        groupBases: [`OU=Security,OU=Groups,${base}`],
      }),
    });
    const { admin, domain, simulator } = stack;
    await admin.createOu({ name: 'ActiveUsers' });
    await admin.createOu({ name: 'Groups' });
    await admin.createOu({ name: 'Security', above: `OU=Groups,${domain.baseDn}` });
    const ou = `OU=ActiveUsers,${domain.baseDn}`;
    for (const name of [...known, ...joiners])
      await admin.createUser({ name, ou, mail: address(name), disabled: disabledInAd.includes(name) });
    await admin.createGroup({
      name: 'LastPassUsers',
      ou: `OU=Security,OU=Groups,${domain.baseDn}`,
      members: [...known, ...joiners].map((name) => `CN=${name},${ou}`),
    });
    await admin.createGroup({ name: 'Sales', ou: `OU=Security,OU=Groups,${domain.baseDn}` });
    await simulator.seed(tenant);
  });
  after(() => stack[Symbol.asyncDispose]());

  it('check tells of the right to see deletions where it is missing, and is content once it is there', async () => {
    const { domain } = stack;
    const blind = await domain.createServiceAccount({
      name: 'svc-blind',
      password: 'Secret123!svc',
      seesDeleted: false,
    });
    const { directories } = JSON.parse(await readFile(stack.configFile, 'utf8'));
    await stack.configure({ directories: [{ ...directories[0], bindDn: blind.dn }] });
    await using check = stack.command('check');
    assert.equal(await check.ended, 1);
    assert.match(
      check.output,
      /^failure +directory corp: .*dsacls "CN=Deleted Objects,.*\/G "EXAMPLE\\svc-blind:LCRP"$/m,
    );
    await stack.configure({ directories });
    assert.match(await connector(stack, 'check'), /^ok +directory corp: deletions are to be seen/m);
  });

  it('the preview tells, before any service has run, who is renamed, disabled, created, held and taken from a group', async () => {
    const shown = await json('preview');
    const steps = (list: { username: string; steps: { kind: string }[] }[]) =>
      list.flatMap(({ username, steps: some }) => some.map(({ kind }) => `${username} ${kind}`)).sort();
    const created = [...shown.sent, ...shown.held].filter(({ username }) => joiners.map(address).includes(username));
    assert.deepEqual(
      steps(created),
      joiners.map((name) => `${address(name)} create`),
    );
    assert.equal(shown.held.length, 2);
    assert.deepEqual(
      steps(shown.sent).filter((line) => !line.endsWith(' create')),
      [`${address('bob')} rename`, `${address('eve')} disable`, `${address('pat')} leave-groups`],
    );
    assert.deepEqual(await stack.simulator.writes(), []);
  });

  it('existing accounts are adopted: no second one, no e-mail, and a call only for what differs', async () => {
    const was = await users();
    stack.startAll();
    await stack.settled();
    const is = await users();
    for (const name of untouched) assert.deepEqual(is.get(name), was.get(name));
    assert.equal(is.get(address('bob'))?.fullname, 'bob');
    assert.equal(is.get(address('bob'))?.id, was.get(address('bob'))?.id);
    assert.equal(is.get(address('eve'))?.disabled, true);
    assert.deepEqual(is.get(address('pat'))?.groups?.toSorted(), ['Finance', 'LastPassUsers']);
    const { welcomeEmails, invited } = await stack.simulator.state();
    assert.equal(Object.keys(welcomeEmails).length, 1, 'only the first joiner is welcomed');
    assert.deepEqual(invited, tenant.invited);
    const named = new Set((await stack.simulator.writes()).flatMap(usernamesIn));
    assert.deepEqual(
      untouched.filter((name) => named.has(name)),
      [],
    );
    assert.equal(await stack.store.redis.hlen(stack.keys.links), known.length + 1);
  });

  it('the other joiners come once the first run is confirmed', async () => {
    await connector(stack, 'sync', '--confirm-first');
    const is = await users();
    for (const name of joiners) assert.ok(is.has(address(name)), `${name} has no account`);
  });

  it('what a person changes by hand in a group that AD owns is put back; other groups and strangers are theirs', async () => {
    const { simulator } = stack;
    await simulator.byHand('batchchangegrp', [
      { username: address('ann'), add: ['Marketing'], del: ['LastPassUsers', 'Finance'] },
      { username: 'guest@elsewhere.test', add: ['LastPassUsers'], del: [] },
    ]);
    const { summary } = await json('sync');
    assert.deepEqual(summary.delivered, { 'join-groups': 1 });
    assert.deepEqual((await users()).get(address('ann'))?.groups?.toSorted(), ['LastPassUsers', 'Marketing']);
  });

  it('whom the old connector had disabled stays so when they are back in AD, and drift lists them', async () => {
    const { admin, domain } = stack;
    for (const name of disabledInAd) await admin.enable(`CN=${name},OU=ActiveUsers,${domain.baseDn}`);
    await stack.settled();
    const is = await users();
    assert.deepEqual([is.get(address('eve'))?.disabled, is.get(address('uma'))?.disabled], [false, true]);
    const { drift } = await json('drift');
    assert.deepEqual(drift.map(({ username, kind }: Record<string, string>) => `${username} ${kind}`).sort(), [
      `${address('ida')} disabled`,
      `${address('uma')} disabled`,
    ]);
  });

  it('the way back: once the services are stopped nothing is sent any more, and all accounts are as they were', async () => {
    await stack.stopAll();
    const was = await stack.simulator.state();
    const since = await stack.simulator.lastCall();
    await stack.admin.disable(`CN=ann,OU=ActiveUsers,${stack.domain.baseDn}`);
    assert.deepEqual(await stack.simulator.calls(since), []);
    assert.deepEqual(await stack.simulator.state(), was);
  });
});
