/** People whom two directories have, by their mail: whose the account is, and each way in which it passes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { touchExpired } from '@connector/sync/plan/expiries.ts';
import { readAside } from '../../services/console/src/aside/aside-people.ts';
import { waitUntil } from '../support/wait-until.ts';
import { accountOf, group, guid, patch, person, personIn, Reconciling, user } from './reconciling.ts';

const username = 'u2@example.test';
type Rules = Parameters<typeof Reconciling.create>[0];

/** Person 2 is in corp, and person 3 with the same mail in labs; in both is a group Staff, and who is in it. */
async function both(rules: Rules = {}, directories: readonly string[] = ['corp', 'labs']): Promise<Reconciling> {
  return Reconciling.create(
    { memberships: 'all', ...rules },
    {
      directories,
      begin: async (reconciling) => {
        await reconciling.readDirectory('corp', user(2), user(5), group(10, 'Staff', [2, 5]));
        await reconciling.readDirectory('labs', user(3, { mail: 'U2@example.test' }), group(11, 'Staff', [3]));
        await reconciling.settle();
      },
    },
  );
}

const [inCorp, inLabs] = [person(2), personIn('labs', 3)];
const holder = ({ store }: Reconciling) => store.redis.hget(store.keys.linked, username);
const asideOf = async ({ store }: Reconciling, of: string) =>
  (await readAside(store)).find((each) => each.person === of)?.reason;
const stepsOf = async (reconciling: Reconciling, of: string) =>
  (await reconciling.planOfKey(of))?.steps.map(({ kind }) => kind) ?? [];
/** What is to be done about the one in corp, and about the one in labs. */
const steps = async (reconciling: Reconciling) => [
  await stepsOf(reconciling, inCorp),
  await stepsOf(reconciling, inLabs),
];

/** The account is that of the one in corp, and as AD says. */
async function owned(rules: Rules = {}): Promise<Reconciling> {
  const reconciling = await both(rules);
  await reconciling.deliverAll();
  await reconciling.changesIn('corp', patch(2, { sn: 'Meyer' }));
  assert.equal(await holder(reconciling), inCorp);
  assert.deepEqual(await steps(reconciling), [[], []]);
  assert.match((await asideOf(reconciling, inLabs)) ?? '', /belongs to the directory corp: it passes on once/);
  return reconciling;
}

/** It was taken over, as one account, and nobody is set aside. */
async function assertPassedOn(reconciling: Reconciling): Promise<void> {
  assert.equal(await holder(reconciling), inLabs);
  const [ofCorp, ofLabs] = await steps(reconciling);
  assert.deepEqual([ofCorp, ofLabs], [[], ['rename']]);
  assert.equal(await asideOf(reconciling, inLabs), undefined);
  assert.equal(await reconciling.store.redis.hget(reconciling.store.keys.links, inCorp), null);
}

test('the directory that is listed first gets the account, whichever of them is read first, and the other is told which', async () => {
  for (const directories of [
    ['corp', 'labs'],
    ['labs', 'corp'],
  ]) {
    await using reconciling = await both({}, directories);
    const isCorp = directories[0] === 'corp';
    assert.deepEqual(await steps(reconciling), isCorp ? [['create'], []] : [[], ['create']]);
    const [owner, other] = isCorp ? [inCorp, inLabs] : [inLabs, inCorp];
    assert.equal(await asideOf(reconciling, owner), undefined);
    assert.match((await asideOf(reconciling, other)) ?? '', new RegExp(`is that of ${owner} too, and its account`));
  }
});

