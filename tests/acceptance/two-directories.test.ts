/** Two domains, one tenant: each goes by itself, and people are told apart by their directory. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { connector } from './held.ts';

const address = (name: string) => `${name}@company.test`;

/** An OU of people in a domain, all of them in one group. */
async function found(
  admin: DirectoryAdmin,
  { baseDn }: SambaDomain,
  { names, group = 'Sales' }: { readonly names: readonly string[]; readonly group?: string },
): Promise<string> {
  await admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${baseDn}`;
  for (const name of names) await admin.createUser({ name, ou, mail: address(name) });
  await admin.createGroup({ name: group, ou, members: names.map((name) => `CN=${name},${ou}`) });
  return ou;
}

/** The domains corp and other, in this order in the configuration. */
async function twoDomains(scope: AsyncDisposableStack) {
  const stack = scope.use(await Stack.create({ policy: { memberships: 'all' } }));
  const other = scope.use(await SambaDomain.create({ dir: join(stack.dir, 'other'), realm: 'OTHER.TEST' }));
  const account = await other.createServiceAccount({ name: 'svc-lastpass', password: 'Secret123!svc' });
  const otherAdmin = scope.use(new DirectoryAdmin(other));
  const section = (id: string, { ldapsUrl, caFile, baseDn }: SambaDomain, bindDn: string) => ({
    id,
    urls: [ldapsUrl],
    bindDn,
    bindPassword: 'Secret123!svc',
    tls: { caFile },
    userBases: [`OU=Staff,${baseDn}`],
    groupBases: [`OU=Staff,${baseDn}`],
  });
  const ours = `CN=svc-lastpass,CN=Users,${stack.domain.baseDn}`;
  await stack.configure({ directories: [section('corp', stack.domain, ours), section('other', other, account.dn)] });
  return { stack, other, otherAdmin };
}

test('two domains fill one tenant once both are read, groups of one name are one, and then neither waits for the other', async () => {
  await using scope = new AsyncDisposableStack();
  const { stack, other, otherAdmin } = await twoDomains(scope);
  const ou = await found(stack.admin, stack.domain, { names: ['ann', 'bob'] });
  const otherOu = await found(otherAdmin, other, { names: ['eve', 'ida', 'bob'] });
  await other.stop();
  stack.startAll();
  const state = () => stack.simulator.state();
  const usernames = async () => (await state()).users.map(({ username }) => username).sort();
  const isRead = async (id: string) => (await stack.store.redis.get(stack.keys.directory(id).mirrorState)) !== null;
  await waitUntil('one domain to be read', () => isRead('corp'));
  await waitUntil('the reason why nothing is planned', async () => {
    await using status = stack.command('status');
    await status.ended;
    return status.output.includes("the first full read of the directory other isn't complete yet");
  });
  assert.deepEqual(await usernames(), []);
  await other.start();
  await connector(stack, 'sync', '--full');
  const everybody = ['ann', 'bob', 'eve', 'ida'].map(address); // both domains have a bob, who gets one account
  assert.deepEqual(await usernames(), everybody);
  assert.deepEqual((await state()).groups['Sales']?.toSorted(), everybody);
  assert.match(await connector(stack, 'aside'), /its account belongs to the directory corp/);

  const disabled = async (name: string) =>
    (await state()).users.find(({ username }) => username === address(name))?.disabled === true;
  await other.kill();
  await stack.admin.createUser({ name: 'kim', ou, mail: address('kim') });
  await waitUntil('a joiner of the domain that is there', async () => (await usernames()).includes(address('kim')));
  await stack.admin.disable(`CN=ann,${ou}`);
  await waitUntil('a leaver of the domain that is there', () => disabled('ann'));
  assert.deepEqual([await disabled('eve'), await disabled('ida')], [false, false]);
  await other.start();
  await otherAdmin.delete(`CN=ida,${otherOu}`);
  await waitUntil('a leaver of the other', () => disabled('ida'));
});

test('somebody who moves from one domain to the other keeps the account: in either order of the domains, and of coming and going', async () => {
  await using scope = new AsyncDisposableStack();
  const { stack, other, otherAdmin } = await twoDomains(scope);
  const corp = { id: 'corp', admin: stack.admin, group: 'Sales', ou: '' };
  const labs = { id: 'other', admin: otherAdmin, group: 'Labs', ou: '' };
  corp.ou = await found(stack.admin, stack.domain, { names: ['ann', 'bob', 'kim'], group: corp.group });
  labs.ou = await found(otherAdmin, other, { names: ['eve', 'ida', 'lea'], group: labs.group });
  stack.startAll();
  await connector(stack, 'sync', '--full');
  const accounts = async () => {
    const { users } = await stack.simulator.state();
    return users.map(({ username, id, disabled, groups = [] }) => ({ username, id, disabled, groups }));
  };
  const before = await accounts();
  assert.deepEqual(
    before.map(({ username }) => username).sort(),
    ['ann', 'bob', 'eve', 'ida', 'kim', 'lea'].map(address),
  );

  const ofName = (name: string) => (of: typeof corp) => `CN=${name},${of.ou}`;
  const arrive = async (name: string, to: typeof corp): Promise<void> => {
    await to.admin.createUser({ name, ou: to.ou, mail: address(name) });
    await to.admin.addMember(`CN=${to.group},${to.ou}`, ofName(name)(to));
  };
  /** The account of somebody is in use, in the group of their domain, and linked to whom that has. */
  const isAt = async (name: string, { id, admin, group, ou }: typeof corp): Promise<boolean> => {
    const account = (await accounts()).find(({ username }) => username === address(name));
    const holder = await stack.store.redis.hget(stack.keys.linked, address(name));
    const guid = await admin.guidOf(`CN=${name},${ou}`);
    return holder === `${id}/${guid}` && account?.disabled === false && account.groups.join() === group;
  };
  for (const [name, from, to] of [
    ['ann', corp, labs],
    ['ida', labs, corp],
  ] as const) {
    await from.admin.delete(ofName(name)(from));
    await waitUntil(`${name} to be gone`, async () =>
      (await accounts()).some(({ username, disabled }) => username === address(name) && disabled),
    );
    await arrive(name, to);
    await waitUntil(`${name} to have come`, () => isAt(name, to));
  }
  for (const [name, from, to] of [
    ['kim', corp, labs],
    ['lea', labs, corp],
  ] as const) {
    await arrive(name, to);
    await waitUntil(`${name} to be in both`, async () =>
      (await connector(stack, 'aside')).includes(`its account belongs to the directory ${from.id}`),
    );
    assert.ok(await isAt(name, from), 'nothing changes before they go');
    await from.admin.delete(ofName(name)(from));
    await waitUntil(`${name} to have come`, () => isAt(name, to));
  }
  const idsOf = (list: typeof before) => list.map(({ username, id }) => `${username} ${id}`).sort();
  assert.deepEqual(idsOf(await accounts()), idsOf(before), 'these are the same accounts');
  const { welcomeEmails } = await stack.simulator.state();
  assert.deepEqual(new Set(Object.values(welcomeEmails).map(({ length }) => length)), new Set([1]));
  assert.doesNotMatch(await connector(stack, 'aside'), /company\.test/);
});
