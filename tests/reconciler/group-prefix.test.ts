/** Groups of one name in two directories: one LastPass group, or, with `groupPrefix`, one of each; and what another prefix makes of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { policy, policyVersion } from '@connector/shared/policy.ts';
import { countHeldRenames, decideRename, followGroups, renamedGroups } from '@connector/sync/plan/group-renames.ts';
import { readSnapshot } from '@connector/sync/requests/outstanding.ts';
import { group, patch, person, personIn, Reconciling, root, user } from './reconciling.ts';

type Rules = Parameters<typeof Reconciling.create>[0];

/** Twelve people in the group Sales of corp, and one in that of labs. */
const [first, last] = [20, 31];
const ofCorp = Array.from({ length: last - first + 1 }, (_, index) => first + index);
const inCorp = person(first);
const inLabs = personIn('labs', 3);
const groupOfCorp = person(10);

async function read(reconciling: Reconciling): Promise<void> {
  await reconciling.readDirectory('corp', ...ofCorp.map((each) => user(each)), group(10, 'Sales', ofCorp));
  await reconciling.readDirectory('labs', user(3), group(11, 'Sales', [3]));
  await reconciling.settle();
}

const company = (rules: Rules = { memberships: 'all' }, prefixes: Readonly<Record<string, string>> = {}) =>
  Reconciling.create(rules, {
    directories: ['corp', 'labs'],
    begin: async (reconciling) => {
      await reconciling.changePrefixes(prefixes);
      await read(reconciling);
    },
  });

/** Both have their accounts, and are in their groups. */
async function inSync(rules?: Rules, prefixes?: Readonly<Record<string, string>>): Promise<Reconciling> {
  const reconciling = await company(rules, prefixes);
  await reconciling.deliverAll();
  await read(reconciling);
  return reconciling;
}

const created = async (reconciling: Reconciling, who: PersonKey) =>
  (await reconciling.planOfKey(who))?.steps.flatMap((step) => (step.kind === 'create' ? step.groups : []));

/** What somebody is to join (+) and to leave (-). */
async function changes(reconciling: Reconciling, who: PersonKey): Promise<string[]> {
  const { steps = [] } = (await reconciling.planOfKey(who)) ?? {};
  return steps.flatMap((step) => {
    if (step.kind === 'join-groups') return step.groups.map((name) => `+${name}`);
    return step.kind === 'leave-groups' ? step.groups.map((name) => `-${name}`) : [step.kind];
  });
}

/** Follows the groups, plans and judges, and makes true at LastPass what may be delivered. */
async function sweep(reconciling: Reconciling): Promise<void> {
  await followGroups(reconciling.planning, Date.now());
  await reconciling.settle();
  await deliver(reconciling);
  await reconciling.settle();
}

/** Makes true at LastPass what may be delivered; its people are planned again. */
async function deliver(reconciling: Reconciling): Promise<void> {
  const { store } = reconciling;
  const { redis, keys } = store;
  for (const who of await reconciling.toDeliver()) {
    const made = await reconciling.planOfKey(who);
    const raw = await redis.hget(keys.accounts, made?.username ?? '');
    if (made === null || raw === null) continue;
    const before = account.parse(JSON.parse(raw));
    const groups = new Set(before.groups);
    for (const step of made.steps) {
      if (step.kind === 'join-groups') for (const name of step.groups) groups.add(name);
      if (step.kind === 'leave-groups') for (const name of step.groups) groups.delete(name);
    }
    await store.commit({
      guards: [],
      writes: [
        ['HSET', keys.accounts, made.username, JSON.stringify({ ...before, groups: [...groups] })],
        ['ZREM', keys.toDeliver, who],
        ...touch(keys, [who]),
      ],
    });
  }
}

const groupsOf = async ({ store }: Reconciling, number: number): Promise<readonly string[]> =>
  account.parse(JSON.parse((await store.redis.hget(store.keys.accounts, `u${number}@example.test`)) ?? '')).groups;