const disabled = [patch(2, { userAccountControl: 514 })];
const ways: Record<string, { readonly rules?: Rules; readonly go: readonly DirectoryChange[] }> = {
  'is deleted': { go: [patch(2, { deleted: true })] },
  'leaves the group filter': { rules: { groupFilter: ['Staff'] }, go: [group(10, 'Staff', [5])] },
  'is in a group that is excluded by now': {
    rules: { excludeGroups: ['Left'] },
    go: [group(12, 'Left', [2])],
  },
  'is disabled, where the policy is to remove': { rules: { onDisabled: 'remove' }, go: disabled },
  'is disabled, where the policy is to delete': { rules: { onDisabled: 'delete' }, go: disabled },
};
for (const [way, { rules = {}, go }] of Object.entries(ways))
  test(`the account passes on, and is neither disabled nor made anew, when its owner ${way}`, async () => {
    await using reconciling = await owned(rules);
    await reconciling.changesIn('corp', ...go);
    await assertPassedOn(reconciling);
  });

test('the account passes on when a full read finds that its owner has left, which tells the other directory nothing', async () => {
  await using reconciling = await owned({ groupFilter: ['Staff'] });
  await reconciling.readDirectory('corp', user(2), user(5), group(10, 'Staff', [5]));
  await reconciling.settle();
  await assertPassedOn(reconciling);
});

test('a mail that a full read finds to be free is the other’s, also where that one was planned before its owner was', async () => {
  await using reconciling = await both();
  const { store } = reconciling;
  assert.match((await asideOf(reconciling, inLabs)) ?? '', /belongs to the directory corp/);
  await store.commit({ guards: [], writes: touch(store.keys, [inCorp, inLabs]) });
  await reconciling.plan(inLabs);
  await reconciling.readDirectory('corp', user(2, { mail: 'new@example.test' }), user(5), group(10, 'Staff', [2, 5]));
  await reconciling.settle();
  assert.deepEqual(
    [await steps(reconciling), await asideOf(reconciling, inLabs)],
    [[['create'], ['create']], undefined],
  );
});

test('the account passes on when time alone lets its owner go', async () => {
  await using reconciling = await owned({ onDisabled: 'remove' });
  await reconciling.changesIn('corp', patch(2, { accountExpiresMs: Date.now() + 500 }));
  assert.equal(await holder(reconciling), inCorp);
  await waitUntil('the moment', async () => {
    const expired = await touchExpired(reconciling.store, { directories: ['corp', 'labs'], nowMs: Date.now() });
    return expired.includes(inCorp);
  });
  await reconciling.settle();
  await assertPassedOn(reconciling);
});

test('an address passes on with its owner’s other mail, once their account has that', async () => {
  await using reconciling = await owned();
  await reconciling.changesIn('corp', patch(2, { mail: 'new@example.test' }));
  assert.deepEqual(await steps(reconciling), [['change-email'], []]);
  assert.match((await asideOf(reconciling, inLabs)) ?? '', /belongs to the directory corp/);
});

test('the account stays with its owner who is disabled, where the policy keeps it', async () => {
  await using reconciling = await owned();
  await reconciling.changesIn('corp', ...disabled);
  assert.equal(await holder(reconciling), inCorp);
  assert.deepEqual(await steps(reconciling), [['disable'], []]);
});

test('the account stays with its owner who is missing, which proves nothing', async () => {
  await using reconciling = await owned();
  const generation = await reconciling.beginFullRead([user(5), group(10, 'Staff', [5])]);
  await reconciling.append(
    { type: 'listed', generation },
    { type: 'looked-up', changes: [{ guid: guid(2), complete: false, absent: true }] },
    { type: 'end', generation },
  );
  await reconciling.applyAll();
  await reconciling.settle();
  assert.equal(await holder(reconciling), inCorp);
  assert.deepEqual([await steps(reconciling), await reconciling.held()], [[['disable'], []], [inCorp]]);
});

test('nothing is done to an account before whoever may take it over is planned', async () => {
  await using reconciling = await owned({ onDisabled: 'delete' });
  await reconciling.appendTo('corp', { type: 'changes', changes: [...disabled], caughtUp: true });
  await reconciling.applyAll();
  await reconciling.store.redis.zrem(reconciling.store.keys.toPlan, inLabs); // as after a full read, which tells the other nothing
  await reconciling.plan(inCorp);
  assert.deepEqual(await stepsOf(reconciling, inCorp), ['delete']);
  await reconciling.judge();
  assert.deepEqual(await reconciling.toDeliver(), []);
  await reconciling.settle();
  await assertPassedOn(reconciling);
});

