/** Groups that lose most of their members at once, by more people than one transaction judges. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '@connector/shared/store.ts';
import { judgeWaiting } from '@connector/sync/plan/judging.ts';
import { group, Reconciling, user } from './reconciling.ts';

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const sales = 2;

/** Some people, who are all in Sales and have their accounts. */
async function company(count: number): Promise<Reconciling> {
  const reconciling = await Reconciling.create();
  const people = numbers(10, count);
  await reconciling.fullRead(...people.map((each) => user(each)), group(sales, 'Sales', people));
  await reconciling.deliverAll();
  return reconciling;
}

/** Judges, and is killed as soon as the first verdicts are written. */
async function judgeAndDie({ store, planning }: Reconciling): Promise<void> {
  let isWritten = false;
  const commit: Store['commit'] = async (transaction) => {
    if (isWritten) throw new Error('killed');
    const outcome = await store.commit(transaction);
    isWritten = transaction.writes.some(([, key]) => key === store.keys.judgementInputs);
    return outcome;
  };
  const judging = judgeWaiting({ store: { ...store, commit }, policy: planning.policy, directories: ['corp'] });
  await assert.rejects(judging, /killed/);
}

test('who would leave a group together is held together, also where a guard that is killed has judged some of them', async () => {
  await using reconciling = await company(2_000);
  const { redis, keys } = reconciling.store;
  await reconciling.append({ type: 'changes', changes: [group(sales, 'Sales', numbers(1_210, 800))], caughtUp: true });
  await reconciling.applyAll();
  await reconciling.planAll();
  assert.equal(await redis.zcard(keys.waiting), 1_200);
  await judgeAndDie(reconciling);
  assert.deepEqual([(await reconciling.held()).length, await redis.zcard(keys.waiting)], [500, 700]);
  await reconciling.judge();
  assert.deepEqual([(await reconciling.held()).length, await reconciling.toDeliver()], [1_200, []]);
  assert.match((await reconciling.planOf(10))?.heldBecause ?? '', /sales would lose 1200 of its 2000 members/);
});

test('whoever leaves a group later than an hour after others were held for it is judged by themselves', async () => {
  await using reconciling = await company(20);
  const { redis, keys } = reconciling.store;
  await reconciling.changes(group(sales, 'Sales', numbers(22, 8)));
  const held = await reconciling.held();
  assert.equal(held.length, 12);
  await reconciling.changes(group(sales, 'Sales', numbers(23, 7)));
  assert.equal((await reconciling.held()).length, 13);
  for (const each of held) await redis.zadd(keys.held, Date.now() - 3_600_001, each);
  await reconciling.changes(group(sales, 'Sales', numbers(24, 6)));
  assert.deepEqual([(await reconciling.held()).length, (await reconciling.toDeliver()).length], [13, 1]);
});
