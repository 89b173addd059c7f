import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { container, group, guid, patch, person, Reconciling, user } from './reconciling.ts';

suite('somebody missing from a complete read', () => {
  async function withoutUser2() {
    const reconciling = await Reconciling.create();
    await reconciling.fullRead(user(2), user(3));
    await reconciling.deliverAll();
    const generation = await reconciling.beginFullRead([user(3)]);
    await reconciling.append({ type: 'listed', generation });
    await reconciling.reconcile();
    return { reconciling, generation };
  }

  test('is looked up, and nothing happens to them before', async () => {
    const { reconciling } = await withoutUser2();
    await using _ = reconciling;
    assert.deepEqual(await reconciling.lookups(), [guid(2)]);
    assert.deepEqual(await reconciling.stepsOf(2), []);
  });

  test('leaves when a tombstone proves it', async () => {
    const { reconciling, generation } = await withoutUser2();
    await using _ = reconciling;
    await reconciling.append(
      { type: 'looked-up', changes: [patch(2, { deleted: true })] },
      { type: 'end', generation },
    );
    await reconciling.reconcile();
    assert.deepEqual(await reconciling.stepsOf(2), ['disable']);
    assert.deepEqual(await reconciling.toDeliver(), [person(2)]);
    assert.deepEqual(await reconciling.lookups(), []);
  });

  test('is held when nothing proves it', async () => {
    const { reconciling, generation } = await withoutUser2();
    await using _ = reconciling;
    await reconciling.append({ type: 'looked-up', changes: [patch(2, { absent: true })] }, { type: 'end', generation });
    await reconciling.reconcile();
    assert.deepEqual(await reconciling.held(), [person(2)]);
    assert.deepEqual(await reconciling.toDeliver(), []);
    assert.match((await reconciling.planOf(2))?.heldBecause ?? '', /not proved deleted/);
  });

  test('drops off the held ones when a later read has them again', async () => {
    const { reconciling, generation } = await withoutUser2();
    await using _ = reconciling;
    await reconciling.append({ type: 'looked-up', changes: [patch(2, { absent: true })] }, { type: 'end', generation });
    await reconciling.reconcile();
    await reconciling.fullRead(user(2), user(3));
    assert.deepEqual(await reconciling.held(), []);
    assert.deepEqual(await reconciling.stepsOf(2), []);
  });
});

test('nobody leaves a group that is missing and not proved deleted', async () => {
  await using reconciling = await Reconciling.create({ groupFilter: ['Staff'] });
  await reconciling.fullRead(user(2), group(10, 'Staff', [2]));
  await reconciling.deliverAll();
  const generation = await reconciling.beginFullRead([user(2)]);
  await reconciling.append(
    { type: 'listed', generation },
    { type: 'looked-up', changes: [patch(10, { absent: true })] },
    { type: 'end', generation },
  );
  await reconciling.reconcile();
  assert.deepEqual(await reconciling.stepsOf(2), []);
});

test('nobody leaves a group by being looked up without any: memberOf may be what the account may not read', async () => {
  await using reconciling = await Reconciling.create({ groupFilter: ['Staff'] });
  await reconciling.fullRead(user(2), group(10, 'Staff', [2]));
  await reconciling.deliverAll();
  const generation = await reconciling.beginFullRead([group(10, 'Staff', [2])]);
  await reconciling.append(
    { type: 'listed', generation },
    { type: 'looked-up', changes: [user(2, { memberOf: [] })] },
    { type: 'end', generation },
  );
  await reconciling.reconcile();
  assert.deepEqual(await reconciling.stepsOf(2), []);
});

test('somebody restored has lost their memberships, also where their deletion was not seen', async () => {
  await using reconciling = await Reconciling.create({ groupFilter: ['Staff'] });
  await reconciling.fullRead(user(2), user(3), group(10, 'Staff', [2, 3]));
  await reconciling.deliverAll();
  await reconciling.changes(user(2, { restored: true, memberOf: [] }), user(3, { memberOf: [] }));
  await reconciling.reconcile();
  assert.deepEqual(await reconciling.stepsOf(2), ['disable']);
  assert.deepEqual(await reconciling.stepsOf(3), []);
});