test('whoever has taken an account over keeps it when the former owner is back, and gives it back when they go', async () => {
  await using reconciling = await owned({ groupFilter: ['Staff'] });
  await reconciling.changesIn('corp', group(10, 'Staff', [5]));
  assert.equal(await holder(reconciling), inLabs);
  await reconciling.changesIn('corp', group(10, 'Staff', [2, 5]));
  assert.equal(await holder(reconciling), inLabs);
  assert.match((await asideOf(reconciling, inCorp)) ?? '', /belongs to the directory labs/);
  await reconciling.changesIn('labs', patch(3, { deleted: true }));
  assert.equal(await holder(reconciling), inCorp);
  assert.equal(await asideOf(reconciling, inCorp), undefined);
});

test('nobody is taken an account from in the midst of a read of their directory', async () => {
  await using reconciling = await owned({ groupFilter: ['Staff'] });
  await reconciling.appendTo('corp', { type: 'changes', changes: [group(10, 'Staff', [5])], caughtUp: false });
  await reconciling.applyAll();
  await reconciling.appendTo('labs', { type: 'changes', changes: [patch(3, { sn: 'Meyer' })], caughtUp: true });
  await reconciling.applyAll();
  await reconciling.plan(inCorp, inLabs);
  assert.equal(await holder(reconciling), inCorp);
  await reconciling.changesIn('corp', group(10, 'Staff', [2, 5]));
  assert.equal(await holder(reconciling), inCorp);
});

/** The owner has left, and nobody can take the account over yet. */
async function left(): Promise<Reconciling> {
  const reconciling = await owned({ groupFilter: ['Staff'] });
  await reconciling.changesIn('labs', group(11, 'Staff', []));
  await reconciling.changesIn('corp', group(10, 'Staff', [5]));
  assert.deepEqual([await holder(reconciling), await steps(reconciling)], [inCorp, [['disable'], []]]);
  return reconciling;
}

test('whoever is back at the moment at which the other one comes keeps the account, whoever is planned first', async () => {
  await using reconciling = await left();
  for (const [id, back] of [
    ['corp', group(10, 'Staff', [2, 5])],
    ['labs', group(11, 'Staff', [3])],
  ] as const)
    await reconciling.appendTo(id, { type: 'changes', changes: [back], caughtUp: true });
  await reconciling.applyAll();
  await reconciling.plan(inLabs);
  await reconciling.settle();
  assert.deepEqual([await holder(reconciling), await steps(reconciling)], [inCorp, [[], []]]);
});

test('whoever comes while something else changes about the one who has left gets the account, whoever is planned first', async () => {
  await using reconciling = await left();
  await reconciling.appendTo('corp', { type: 'changes', changes: [patch(2, { sn: 'Meyer-Lee' })], caughtUp: true });
  await reconciling.appendTo('labs', { type: 'changes', changes: [group(11, 'Staff', [3])], caughtUp: true });
  await reconciling.applyAll();
  await reconciling.plan(inLabs);
  assert.equal(await holder(reconciling), inCorp);
  await reconciling.settle();
  await assertPassedOn(reconciling);
});

test('a group that the filter names by its DN is looked for in one directory, and holds nobody of another', async () => {
  const rules = { groupFilter: ['CN=Staff,DC=example,DC=test', 'Staff', 'CN=Team,DC=example,DC=test'] };
  await using reconciling = await Reconciling.create(rules, { directories: ['corp', 'labs'] });
  await reconciling.readDirectory('corp', user(2), user(5), group(10, 'Staff', [2, 5]));
  await reconciling.readDirectory('labs', group(11, 'Staff', []), group(12, 'Team', []));
  await reconciling.settle();
  await reconciling.deliverAll();
  await reconciling.changesIn('corp', group(10, 'Staff', [5]));
  assert.deepEqual([await stepsOf(reconciling, inCorp), await reconciling.held()], [['disable'], []]);
  await reconciling.changesIn('labs', group(12, 'Crew', []));
  await reconciling.changesIn('corp', group(10, 'Staff', []));
  assert.deepEqual(await reconciling.held(), [person(5)]);
});

