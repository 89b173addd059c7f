/** Redis has lost everything: links are found again by what LastPass and the directory say, and nothing that isn't proved is guessed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import { type Link, link, setAside } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import { askForForgotten } from '@connector/sync/mirror/forgotten-people.ts';
import { decideAll } from '../../services/console/src/held/decide.ts';
import { readHeld } from '../../services/console/src/held/held-people.ts';
import { accountOf, group, guid, person, Reconciling, user } from './reconciling.ts';

/** The account that a connector made for somebody before. */
const made = (number: number, changes: Partial<Account> = {}): Account => ({
  ...accountOf({ username: `u${number}@example.test`, fullname: `User ${number}`, groups: [] }),
  id: `id-${number}`,
  objectGuid: guid(number),
  directory: 'corp',
  ...changes,
});
/** One that the connector adopted, or whose attribs LastPass doesn't tell. */
const plain = (number: number, changes: Partial<Account> = {}): Account =>
  made(number, { objectGuid: null, directory: null, ...changes });

const linkOf = async ({ store }: Reconciling, number: number): Promise<Link | null> =>
  parseStored(link, store.keys.links, await store.redis.hget(store.keys.links, person(number))).value;

const reasonOf = async ({ store }: Reconciling, number: number): Promise<string | undefined> =>
  parseStored(setAside, store.keys.setAside, await store.redis.hget(store.keys.setAside, person(number))).value?.reason;

const heldBecause = async (reconciling: Reconciling, number: number) => (await reconciling.planOf(number))?.heldBecause;

/** What the watcher answers to a look-up. */
const lookedUp = (reconciling: Reconciling, answer: { deleted?: true; absent?: true }, ...numbers: number[]) =>
  reconciling.append({
    type: 'looked-up',
    changes: numbers.map((number) => ({ guid: guid(number), complete: false, ...answer })),
  });

async function releaseAll({ store }: Reconciling): Promise<void> {
  await decideAll(store, await readHeld(store), { verdict: 'released', by: 'test', atMs: Date.now() });
}

test('everybody is linked again, by attribs or by mail, and nobody is created', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(made(10), plain(11));
  await reconciling.fullRead(user(10), user(11));
  assert.deepEqual((await linkOf(reconciling, 10))?.id, 'id-10');
  assert.deepEqual((await linkOf(reconciling, 11))?.id, 'id-11');
  assert.deepEqual([await reconciling.toDeliver(), await reconciling.held()], [[], []]);
});

test('whose mail changed meanwhile has no second account: theirs gets the new address', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(made(10));
  await reconciling.fullRead(user(10, { mail: 'new@example.test' }));
  assert.deepEqual(await reconciling.stepsOf(10), ['change-email']);
  assert.equal((await reconciling.planOf(10))?.username, 'u10@example.test');
  assert.equal((await linkOf(reconciling, 10))?.id, 'id-10');
});

test('an account goes to whom it was created for, not to who has its address by now', async () => {
  for (const order of [
    [10, 11],
    [11, 10],
  ]) {
    await using reconciling = await Reconciling.create();
    await reconciling.listed(made(10));
    await reconciling.beginFullRead([user(10, { mail: 'new@example.test' }), user(11, { mail: 'u10@example.test' })]);
    await reconciling.append({ type: 'listed', generation: 1 }, { type: 'end', generation: 1 });
    await reconciling.applyAll();
    for (const number of order) await reconciling.plan(person(number));
    await reconciling.reconcile();
    assert.equal(await linkOf(reconciling, 11), null);
    assert.match(
      (await reasonOf(reconciling, 11)) ?? '',
      /u10@example.test (was created for|is linked to) another person/,
    );
    assert.equal((await linkOf(reconciling, 10))?.id, 'id-10');
  }
});

test('the attribs of somebody deleted keep nobody from the address that was theirs', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(made(10));
  await reconciling.beginFullRead([user(11, { mail: 'u10@example.test' })]);
  await reconciling.append({ type: 'listed', generation: 1 });
  await lookedUp(reconciling, { deleted: true }, 10);
  await reconciling.append({ type: 'end', generation: 1 });
  await reconciling.reconcile();
  assert.equal((await linkOf(reconciling, 11))?.id, 'id-10');
  assert.deepEqual([await linkOf(reconciling, 10), await reconciling.held()], [null, []]);
});

