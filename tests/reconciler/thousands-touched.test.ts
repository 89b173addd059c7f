/** More people to put on the list of those to plan than go into one transaction: nobody is planned from what isn't in use any more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reader } from '@connector/shared/state.ts';
import type { Store } from '@connector/shared/store.ts';
import { applyNext } from '@connector/sync/mirror/apply.ts';
import { planPeople } from '@connector/sync/plan/planning.ts';
import { group, patch, person, personIn, Reconciling, user } from './reconciling.ts';

const count = 2_500;
const people = (displayName: string) =>
  Array.from({ length: count }, (_, index) => user(10 + index, index === 0 ? { displayName } : {}));

/** Everybody is planned, and a full read that tells somebody's other name is applied up to its last entry. */
async function beforeTheEnd(): Promise<Reconciling> {
  const reconciling = await Reconciling.create();
  await reconciling.fullRead(...people('Before'));
  const generation = await reconciling.beginFullRead(people('After'));
  await reconciling.append({ type: 'listed', generation });
  await reconciling.applyAll();
  await reconciling.append({ type: 'end', generation });
  return reconciling;
}

/** Applies an entry; before its last transaction `look` is awaited. @returns how many people are to be planned because of it */
async function applyLooking(
  { store, keys }: Reconciling,
  { directories, look }: { directories: readonly string[]; look: () => Promise<void> },
): Promise<number> {
  const commit: Store['commit'] = async (transaction) => {
    if (transaction.writes.some(([, key]) => key === keys.mirrorState)) await look();
    return store.commit(transaction);
  };
  const applied = await applyNext({ store: { ...store, commit }, directory: 'corp', directories });
  return typeof applied === 'object' && 'people' in applied ? applied.people.length : 0;
}

/** Applies the last entry of a full read. */
async function applyEnd(reconciling: Reconciling, look: () => Promise<void>): Promise<void> {
  assert.equal(await applyLooking(reconciling, { directories: ['corp'], look }), count);
}

const nameOf = async (reconciling: Reconciling) => {
  const [create] = (await reconciling.planOf(10))?.steps ?? [];
  return create?.kind === 'create' ? create.fullname : null;
};

test('nobody is planned as long as not everybody is on the list', async () => {
  await using reconciling = await beforeTheEnd();
  const { redis, keys } = reconciling.store;
  await applyEnd(reconciling, async () => {
    assert.equal(await redis.zcard(keys.toPlan), count);
    await reconciling.planAll();
    await reconciling.judge();
    assert.equal(await redis.zcard(keys.toPlan), count);
  });
  await reconciling.planAll();
  assert.equal(await redis.zcard(keys.toPlan), 0);
  assert.equal(await nameOf(reconciling), 'After');
});

test('who is being planned as the new mirror comes into use is planned from it', async () => {
  await using reconciling = await beforeTheEnd();
  const { store, planning } = reconciling;
  const [isThere, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const applying = applyEnd(reconciling, async () => {
    isThere.resolve();
    await mayGoOn.promise;
  });
  await isThere.promise;
  const get: Reader['get'] = async (key) => {
    if (key === reconciling.keys.caughtUp) {
      mayGoOn.resolve();
      await applying;
    }
    return store.redis.get(key);
  };
  const redis = new Proxy<Reader>(store.redis, {
    get: (target, name: keyof Reader) => (name === 'get' ? get : target[name].bind(target)),
  });
  await planPeople({ ...planning, store: { ...store, redis } }, [person(10)]);
  await reconciling.planAll();
  assert.equal(await nameOf(reconciling), 'After');
});

test('an applier that ends in the midst leaves it to the next one', async () => {
  await using reconciling = await beforeTheEnd();
  const killed = async () => {
    throw new Error('killed');
  };
  await assert.rejects(applyEnd(reconciling, killed), /killed/);
  await reconciling.planAll();
  assert.equal(await nameOf(reconciling), 'Before');
  await reconciling.reconcile();
  assert.equal(await nameOf(reconciling), 'After');
});

test('who is planned meanwhile, of another directory, is planned again from the new mirror', async () => {
  const directories = ['corp', 'labs'];
  await using reconciling = await Reconciling.create({ memberships: 'all' }, { directories });
  const members = Array.from({ length: 1_100 }, (_, index) => 10 + index);
  await reconciling.readDirectory('corp', ...members.map((each) => user(each)), user(2), group(3, 'Staff', members));
  await reconciling.readDirectory('labs', user(4, { mail: 'u2@example.test' }));
  await reconciling.settle();
  const inLabs = personIn('labs', 4);
  assert.equal(await reconciling.planOfKey(inLabs), null, 'the mail is that of the one in corp');
  const changes = [group(3, 'Crew', members), patch(2, { mail: 'new@example.test' })];
  await reconciling.append({ type: 'changes', changes, caughtUp: true });
  const look = () => reconciling.plan(inLabs);
  assert.equal(await applyLooking(reconciling, { directories, look }), members.length + 2);
  await reconciling.settle();
  const { steps } = (await reconciling.planOfKey(inLabs)) ?? assert.fail('still set aside');
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['create'],
  );
});