test('without an account, whoever is disabled leaves it to whoever is not', async () => {
  await using reconciling = await both();
  await reconciling.changesIn('corp', ...disabled);
  assert.deepEqual(await steps(reconciling), [[], ['create']]);
  await reconciling.changesIn('corp', patch(2, { userAccountControl: 512 }));
  assert.deepEqual(await steps(reconciling), [['create'], []]);
});

test('an account that we have disabled is enabled for whom it passes on to', async () => {
  await using reconciling = await owned({ onDisabled: 'disable' });
  const { redis, keys } = reconciling.store;
  await reconciling.changesIn('corp', ...disabled);
  const account = JSON.parse((await redis.hget(keys.accounts, username)) ?? '');
  const link = JSON.parse((await redis.hget(keys.links, inCorp)) ?? '');
  await redis.hset(keys.accounts, username, JSON.stringify({ ...account, disabled: true })); // as if it was delivered
  await redis.hset(keys.links, inCorp, JSON.stringify({ ...link, disabledByUs: true }));
  await reconciling.changesIn('corp', patch(2, { deleted: true }));
  assert.equal(await holder(reconciling), inLabs);
  assert.deepEqual((await steps(reconciling))[1], ['rename', 'enable']);
});

test('that somebody has refused an account stays, whoever comes to another directory with that mail and has no claim on it', async () => {
  await using reconciling = await both({ onDetected: 'approve', excludeUsers: ['svc-*'] }, ['corp', 'labs']);
  const { store } = reconciling;
  const { redis, keys } = store;
  await reconciling.changesIn('corp', patch(2, { mail: 'other@example.test' }));
  const waiting = async () => [await redis.zscore(keys.pending, inLabs), await redis.zscore(keys.rejected, inLabs)];
  const isOn = async () => (await waiting()).map((score) => score !== null);
  assert.deepEqual(await isOn(), [true, false]);
  const guarded = (await reconciling.planOfKey(inLabs))?.guarded ?? '';
  const decision = { guarded, verdict: 'rejected', by: 'test', atMs: Date.now() };
  await redis.hset(keys.decisions, inLabs, JSON.stringify(decision));
  await store.commit({ guards: [], writes: touch(keys, [inLabs]) });
  await reconciling.settle();
  assert.deepEqual(await isOn(), [false, true]);
  const svc = user(7, { mail: username, sAMAccountName: 'svc-7' });
  await reconciling.appendTo('corp', { type: 'changes', changes: [svc], caughtUp: true });
  await reconciling.applyAll();
  await reconciling.plan(inLabs); // before it is known that the other one is out of scope
  assert.match((await asideOf(reconciling, inLabs)) ?? '', /belongs to the directory corp/);
  await reconciling.settle();
  assert.deepEqual([await asideOf(reconciling, inLabs), ...(await isOn())], [undefined, false, true]);
});

test('with onDetected: ignore nobody is told to wait for an account that another directory owns, whichever is planned first', async () => {
  await using reconciling = await both({ onDetected: 'ignore' }, ['corp', 'labs']);
  await reconciling.listed(accountOf({ username, fullname: 'Somebody', groups: [] }));
  await reconciling.plan(inLabs); // before the one in corp has taken the account over
  assert.equal(await asideOf(reconciling, inLabs), undefined);
  await reconciling.settle();
  assert.equal(await holder(reconciling), inCorp);
  assert.equal(await asideOf(reconciling, inLabs), undefined);
});