test('somebody restored does not get back an account that has passed on', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(made(10));
  await reconciling.fullRead(user(11, { mail: 'u10@example.test' }));
  assert.equal((await linkOf(reconciling, 11))?.id, 'id-10');
  await reconciling.changes(user(10, { mail: 'restored@example.test' }));
  assert.deepEqual([await linkOf(reconciling, 10), await reconciling.stepsOf(10)], [null, ['create']]);
  assert.equal((await linkOf(reconciling, 11))?.id, 'id-10');
});

test('of two accounts that were created for somebody none is taken, until one of them is gone', async () => {
  await using reconciling = await Reconciling.create();
  const one = made(10, { username: 'one@example.test' });
  const other = made(10, { username: 'other@example.test', id: 'id-other' });
  await reconciling.listed(one, other);
  await reconciling.fullRead(user(10));
  assert.match((await reasonOf(reconciling, 10)) ?? '', /one@example.test and other@example.test/);
  assert.deepEqual([await linkOf(reconciling, 10), await reconciling.planOf(10)], [null, null]);
  await reconciling.listed(other);
  await reconciling.reconcile();
  assert.equal((await linkOf(reconciling, 10))?.id, 'id-other');
  assert.equal(await reasonOf(reconciling, 10), undefined);
});

test('attribs of another directory, and what another product keeps there, mean nothing', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(made(10, { directory: 'elsewhere' }), made(11, { directory: null }));
  await reconciling.fullRead(user(10), user(11, { mail: 'new@example.test' }));
  assert.equal((await linkOf(reconciling, 10))?.id, 'id-10');
  assert.deepEqual([await linkOf(reconciling, 11), await reconciling.stepsOf(11)], [null, ['create']]);
});

for (const accountsFirst of [true, false])
  test(`whoever was deleted is looked up and held, the accounts read ${accountsFirst ? 'before' : 'after'} the directory`, async () => {
    await using reconciling = await Reconciling.create();
    if (accountsFirst) {
      await reconciling.listed(made(10), made(11), plain(12));
      await reconciling.beginFullRead([user(11)]);
      await reconciling.append({ type: 'listed', generation: 1 });
      await reconciling.applyAll();
      assert.deepEqual(await reconciling.lookups(), [guid(10)]);
      await lookedUp(reconciling, { deleted: true }, 10);
      await reconciling.append({ type: 'end', generation: 1 });
    } else {
      await reconciling.fullRead(user(11));
      await reconciling.listed(made(10), made(11), plain(12));
      assert.deepEqual(await askForForgotten(reconciling.store, 'corp'), [guid(10)]);
      assert.deepEqual(await reconciling.lookups(), [guid(10)]);
      await lookedUp(reconciling, { deleted: true }, 10);
    }
    await reconciling.reconcile();
    assert.deepEqual(await reconciling.held(), [person(10)]);
    assert.equal((await reconciling.planOf(10))?.name, 'User 10');
    assert.match((await heldBecause(reconciling, 10)) ?? '', /was deleted .*remembered was lost.*attribs/);
    assert.deepEqual(await askForForgotten(reconciling.store, 'corp'), [], 'asked for once');
    assert.deepEqual(await reconciling.toDeliver(), []);

    await reconciling.fullRead(user(11)); // the tombstone stays known, and the person held
    assert.deepEqual([await reconciling.held(), await reconciling.lookups()], [[person(10)], []]);
    await releaseAll(reconciling);
    await reconciling.reconcile();
    assert.deepEqual(await reconciling.toDeliver(), [person(10)]);
    assert.deepEqual(await reconciling.stepsOf(10), ['disable']);
  });

test('whom the directory neither has nor proves deleted is held as absent', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(made(10), made(11));
  await reconciling.beginFullRead([user(20), group(30, 'Staff', [99])]);
  await reconciling.append({ type: 'listed', generation: 1 });
  await lookedUp(reconciling, { absent: true }, 10, 99);
  await reconciling.append({ type: 'end', generation: 1 });
  await reconciling.reconcile();
  await lookedUp(reconciling, { absent: true }, 11);
  await reconciling.reconcile();
  assert.deepEqual(await reconciling.held(), [person(10), person(11)]);
  for (const number of [10, 11]) assert.match((await heldBecause(reconciling, number)) ?? '', /not proved deleted/);
  assert.equal(await reconciling.planOf(99), null);
});

