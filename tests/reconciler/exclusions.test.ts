import assert from 'node:assert/strict';
import { test } from 'node:test';
import { container, group, guid, patch, person, Reconciling, user } from './reconciling.ts';

test('an excluded user is never created, and one who becomes excluded leaves', async () => {
  await using reconciling = await Reconciling.create({ excludeUsers: ['svc-*'] });
  await reconciling.fullRead(user(2, { sAMAccountName: 'SVC-backup' }), user(3, { sAMAccountName: 'ann' }));
  assert.deepEqual([await reconciling.stepsOf(2), await reconciling.stepsOf(3)], [[], ['create']]);
  await reconciling.deliverAll();
  await reconciling.changes(patch(3, { sAMAccountName: 'svc-ann' }));
  const plan = await reconciling.planOf(3);
  assert.deepEqual(
    plan?.steps.map(({ kind, because }) => [kind, because]),
    [['disable', 'is excluded by excludeUsers (svc-*)']],
  );
  await reconciling.changes(patch(3, { sAMAccountName: 'ann' }));
  assert.deepEqual(await reconciling.stepsOf(3), []);
});

test('a user excluded by DN is so only while they lie there', async () => {
  await using reconciling = await Reconciling.create({ excludeUsers: ['*,OU=Service,DC=example,DC=test'] });
  await reconciling.fullRead(container(4, 'OU=Service'), container(5, 'OU=Staff'), user(2, { parent: guid(4) }));
  assert.deepEqual(await reconciling.stepsOf(2), []);
  await reconciling.changes(patch(2, { parent: guid(5) }));
  assert.deepEqual(await reconciling.stepsOf(2), ['create']);
});

test('whoever is in an excluded group, nested or by primary group, is out of scope', async () => {
  await using reconciling = await Reconciling.create({ excludeGroups: ['Domain Admins', 'Helpers'] });
  await reconciling.fullRead(
    group(10, 'Domain Admins', [11]),
    group(11, 'Tier 0', [2]),
    group(12, 'Helpers', [], { rid: 1200 }),
    user(2),
    user(3, { primaryGroupId: 1200 }),
    user(4),
  );
  const steps = await Promise.all([2, 3, 4].map((number) => reconciling.stepsOf(number)));
  assert.deepEqual(steps, [[], [], ['create']]);
  await reconciling.changes(patch(11, { members: { mode: 'delta', add: [guid(4)], remove: [guid(2)] } }));
  assert.deepEqual([await reconciling.stepsOf(2), await reconciling.stepsOf(4)], [['create'], []]);
});

test('an exclusion wins over groupFilter, and an excluded group becomes no LastPass group', async () => {
  await using reconciling = await Reconciling.create({
    groupFilter: ['Staff'],
    memberships: 'all',
    excludeGroups: ['sec-*'],
  });
  await reconciling.fullRead(
    group(10, 'Staff', [2, 3]),
    group(11, 'Vault', [2], { sAMAccountName: 'SEC-vault' }),
    group(12, 'Sales', [3]),
    user(2),
    user(3),
  );
  assert.deepEqual(await reconciling.stepsOf(2), []);
  const [create] = (await reconciling.planOf(3))?.steps ?? [];
  assert.deepEqual(create?.kind === 'create' ? create.groups : null, ['Sales', 'Staff']);
});

test('a changed exclusion holds whoever leaves by it, until a person says so', async () => {
  await using reconciling = await Reconciling.create({});
  await reconciling.fullRead(user(2, { sAMAccountName: 'svc-backup' }), user(3));
  await reconciling.deliverAll();
  await reconciling.changePolicy({ excludeUsers: ['svc-*'] });
  await reconciling.reconcile();
  assert.deepEqual([await reconciling.held(), await reconciling.toDeliver()], [[person(2)], []]);
});