test('when a directory tells all of it again as if it were new, that is no news', async () => {
  await using reconciling = await Reconciling.create({ groupFilter: ['Staff'], memberships: 'all' });
  const all = [user(2), user(3), user(4), group(10, 'Staff', [2, 3]), group(11, 'Team', [4])];
  await reconciling.fullRead(...all, patch(5, { kind: 'user', deleted: true }));
  await reconciling.deliverAll();
  await reconciling.changes(container(1, 'DC=example,DC=test'), ...all, patch(5, { kind: 'user', deleted: true }));
  for (const number of [2, 3, 4, 5]) assert.deepEqual(await reconciling.stepsOf(number), [], String(number));
});

test('a full read that is not complete counts for nothing, and a new one begins afresh', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.fullRead(user(2), user(3));
  await reconciling.deliverAll();
  const abandoned = await reconciling.beginFullRead([user(2, { displayName: 'Half-read' })]);
  await reconciling.reconcile();
  assert.deepEqual(await reconciling.stepsOf(2), []);
  await reconciling.fullRead(user(2), user(3));
  await reconciling.append({ type: 'end', generation: abandoned });
  await reconciling.reconcile();
  assert.deepEqual([await reconciling.stepsOf(2), await reconciling.stepsOf(3)], [[], []]);
});

test('what changes during a full read is planned at once, and is still true after it', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.fullRead(user(2), user(3), group(10, 'Sales', [2]));
  await reconciling.deliverAll();
  const generation = await reconciling.beginFullRead([user(2), group(10, 'Sales', [2])]);
  await reconciling.changes(
    patch(2, { displayName: 'New' }),
    patch(10, { members: { mode: 'delta', add: [guid(3)], remove: [guid(2)] } }),
    patch(3, { userAccountControl: 514 }),
  );
  assert.deepEqual(await reconciling.stepsOf(2), ['rename', 'leave-groups']);
  await reconciling.append(
    { type: 'page', generation, changes: [user(3, { userAccountControl: 514 })] },
    { type: 'listed', generation },
    { type: 'end', generation },
  );
  await reconciling.reconcile();
  assert.deepEqual(await reconciling.stepsOf(2), ['rename', 'leave-groups']);
  assert.deepEqual(await reconciling.stepsOf(3), ['join-groups', 'disable']);
});

test('after a gap nothing is planned from changes until everything was read again', async () => {
  await using reconciling = await Reconciling.create({ groupFilter: ['Staff'] });
  await reconciling.fullRead(user(2), group(10, 'Staff', [2]), group(11, 'Sub', []));
  await reconciling.deliverAll();
  const all = [user(2), group(10, 'Staff', [11]), group(11, 'Sub', [2])];
  const generation = await reconciling.beginFullRead(all, { gap: true });
  await reconciling.changes(patch(10, { members: { mode: 'delta', add: [], remove: [guid(2)] } }));
  assert.deepEqual(await reconciling.stepsOf(2), []);
  await reconciling.append({ type: 'listed', generation }, { type: 'end', generation });
  await reconciling.reconcile();
  assert.deepEqual(await reconciling.stepsOf(2), []);
});

test('entries missing from the log freeze the mirror and ask for a full read', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.fullRead(user(2));
  await reconciling.deliverAll();
  reconciling.leaveHole();
  await reconciling.changes(patch(2, { deleted: true }));
  assert.deepEqual(await reconciling.stepsOf(2), []);
  assert.match((await reconciling.store.redis.hget(reconciling.store.keys.requests, 'full-read')) ?? '', /^broken-/);
  const generation = await reconciling.beginFullRead([]);
  await reconciling.append(
    { type: 'listed', generation },
    { type: 'looked-up', changes: [patch(2, { deleted: true })] },
    { type: 'end', generation },
  );
  await reconciling.reconcile();
  assert.deepEqual(await reconciling.stepsOf(2), ['disable']);
});

