/** Addresses become free for who waits for them, also where they aren't the mail of whoever had them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import { peopleWaitingFor } from '@connector/sync/accounts/account-changes.ts';
import { readAside, retryPerson } from '../../services/console/src/aside/aside-people.ts';
import { accountOf, guid, patch, person, Reconciling, user } from './reconciling.ts';

/** Person 2 has the account u2@example.test and another mail since, which was not asked for yet; person 4 wants that address. */
const waiting = () =>
  Reconciling.create(
    {},
    {
      begin: async (reconciling) => {
        await reconciling.fullRead(user(2), user(3));
        await reconciling.deliverAll();
        await reconciling.changes(patch(2, { mail: 'other@example.test' }), user(4, { mail: 'u2@example.test' }));
        assert.equal((await asideOf(reconciling, 4))?.kind, 'data');
      },
    },
  );

const asideOf = async ({ store }: Reconciling, number: number) =>
  (await readAside(store)).find((each) => each.person === person(number));

test('whoever waits for the address of somebody who is deleted takes the account over', async () => {
  await using reconciling = await waiting();
  await reconciling.changes(patch(2, { deleted: true }));
  await reconciling.reconcile(); // whoever had the account is planned again
  assert.equal(await asideOf(reconciling, 4), undefined);
  const { redis, keys } = reconciling.store;
  assert.equal(await redis.hget(keys.linked, 'u2@example.test'), person(4));
  assert.deepEqual([await reconciling.stepsOf(2), await reconciling.stepsOf(4)], [[], ['rename']]);
});

test('whoever could have had the address of somebody deleted has to wait for it again once they are restored', async () => {
  await using reconciling = await waiting();
  const { redis, keys } = reconciling.store;
  await redis.hdel(keys.accounts, 'u2@example.test'); // deleted by hand, so that there is nothing to take over
  await reconciling.changes(patch(4, { userAccountControl: 514 })); // and nobody to create: they are disabled
  await reconciling.changes(patch(2, { deleted: true }));
  assert.equal(await asideOf(reconciling, 4), undefined);
  await reconciling.changes(user(2, { mail: 'other@example.test', restored: true }));
  assert.equal((await asideOf(reconciling, 4))?.kind, 'data');
});

test('an account that somebody makes under the name of one that is gone goes to who has that mail by now', async () => {
  await using reconciling = await Reconciling.create({ onDeleted: 'nothing' });
  await reconciling.fullRead(user(2), user(3));
  await reconciling.deliverAll();
  const { redis, keys } = reconciling.store;
  const others = Object.values(await redis.hgetall(keys.accounts))
    .map((raw): Account => JSON.parse(raw))
    .filter(({ username }) => username !== 'u2@example.test');
  await reconciling.listed(...others); // deleted by hand
  await reconciling.changes(patch(2, { deleted: true }), user(4, { mail: 'u2@example.test', userAccountControl: 514 }));
  await reconciling.listed(...others, {
    ...accountOf({ username: 'u2@example.test', fullname: 'By hand', groups: [] }),
    id: 'another',
  });
  await reconciling.reconcile();
  assert.equal(await redis.hget(keys.linked, 'u2@example.test'), person(4));
  assert.deepEqual(await reconciling.stepsOf(4), ['rename', 'disable']);
});

test('a linked person gets the address of somebody deleted whose account is gone as well, and of nobody else', async () => {
  await using reconciling = await Reconciling.create({ onDeleted: 'nothing' });
  await reconciling.fullRead(user(2), user(3));
  await reconciling.deliverAll();
  await reconciling.haveAccount(5, 'User 5'); // whose id is known, without which nobody's address is changed
  await reconciling.haveAccount(2, 'User 2');
  await reconciling.changes(user(5, { mail: 'u5@example.test' }));
  await reconciling.changes(patch(2, { mail: 'other@example.test' }), patch(5, { mail: 'u2@example.test' }));
  assert.match((await asideOf(reconciling, 5))?.reason ?? '', /waits for the account that has it, of/);
  await reconciling.changes(patch(2, { deleted: true }));
  assert.match((await asideOf(reconciling, 5))?.reason ?? '', /waits for the account that has it, of/);
  const { redis, keys } = reconciling.store;
  await reconciling.listed(
    ...Object.values(await redis.hgetall(keys.accounts))
      .map((raw): Account => JSON.parse(raw))
      .filter(({ username }) => username !== 'u2@example.test'), // deleted by hand
  );
  await reconciling.reconcile();
  assert.equal(await asideOf(reconciling, 5), undefined);
  assert.deepEqual(await reconciling.stepsOf(5), ['change-email']);
});