test('groups of one name are one LastPass group; a prefix gives each directory its own, by whose AD names the filter goes on', async () => {
  await using union = await company();
  assert.deepEqual([await created(union, inCorp), await created(union, inLabs)], [['Sales'], ['Sales']]);
  await using prefixed = await company({ groupFilter: ['Sales'] }, { corp: 'CORP ' });
  assert.deepEqual([await created(prefixed, inCorp), await created(prefixed, inLabs)], [['CORP Sales'], ['Sales']]);
});

test('nobody is planned where another prefix is configured, and none is the same as before there were any', () => {
  const bases = { id: 'corp', userBases: [], groupBases: [] };
  const version = (groupPrefix?: string) =>
    policyVersion(policy.parse({}), [{ ...bases, ...(groupPrefix === undefined ? {} : { groupPrefix }) }]);
  assert.equal(version(''), version());
  assert.notEqual(version('CORP '), version());
  assert.notEqual(version('CORP '), version('LABS '));
});

test('a new prefix renames the groups that there are: held, nobody joins or leaves any; released, all join, then leave, and the guard lets them', async () => {
  await using reconciling = await inSync();
  await reconciling.changePrefixes({ corp: 'CORP ' });
  await read(reconciling);
  assert.deepEqual([await changes(reconciling, inCorp), await changes(reconciling, inLabs)], [[], []]);
  await sweep(reconciling);
  assert.deepEqual([await changes(reconciling, inCorp), await changes(reconciling, inLabs)], [[], []]);
  const [held, ...others] = await renamedGroups(reconciling.store);
  assert.deepEqual(
    [held?.group, held?.name, held?.to, held?.verdict, others],
    [groupOfCorp, 'Sales', 'CORP Sales', 'held', []],
  );
  assert.match(held?.because ?? '', /after groupPrefix/);

  await decideRename(reconciling.store, groupOfCorp, { to: 'CORP Sales', verdict: 'released', by: 'test' });
  await reconciling.settle();
  assert.deepEqual([await changes(reconciling, inCorp), await changes(reconciling, inLabs)], [['+CORP Sales'], []]);
  await sweep(reconciling);
  assert.deepEqual(await groupsOf(reconciling, first), ['Sales', 'CORP Sales']);
  await followGroups(reconciling.planning, Date.now());
  for (let planned = 0; planned < 2; planned++) await reconciling.planAll();
  await followGroups(reconciling.planning, Date.now()); // a sweep before the guard has spoken
  await reconciling.judge();
  assert.deepEqual(await reconciling.held(), [], 'that all of them leave is what was released');
  await sweep(reconciling);
  assert.deepEqual(await groupsOf(reconciling, first), ['CORP Sales']);
  assert.deepEqual(await groupsOf(reconciling, 3), ['Sales']);
  assert.deepEqual([await changes(reconciling, inCorp), await changes(reconciling, inLabs)], [[], []]);
});

test('a prefix that is gone again before anybody has spoken drops off, and so does one that was rejected', async () => {
  await using reconciling = await inSync();
  await reconciling.changePrefixes({ corp: 'CORP ' });
  await read(reconciling);
  await sweep(reconciling);
  await decideRename(reconciling.store, groupOfCorp, { to: 'CORP Sales', verdict: 'rejected', by: 'test' });
  await sweep(reconciling);
  assert.deepEqual(await changes(reconciling, inCorp), []);
  await reconciling.changePrefixes({});
  await read(reconciling);
  await sweep(reconciling);
  assert.deepEqual([await renamedGroups(reconciling.store), await changes(reconciling, inCorp)], [[], []]);
});

