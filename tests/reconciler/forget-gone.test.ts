/** Redis keeps nothing of people and accounts that are gone, or it would grow with everybody who ever had one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOf, person, Reconciling, user } from './reconciling.ts';

const ann = accountOf({ username: 'u2@example.test', fullname: 'User 2', groups: [] });

test('a reading of all accounts forgets who is gone, and nothing of anybody who is there or under way', async () => {
  await using reconciling = await Reconciling.create();
  const { redis, keys } = reconciling.store;
  await reconciling.fullRead(user(2), user(3));
  await reconciling.haveAccount(2, 'User 2');
  await redis.hset(keys.linkedIds, { [ann.id ?? '']: person(2), 77: person(8), 78: person(9) });
  await redis.hset(keys.accountChanges, {
    [ann.username]: '1',
    'gone@example.test': '1',
    'later@example.test': '999999',
  });
  await redis.zadd(keys.attested, 0, `${person(9)}\0gone@example.test`, 0, `${person(2)}\0${ann.username}`);
  await redis.hset(keys.touched, { [person(8)]: '5', [person(9)]: '5' });
  await redis.hset(keys.intents, person(8), '{}');
  await redis.hset(keys.lastOperations, {
    [person(3)]: '[1]',
    [person(8)]: '[2]',
    [person(9)]: '[3]',
    [person(10)]: '[4]',
  });
  const write = { url: 'ldaps://dc1', host: 'dc1' };
  await redis.hset(keys.userKeysAt, {
    [person(2)]: JSON.stringify({ ...write, atMs: Date.now() }),
    [person(3)]: JSON.stringify({ ...write, atMs: Date.now() - 25 * 3_600_000 }),
  });
  const own = { ...ann, objectGuid: person(2).split('/')[1] ?? '', directory: 'corp' };
  await reconciling.listed(own);
  assert.deepEqual(await redis.hgetall(keys.linkedIds), { [ann.id ?? '']: person(2) });
  assert.deepEqual(await redis.hkeys(keys.accountChanges), ['later@example.test']);
  assert.deepEqual(await redis.zrange(keys.attested, '0', '-1'), [`${person(2)}\0${ann.username}`]);
  assert.deepEqual((await redis.hkeys(keys.touched)).sort(), [person(2), person(3), person(8)].sort());
  assert.deepEqual(await redis.hkeys(keys.userKeysAt), [person(2)], 'the other has come to all domain controllers');
  assert.deepEqual((await redis.hkeys(keys.lastOperations)).sort(), [person(3), person(8)].sort());
});
