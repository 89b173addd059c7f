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

/** An OU of people in a domain, all of them in the group Sales. */
async function found(admin: DirectoryAdmin, { baseDn }: SambaDomain, names: readonly string[]): Promise<string> {
  await admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${baseDn}`;
  for (const name of names) await admin.createUser({ name, ou, mail: address(name) });
  await admin.createGroup({ name: 'Sales', ou, members: names.map((name) => `CN=${name},${ou}`) });
  return ou;
}

test('two domains fill one tenant once both are read, groups of one name are one, and then neither waits for the other', async () => {
  await using scope = new AsyncDisposableStack();
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
  const ou = await found(stack.admin, stack.domain, ['ann', 'bob']);
  const otherOu = await found(otherAdmin, other, ['eve', 'ida', 'bob']);
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
  assert.deepEqual(await usernames(), ['ann', 'eve', 'ida'].map(address));
  assert.deepEqual((await state()).groups['Sales']?.toSorted(), ['ann', 'eve', 'ida'].map(address));

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