test('a released rename comes to its end while another directory is in the midst of a read, but not while its own is', async () => {
  for (const [id, moved] of [
    ['labs', ['-Sales']],
    ['corp', []],
  ] as const) {
    await using reconciling = await inSync();
    await reconciling.changePrefixes({ corp: 'CORP ' });
    await read(reconciling);
    await sweep(reconciling);
    await decideRename(reconciling.store, groupOfCorp, { to: 'CORP Sales', verdict: 'released', by: 'test' });
    await reconciling.settle();
    await deliver(reconciling);
    await reconciling.planAll();
    const change = patch(id === 'labs' ? 3 : last, { sn: 'Meyer' });
    await reconciling.appendTo(id, { type: 'changes', changes: [change], caughtUp: false });
    await reconciling.applyAll();
    for (let swept = 0; swept < 2; swept++) {
      await followGroups(reconciling.planning, Date.now());
      await reconciling.planAll();
    }
    assert.deepEqual(await changes(reconciling, inCorp), moved, id);
    await reconciling.judge();
    assert.deepEqual(await reconciling.held(), []);
  }
});

test('of a group that is deleted no rename is left, whatever somebody has said about it, and nothing is waited for', async () => {
  for (const verdict of [null, 'released', 'rejected'] as const) {
    await using reconciling = await inSync();
    await reconciling.changePrefixes({ corp: 'CORP ' });
    await read(reconciling);
    await sweep(reconciling);
    const { store } = reconciling;
    const to = 'CORP Sales';
    if (verdict !== null) await decideRename(store, groupOfCorp, { to, verdict, by: 'test' });
    await sweep(reconciling);
    await reconciling.changesIn('corp', patch(10, { deleted: true, kind: 'group' }));
    await followGroups(reconciling.planning, Date.now());
    const watched = { directories: ['corp', 'labs'], policy: reconciling.planning.policy };
    const { toMove } = await readSnapshot(store, watched, Date.now());
    assert.deepEqual([toMove, await countHeldRenames(store), await renamedGroups(store)], [0, 0, []], `${verdict}`);
  }
});

test('a rename of a group of a directory that was never read stays', async () => {
  await using reconciling = await inSync();
  await reconciling.changePrefixes({ corp: 'CORP ' });
  await read(reconciling);
  await sweep(reconciling);
  const { store } = reconciling;
  const state = store.keys.directory('corp').mirrorState;
  const raw = (await store.redis.get(state)) ?? '';
  await store.redis.del(state);
  await followGroups(reconciling.planning, Date.now());
  await store.redis.set(state, raw);
  assert.equal(await countHeldRenames(store), 1);
});

test('with a prefix a LastPass group of the bare name is a stranger, and one of the prefixed name is AD’s as soon as AD has it', async () => {
  await using reconciling = await inSync(undefined, { corp: 'CORP ' });
  const { redis, keys } = reconciling.store;
  const before = account.parse(JSON.parse((await redis.hget(keys.accounts, `u${first}@example.test`)) ?? ''));
  const groups = ['CORP Sales', 'corp deals', 'Deals'];
  await redis.hset(keys.accounts, before.username, JSON.stringify({ ...before, groups }));
  await reconciling.changesIn('corp', patch(first, { sn: 'Meyer' }));
  assert.deepEqual(await changes(reconciling, inCorp), []);
  await reconciling.changesIn('corp', group(12, 'Deals', [], { parent: patch(root, {}).guid }));
  assert.deepEqual(await changes(reconciling, inCorp), ['-corp deals']);
});

test('a group that only another directory has is AD’s too: whoever was put into it by hand leaves it', async () => {
  await using reconciling = await inSync();
  const { redis, keys } = reconciling.store;
  const before = account.parse(JSON.parse((await redis.hget(keys.accounts, `u${first}@example.test`)) ?? ''));
  await redis.hset(keys.accounts, before.username, JSON.stringify({ ...before, groups: ['Sales', 'Research'] }));
  await reconciling.changesIn('labs', group(12, 'Research', []));
  assert.deepEqual(await changes(reconciling, inCorp), ['-Research']);
});
