import assert from 'node:assert/strict';
import { test } from 'node:test';
import { container, group, guid, patch, person, Reconciling, user } from './reconciling.ts';

test('somebody moved into a container that comes later is held until it is known, and then needs nothing', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.fullRead(user(2));
  await reconciling.deliverAll();
  await reconciling.changes(patch(2, { parent: guid(7) }));
  assert.match((await reconciling.planOf(2))?.mustHold ?? '', /not read yet/);
  await reconciling.changes(container(7, 'OU=New'));
  assert.deepEqual([await reconciling.stepsOf(2), await reconciling.toDeliver()], [[], []]);
});

test('nobody is planned from half of what one read told: it may be a state that never was', async () => {
  await using reconciling = await Reconciling.create({ groupFilter: ['Staff'] });
  await reconciling.fullRead(user(2), user(3), group(10, 'Staff', []), group(11, 'Team', [2]));
  await reconciling.append({
    type: 'changes',
    changes: [patch(10, { members: { mode: 'delta', add: [guid(11)], remove: [] } }), patch(3, { sn: 'New' })],
    caughtUp: false,
  });
  await reconciling.reconcile();
  assert.deepEqual(await reconciling.stepsOf(2), [], 'a member of Team still, it seems, and of Staff already');
  await reconciling.changes(patch(11, { members: { mode: 'delta', add: [guid(3)], remove: [guid(2)] } }));
  assert.deepEqual([await reconciling.stepsOf(2), await reconciling.stepsOf(3)], [[], ['create']]);
});

test('members by primary group follow what happens to that group', async () => {
  await using reconciling = await Reconciling.create({ groupFilter: ['Staff'] });
  await reconciling.fullRead(
    user(2, { primaryGroupId: 513 }),
    group(10, 'Staff', []),
    group(11, 'Domain Users', [], { rid: 513 }),
  );
  assert.deepEqual(await reconciling.stepsOf(2), []);
  await reconciling.changes(patch(10, { members: { mode: 'delta', add: [guid(11)], remove: [] } }));
  assert.deepEqual(await reconciling.stepsOf(2), ['create']);
});

test('somebody restored is found again below their container', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.fullRead(container(5, 'OU=Sales'), user(2, { parent: guid(5) }));
  await reconciling.deliverAll();
  await reconciling.changes(patch(2, { deleted: true }));
  await reconciling.changes(user(2, { parent: guid(5) }));
  await reconciling.append({ type: 'changes', changes: [patch(5, { rdn: 'OU=Renamed' })], caughtUp: true });
  const applied = await reconciling.applyNext();
  assert.ok(typeof applied === 'object' && 'people' in applied);
  assert.deepEqual(applied.people, [person(2)]);
});

test('a new person takes a deleted one’s account over only when no call about it is under way', async () => {
  await using reconciling = await Reconciling.create();
  const { redis, keys } = reconciling.store;
  await reconciling.fullRead(user(2));
  await reconciling.deliverAll();
  await reconciling.changes(patch(2, { deleted: true }));
  await redis.hset(keys.claims, person(2), 'pusher#1');
  await reconciling.changes(user(3, { mail: 'u2@example.test' }));
  assert.equal(await redis.hget(keys.linked, 'u2@example.test'), person(2));
  assert.notEqual(await redis.zscore(keys.toPlan, person(3)), null, 'dropped from the list instead of waiting');
  await redis.hdel(keys.claims, person(2));
  await reconciling.reconcile();
  assert.equal(await redis.hget(keys.linked, 'u2@example.test'), person(3));
  assert.equal(await redis.hget(keys.links, person(2)), null);
});

test('nobody is planned for an address that somebody else’s create may be making', async () => {
  await using reconciling = await Reconciling.create();
  const { redis, keys } = reconciling.store;
  await reconciling.fullRead();
  await redis.hset(keys.creating, 'u2@example.test', person(9));
  await reconciling.changes(user(2));
  assert.deepEqual(await reconciling.stepsOf(2), []);
  await redis.hdel(keys.creating, 'u2@example.test');
  await reconciling.reconcile();
  assert.deepEqual(await reconciling.stepsOf(2), ['create']);
});

test('whoever can not be told enabled from disabled is set aside', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.fullRead(user(2, { userAccountControl: null }));
  assert.deepEqual(await reconciling.stepsOf(2), []);
  assert.match(
    (await reconciling.store.redis.hget(reconciling.store.keys.setAside, person(2))) ?? '',
    /userAccountControl/,
  );
});

test('an account that its person has renamed by logging in is not adopted by whoever has that address now', async () => {
  await using reconciling = await Reconciling.create();
  const { redis, keys } = reconciling.store;
  const account = {
    fullname: 'User 2',
    disabled: false,
    admin: false,
    groups: [],
    invited: false,
    objectGuid: null,
    directory: null,
  };
  await redis.hset(
    keys.accounts,
    'u2@example.test',
    JSON.stringify({ ...account, username: 'u2@example.test', id: '77' }),
  );
  await reconciling.fullRead(user(2));
  assert.equal(await redis.hget(keys.linked, 'u2@example.test'), person(2));
  // What was asked for by mistake takes effect, and is read before the link follows:
  await redis.hset(
    keys.accounts,
    'wrong@example.test',
    JSON.stringify({ ...account, username: 'wrong@example.test', id: '77' }),
  );
  await reconciling.changes(user(3, { mail: 'wrong@example.test' }));
  assert.equal(await redis.hget(keys.links, person(3)), null);
  assert.match((await redis.hget(keys.setAside, person(3))) ?? '', /is linked to another person/);
});

test('whoever was in a group that is deleted leaves the LastPass group of that name, as AD owned it; and no other', async () => {
  await using reconciling = await Reconciling.create({ memberships: 'all' });
  await reconciling.fullRead(user(2), group(3, 'Crew', [2]));
  await reconciling.deliverAll();
  const { redis, keys } = reconciling.store;
  const [raw = ''] = await redis.hvals(keys.accounts);
  await reconciling.listed({ ...JSON.parse(raw), groups: ['Crew', 'By hand'] });
  await reconciling.changes(patch(3, { deleted: true }));
  const steps = (await reconciling.planOf(2))?.steps.map(({ because: _, ...step }) => step);
  assert.deepEqual(steps, [{ kind: 'leave-groups', groups: ['Crew'] }]);
});
