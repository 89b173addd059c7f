/**
 * LastPass carries out a disabling after it was asked what became of it, and listed the account as enabled: it was the connector all
 * the same. Chaos found it (SEED=457681286): Redis restarted while the call was under way, so that all accounts were read just then.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Link, link } from '@connector/shared/plan.ts';
import { accountOf, person, Reconciling, user } from './reconciling.ts';

const account = (disabled: boolean) => ({
  ...accountOf({ username: 'u2@example.test', fullname: 'User 2', groups: [] }),
  id: 'id-2',
  disabled,
});

/** Person 2 is there, and a disabling was sent for them in between; the accounts are read before and after it is carried out. */
async function stepsAfter(sent: Partial<Link>): Promise<string[]> {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(account(false));
  await reconciling.fullRead(user(2));
  const { redis, keys } = reconciling.store;
  const before = link.parse(JSON.parse((await redis.hget(keys.links, person(2))) ?? ''));
  await redis.hset(keys.links, person(2), JSON.stringify({ ...before, disabledByUs: true, ...sent }));
  await redis.hdel(keys.accounts, 'u2@example.test'); // so that the list tells something new
  await reconciling.listed(account(false));
  await reconciling.listed(account(true));
  await reconciling.reconcile();
  return (await reconciling.stepsOf(2)).filter((kind) => kind !== 'rename');
}

test('while it may still arrive a list with the account enabled says nothing', async () => {
  assert.deepEqual(await stepsAfter({ settlesAtMs: Date.now() + 60_000 }), ['enable']);
});

test('when it can not arrive any more, whoever disables the account later is not the connector', async () => {
  assert.deepEqual(await stepsAfter({ settlesAtMs: Date.now() - 1 }), []);
  assert.deepEqual(await stepsAfter({}), []);
});

test('a reading of all accounts settles what nobody is sent to ask for: in manual mode, say', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.listed(account(false));
  await reconciling.fullRead(user(2));
  const { redis, keys } = reconciling.store;
  const before = link.parse(JSON.parse((await redis.hget(keys.links, person(2))) ?? ''));
  const removed = { ...before, removedByUs: true, settlesAtMs: Date.now() + 60_000 };
  await redis.hset(keys.links, person(2), JSON.stringify(removed));
  await reconciling.listed();
  assert.ok(await redis.hget(keys.links, person(2)), 'it may yet come');
  await redis.hset(keys.links, person(2), JSON.stringify({ ...removed, settlesAtMs: Date.now() - 1 }));
  await reconciling.listed();
  await reconciling.reconcile();
  assert.equal(await redis.hget(keys.links, person(2)), null);
  assert.deepEqual(await reconciling.stepsOf(2), ['create']);
});