test('whoever left the scope meanwhile is held, and drops off when they are back', async () => {
  await using reconciling = await Reconciling.create({ groupFilter: ['Staff'] });
  await reconciling.listed(made(10), made(11), plain(12));
  await reconciling.fullRead(user(10), user(11), user(12), group(30, 'Staff', [11]));
  assert.deepEqual(await reconciling.held(), [person(10)]);
  assert.equal(await linkOf(reconciling, 12), null, 'nothing proves that it was ours');
  await reconciling.changes(group(30, 'Staff', [10, 11]));
  assert.deepEqual(await reconciling.held(), []);
  assert.equal((await linkOf(reconciling, 10))?.regained, undefined);
});

test('who disabled an account is asked where attribs prove that it is ours, and not guessed otherwise', async () => {
  await using reconciling = await Reconciling.create();
  const disabled = { disabled: true };
  await reconciling.listed(made(10, disabled), made(11, disabled), plain(12, disabled), made(13, disabled));
  await reconciling.fullRead(user(10), user(11, { userAccountControl: 514 }), user(12), user(13));
  assert.deepEqual(await reconciling.held(), [person(10), person(13)]);
  assert.deepEqual(await reconciling.toDeliver(), []);
  const [first, second] = await readHeld(reconciling.store);
  assert.ok(first && second);
  await decideAll(reconciling.store, [first], { verdict: 'released', by: 'test', atMs: Date.now() });
  await decideAll(reconciling.store, [second], { verdict: 'rejected', by: 'test', atMs: Date.now() });
  await reconciling.reconcile();
  assert.deepEqual([await reconciling.toDeliver(), await reconciling.held()], [[first.person], []]);

  await reconciling.changes(user(11));
  assert.deepEqual(await reconciling.held(), [person(11)], 'enabled in AD later, it is asked as well');
});

test('who says that an account stays disabled is not asked again with the next change, and says nothing of its groups', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(made(10, { disabled: true, groups: ['Sales', 'Staff'] }), made(11));
  await reconciling.fullRead(user(10), user(11), group(30, 'Staff', [10, 11]), group(31, 'Sales', [10]));
  const shown = async () => (await readHeld(reconciling.store)).map(({ steps }) => steps.map(({ kind }) => kind));
  await reconciling.changes(group(31, 'Sales', []));
  assert.deepEqual(await shown(), [['enable']]);
  const held = await readHeld(reconciling.store);
  await decideAll(reconciling.store, held, { verdict: 'rejected', by: 'test', atMs: Date.now() });
  await reconciling.reconcile();
  assert.deepEqual([await shown(), await reconciling.stepsOf(10)], [[], ['leave-groups']]);
  assert.equal((await linkOf(reconciling, 10))?.regained, undefined);
  await reconciling.changes(group(30, 'Staff', [11]));
  assert.deepEqual([await shown(), await reconciling.stepsOf(10)], [[], ['leave-groups']]);
});

test('whoever is deleted before anybody was linked again is held as well', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(made(10));
  await reconciling.beginFullRead([user(10)]);
  await reconciling.append({ type: 'listed', generation: 1 }, { type: 'end', generation: 1 });
  await reconciling.applyAll();
  await reconciling.changes({ guid: guid(10), complete: false, deleted: true });
  assert.deepEqual(await reconciling.held(), [person(10)]);
});

test('whom attribs name is noted as long as an account says so', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(made(10));
  await reconciling.fullRead(user(10));
  const { redis, keys } = reconciling.store;
  assert.equal(await redis.zcard(keys.attested), 1);
  await reconciling.listed(made(10, { objectGuid: guid(11) }));
  assert.deepEqual(await redis.zrange(keys.attested, '0', '-1'), [`${person(11)}\0u10@example.test`]);
  await reconciling.listed();
  assert.equal(await redis.zcard(keys.attested), 0, 'nothing is left of accounts that are gone');
});