test('appliers side by side apply every entry once, in order', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.fullRead(user(2), group(10, 'Sales', []));
  for (let round = 0; round < 40; round++) {
    const members = {
      mode: 'delta',
      add: round % 2 === 0 ? [guid(2)] : [],
      remove: round % 2 === 0 ? [] : [guid(2)],
    } as const;
    await reconciling.append({
      type: 'changes',
      changes: [
        patch(2, { displayName: `Name ${round}` }),
        patch(10, { members: { ...members, add: [...members.add], remove: [...members.remove] } }),
      ],
      caughtUp: true,
    });
  }
  const results = await Promise.all(
    Array.from({ length: 4 }, async () => {
      let count = 0;
      for (;;) {
        const result = await reconciling.applyNext();
        if (result === 'nothing') return count;
        if (typeof result === 'object') count++;
      }
    }),
  );
  assert.equal(
    results.reduce((sum, count) => sum + count, 0),
    40,
  );
  await reconciling.planAll();
  const planned = await reconciling.planOf(2);
  assert.deepEqual(
    planned?.steps.map(({ because: _, ...step }) => step),
    [{ kind: 'create', fullname: 'Name 39', groups: [] }],
  );
});

test('renaming a container plans whoever is below it, and changes nothing', async () => {
  await using reconciling = await Reconciling.create();
  await reconciling.fullRead(
    container(5, 'OU=Sales'),
    container(6, 'OU=North', { parent: guid(5) }),
    user(2, { parent: guid(6) }),
  );
  await reconciling.deliverAll();
  await reconciling.append({ type: 'changes', changes: [patch(5, { rdn: 'OU=Renamed' })], caughtUp: true });
  const applied = await reconciling.applyNext();
  assert.ok(typeof applied === 'object' && 'people' in applied);
  assert.deepEqual(applied.people, [person(2)]);
  await reconciling.planAll();
  assert.deepEqual(await reconciling.stepsOf(2), []);
});

test('leavers are judged together once the whole read is applied and planned', async () => {
  await using reconciling = await Reconciling.create();
  const people = Array.from({ length: 24 }, (_, index) => 100 + index);
  await reconciling.fullRead(...people.map((number) => user(number)));
  await reconciling.deliverAll();
  const leave = (numbers: readonly number[]) => numbers.map((number) => patch(number, { deleted: true }));
  await reconciling.append({ type: 'changes', changes: leave(people.slice(0, 6)), caughtUp: false });
  await reconciling.reconcile();
  assert.deepEqual(
    [await reconciling.toDeliver(), await reconciling.held()],
    [[], []],
    'judged in the middle of a read',
  );
  await reconciling.append({ type: 'changes', changes: leave(people.slice(6, 12)), caughtUp: true });
  await reconciling.applyAll();
  await reconciling.judge();
  assert.deepEqual(
    [await reconciling.toDeliver(), await reconciling.held()],
    [[], []],
    'judged before everybody was planned',
  );
  await reconciling.planAll();
  await reconciling.judge();
  assert.equal((await reconciling.held()).length, 12);
  assert.deepEqual(await reconciling.toDeliver(), []);
});

test('nested groups count whole, in circles too', async () => {
  await using reconciling = await Reconciling.create({ groupFilter: ['Staff'], memberships: 'all' });
  await reconciling.fullRead(
    user(2),
    user(3),
    group(10, 'Staff', [11]),
    group(11, 'Sub', [12]),
    group(12, 'Deep', [2, 11]),
  );
  const create = (await reconciling.planOf(2))?.steps[0];
  assert.deepEqual(create?.kind === 'create' && create.groups, ['Deep', 'Staff', 'Sub']);
  assert.equal(await reconciling.planOf(3), null);
  await reconciling.deliverAll();
  await reconciling.changes(patch(11, { members: { mode: 'delta', add: [], remove: [guid(12)] } }));
  assert.deepEqual(await reconciling.stepsOf(2), ['disable']);
});
