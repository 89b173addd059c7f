/** What a release or a rejection does with the real planner and the real guard: the console's half and the reconciler's fit. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import { firstMirrorState } from '@connector/shared/directory-state.ts';
import { personKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { type Plan, plan } from '@connector/shared/plan.ts';
import { type Bases, basesVersion, policy, policyState, policyVersion } from '@connector/shared/policy.ts';
import type { MirrorObject } from '@connector/sync/mirror/mirror-object.ts';
import { judgeWaiting } from '@connector/sync/plan/judging.ts';
import { planPeople } from '@connector/sync/plan/planning.ts';
import { guidOf, Workplace } from './workplace.ts';

const directories: readonly Bases[] = [{ id: 'corp', userBases: [], groupBases: [] }];
const rules = policy.parse({ guard: { maxLeavers: 0, maxLeaversPercent: 0, maxLeaversHard: 0 } });
const version = policyVersion(rules, directories);
const person = personKey('corp', guidOf('a'));
const root = guidOf('0');
const mirrored = (changes: Partial<MirrorObject> = {}): MirrorObject => ({
  kind: 'user',
  rdn: 'CN=Ann',
  parent: root,
  deleted: false,
  absent: false,
  mail: 'ann@x.org',
  displayName: 'Ann',
  givenName: null,
  sn: null,
  sAMAccountName: 'ann',
  userAccountControl: 512,
  accountExpiresMs: null,
  primaryGroupId: null,
  rid: null,
  isCriticalSystemObject: false,
  ...changes,
});
const account: Account = {
  username: 'ann@x.org',
  id: '1',
  fullname: 'Ann',
  disabled: false,
  admin: false,
  groups: [],
  invited: false,
  objectGuid: null,
  directory: null,
};

let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());

/** A directory with one linked person, read and settled. */
beforeEach(async () => {
  await place.clear();
  const { redis, keys } = place.store;
  const own = keys.directory('corp');
  const bases = { version: basesVersion({ userBases: [], groupBases: [] }), users: [root], groups: [] };
  const inForce = policyState.parse({ version, settled: true, after: {} });
  await redis.set(keys.policy, JSON.stringify(inForce));
  await redis.set(own.mirrorState, JSON.stringify({ ...firstMirrorState, current: { generation: 1, bases } }));
  await redis.set(own.caughtUp, '1');
  await redis.set(keys.accountsRead, JSON.stringify({ atMs: 1, total: 1, answered: null }));
  await redis.hset(keys.accounts, account.username, JSON.stringify(account));
  await redis.hset(keys.links, person, JSON.stringify({ username: account.username, id: '1', disabledByUs: false }));
  await redis.hset(keys.linked, account.username, person);
  const container = mirrored({ kind: 'container', rdn: 'DC=corp', parent: null, mail: null });
  await redis.hset(own.mirror(1).objects, root, JSON.stringify(container));
  await know({});
});

/** What the directory tells of the person. */
async function know(changes: Partial<MirrorObject>): Promise<void> {
  const { redis, keys, commit } = place.store;
  await redis.hset(keys.directory('corp').mirror(1).objects, guidOf('a'), JSON.stringify(mirrored(changes)));
  await commit({ guards: [], writes: touch(keys, [person]) });
  await redis.set(keys.directory('corp').caughtUp, (await redis.get(keys.clock)) ?? '');
}

/** What a reconciler does at the ring. @returns the plan */
async function reconcile(): Promise<Plan | null> {
  const { store } = place;
  const options = { store, policy: rules, directories };
  await planPeople(options, [person]);
  await judgeWaiting({ store, policy: rules, directories: ['corp'] });
  const raw = await store.redis.hget(store.keys.plans, person);
  return raw === null ? null : plan.parse(JSON.parse(raw));
}

const isIn = async (list: 'held' | 'toDeliver' | 'waiting' | 'toPlan') =>
  (await place.store.redis.zscore(place.store.keys[list], person)) !== null;

for (const { what, state } of [
  { what: 'a proved deletion', state: { deleted: true } },
  { what: 'somebody missing, whom only a person can let go', state: { absent: true } },
  { what: 'somebody disabled', state: { userAccountControl: 514 } },
]) {
  test(`a release of ${what} goes straight to delivery`, async () => {
    await know(state);
    const held = await reconcile();
    assert.ok(held && (await isIn('held')), 'held first');
    assert.equal((await place.run('release', 'ann@x.org')).code, 0);
    const released = await reconcile();
    assert.equal(released?.cleared, true);
    assert.deepEqual(released.steps, held.steps);
    assert.deepEqual([await isIn('toDeliver'), await isIn('held'), await isIn('waiting')], [true, false, false]);
  });
}

test('a rejection drops the guarded steps, and they stay dropped', async () => {
  await know({ absent: true });
  await reconcile();
  assert.equal((await place.run('reject', person)).code, 0);
  for (let round = 0; round < 2; round++) {
    assert.equal(await reconcile(), null);
    assert.deepEqual([await isIn('toDeliver'), await isIn('held'), await isIn('waiting')], [false, false, false]);
    await know({ absent: true });
  }
  assert.match((await place.run('status')).output, /rejected +1 keep what they have/);
});

test('a rejection ends when the person is back: leaving again for the same reason is a new question', async () => {
  await know({ userAccountControl: 514 });
  await reconcile();
  assert.equal((await place.run('reject', person)).code, 0);
  await reconcile();
  await know({});
  await reconcile();
  await know({ userAccountControl: 514 });
  await reconcile();
  assert.equal(await isIn('held'), true);
});

test('a rejection leaves the steps that nobody guards', async () => {
  await know({ userAccountControl: 514, displayName: 'Ann Lee' });
  assert.equal((await reconcile())?.steps.length, 2);
  assert.equal((await place.run('reject', person)).code, 0);
  assert.deepEqual(
    (await reconcile())?.steps.map(({ kind }) => kind),
    ['rename'],
  );
});

test('a release says nothing about steps that are others by the time they are planned', async () => {
  await know({ absent: true });
  await reconcile();
  assert.equal((await place.run('release', person)).code, 0);
  await know({ deleted: true });
  assert.equal((await reconcile())?.cleared, false);
  assert.deepEqual([await isIn('toDeliver'), await isIn('held')], [false, true]);
});

test('a release while somebody is back changes nothing for them', async () => {
  await know({ deleted: true });
  await reconcile();
  await know({});
  assert.equal((await place.run('release', person)).code, 0, 'not planned yet: the plan is still what was shown');
  assert.equal(await reconcile(), null);
  assert.equal(await isIn('toDeliver'), false);
  assert.equal(await place.store.redis.hexists(place.store.keys.decisions, person), 0);
});