/** Person 2 has asked for the address new@example.test and has another mail since; person 4, who is disabled, has it by now. */
async function asking(): Promise<Reconciling> {
  const reconciling = await Reconciling.create();
  await reconciling.fullRead(user(2));
  await reconciling.deliverAll();
  await reconciling.changes(
    patch(2, { mail: 'other@example.test' }),
    user(4, { mail: 'new@example.test', userAccountControl: 514 }),
  );
  assert.equal(await asideOf(reconciling, 4), undefined);
  return reconciling;
}

test('whoever has an address to which an account has moved waits for it: found in a list', async () => {
  await using reconciling = await asking();
  const { redis, keys } = reconciling.store;
  const listed = Object.values(await redis.hgetall(keys.accounts)).map((raw): Account => JSON.parse(raw));
  await reconciling.listed(
    ...listed.map((each) => (each.username === 'u2@example.test' ? { ...each, username: 'new@example.test' } : each)),
  );
  await reconciling.reconcile();
  assert.equal(await redis.hget(keys.linked, 'new@example.test'), person(2));
  assert.equal((await asideOf(reconciling, 4))?.kind, 'data');
});

test('whoever has an address to which an account has moved waits for it: found by a pusher', async () => {
  await using reconciling = await asking();
  const account = accountOf({ username: 'new@example.test', fullname: 'User 2', groups: [] });
  const link = { username: account.username, id: account.id, disabledByUs: false, removedByUs: false };
  const moved = [
    { person: person(2), username: 'u2@example.test', account: null, link: null },
    { person: person(2), username: account.username, account, link },
  ];
  assert.deepEqual(await peopleWaitingFor(reconciling.store, ['corp'], moved), [person(4)]);
});

test('an address that a retry sets free goes to who waited for it', async () => {
  await using reconciling = await waiting();
  const { redis, keys } = reconciling.store;
  await redis.hdel(keys.accounts, 'u2@example.test'); // deleted by hand
  await reconciling.changes(patch(2, { sn: 'Meyer' }));
  const drifted = await asideOf(reconciling, 2);
  assert.equal(drifted?.kind, 'drift');
  assert.equal(await retryPerson(reconciling.store, drifted, { directories: ['corp'], by: 'test' }), 'retried');
  await reconciling.reconcile();
  assert.deepEqual([await reconciling.stepsOf(2), await reconciling.stepsOf(4)], [['create'], ['create']]);
  assert.deepEqual(await readAside(reconciling.store), []);
});

test('an account that passed on never goes back to whom it was created for, but on to who has its address', async () => {
  await using reconciling = await Reconciling.create({ onDeleted: 'disable' });
  await reconciling.fullRead(user(2), user(3));
  await reconciling.deliverAll();
  const { redis, keys } = reconciling.store;
  const holder = () => redis.hget(keys.linked, 'u2@example.test');
  const accounts = Object.values(await redis.hgetall(keys.accounts)).map((raw): Account => JSON.parse(raw));
  const attested = { objectGuid: guid(2), directory: 'corp' };
  await reconciling.listed(
    ...accounts.map((each) => (each.username === 'u2@example.test' ? { ...each, ...attested } : each)),
  );
  await reconciling.changes(patch(2, { deleted: true }), user(4, { mail: 'u2@example.test' }));
  await reconciling.reconcile();
  assert.equal(await holder(), person(4));
  await reconciling.changes(user(2, { mail: 'other@example.test', restored: true }));
  await reconciling.changes(patch(4, { deleted: true }));
  await reconciling.reconcile();
  assert.equal(await holder(), person(4));
  await reconciling.changes(user(5, { mail: 'u2@example.test' }));
  assert.equal(await holder(), person(5));
});
