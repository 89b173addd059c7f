/** In manual mode a run of reviewed steps: exactly these are sent, on a real Redis with the real planner and pusher. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { personKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { plan, type Step } from '@connector/shared/plan.ts';
import type { Store } from '@connector/shared/store.ts';
import type { Transaction } from '@connector/shared/transaction.ts';
import { makeRequest } from '@connector/sync/requests/request.ts';
import { readLeft } from '@connector/sync/requests/reviewed-left.ts';
import { endReviewedRunIfDone, openReviewedRun } from '@connector/sync/requests/reviewed-run.ts';
import { parseReviewed, reviewedText, stepDigest } from '@connector/sync/requests/reviewed-steps.ts';
import { putRequest } from '@connector/sync/requests/steering.ts';
import { directoryId, type Run, Servers } from '../faults/pipeline.ts';
import { bases, directory, guidOf, person, policy, surroundings } from '../faults/scenario.ts';
import { waitUntil } from '../support/wait-until.ts';

const asking = { by: 'tester', atMs: Date.now() };
const keyOf = (n: number): string => personKey(directoryId, guidOf(n));
const [ann, bob, fay] = [11, 12, 16].map(keyOf) as [string, string, string];

let servers: Servers;
before(async () => {
  servers = await Servers.create();
});
after(() => servers[Symbol.asyncDispose]());

/** Ann and Bob are new, Fay has an account to be renamed and to be joined to a group; all is planned, and nobody is sent. */
async function planned(): Promise<Run> {
  const tenant = { users: [{ username: 'fay@company.test', fullname: 'Fay by hand', groups: [] }] };
  const run = await servers.run({ directory, policy, tenant, sync: { mode: 'manual' } });
  const reader = await run.inside('pusher'); // reads the accounts
  await run.inside('reconciler');
  const people = [person(11, 'ann'), person(12, 'bob'), person(16, 'fay')];
  await run.appendFullRead([...surroundings({ staff: [16] }), ...people], bases);
  const { redis, keys } = run.store;
  await waitUntil('everybody to be planned', async () => (await redis.zcard(keys.toDeliver)) === people.length);
  await reader.stop();
  return run;
}

async function stepsOf({ store: { redis, keys } }: Run, of: string): Promise<{ username: string; steps: Step[] }> {
  return plan.parse(JSON.parse((await redis.hget(keys.plans, of)) ?? 'null'));
}

/** The digest of somebody's step of a kind. */
async function digest(run: Run, of: string, kind: Step['kind']): Promise<string> {
  const { username, steps } = await stepsOf(run, of);
  const step = steps.find((each) => each.kind === kind) ?? assert.fail(`${of} has no step ${kind}`);
  return stepDigest(username, step);
}

const isOver = async ({ store: { redis, keys } }: Run) => (await redis.exists(keys.reviewed, keys.reviewedSteps)) === 0;
const written = async (run: Run) =>
  (await run.calls()).filter(({ cmd }) => !/^get/.test(cmd)).map(({ cmd, data }) => [cmd, data]);

test('of one person a single step is sent, others are not claimed at all, and the run ends by itself', async () => {
  await using run = await planned();
  const { redis, keys } = run.store;
  assert.equal(await openReviewedRun(run.store, new Map([[fay, [await digest(run, fay, 'rename')]]]), asking), true);
  await run.inside('pusher');
  await waitUntil('the end of the run', () => isOver(run));
  assert.deepEqual(await written(run), [['updateuser', { username: 'fay@company.test', fullname: 'Mx fay' }]]);
  assert.deepEqual(
    (await stepsOf(run, fay)).steps.map(({ kind }) => kind),
    ['join-groups'],
  );
  assert.deepEqual((await redis.zrange(keys.toDeliver, '0', '-1')).sort(), [ann, bob, fay].sort());
  assert.equal(await redis.hlen(keys.claims), 0);
});

test('a step that is to be done otherwise by now is not sent', async () => {
  await using run = await planned();
  const others = [
    [ann, [await digest(run, bob, 'create')]],
    [fay, [stepDigest('fay@company.test', { kind: 'rename', fullname: 'Mx fay', because: 'is called "Fay"' })]],
  ] as const;
  assert.equal(await openReviewedRun(run.store, new Map(others), asking), true);
  await run.inside('pusher');
  await waitUntil('the end of the run', () => isOver(run));
  assert.deepEqual(await written(run), []);
});

/** A pusher before whose transactions something happens, once. */
const startInterrupted = (run: Run, when: (transaction: Transaction) => boolean, happens: () => Promise<unknown>) => {
  let isOnce = false;
  let isDone = false;
  const storeAs = (store: Store): Store => ({
    ...store,
    commit: async (transaction) => {
      if (!isOnce && when(transaction)) {
        isOnce = true;
        await happens();
        isDone = true;
      }
      return store.commit(transaction);
    },
  });
  return { started: run.inside('pusher', { storeAs }), hasHappened: () => isDone };
};

test('a run that is over by the last look before the call sends nothing', async () => {
  await using run = await planned();
  const { redis, keys } = run.store;
  await openReviewedRun(run.store, new Map([[ann, [await digest(run, ann, 'create')]]]), asking);
  const { started, hasHappened } = startInterrupted(
    run,
    ({ guards }) => guards.some(({ command }) => command[1] === keys.reviewedSteps),
    () => redis.del(keys.reviewed, keys.reviewedSteps),
  );
  await started;
  await waitUntil('the last look', hasHappened);
  await waitUntil('it to be given back', async () => (await redis.hlen(keys.claims)) === 0);
  assert.deepEqual(await written(run), []);
});

test('what a sync had claimed is not sent when a run of reviewed steps has begun meanwhile', async () => {
  await using run = await planned();
  const { redis, keys } = run.store;
  const create = await digest(run, ann, 'create');
  const request = await makeRequest(run.store, { full: false });
  await putRequest(run.store, request, { mode: 'manual', ...asking });
  const { started, hasHappened } = startInterrupted(
    run,
    ({ writes }) => writes.some(([command, key]) => command === 'HSET' && key === keys.claims),
    async () => {
      await redis.del(keys.run);
      await openReviewedRun(run.store, new Map([[ann, [create]]]), asking);
    },
  );
  await started;
  await waitUntil('the claim', hasHappened);
  await waitUntil('the end of the run', () => isOver(run));
  assert.deepEqual(
    (await written(run)).map(([cmd, data]) => [
      cmd,
      [data].flat().map((each) => (each as { username: string }).username),
    ]),
    [['batchadd', ['ann@company.test']]],
  );
});

test('a call of a killed pusher about somebody reviewed is settled, whatever is planned for them by now', async () => {
  await using run = await planned();
  const { redis, keys } = run.store;
  await openReviewedRun(run.store, new Map([[ann, ['another step']]]), asking);
  await redis.hset(keys.claims, ann, 'killed#1');
  await run.inside('pusher');
  await waitUntil('the end of the run', () => isOver(run));
  assert.equal(await redis.hlen(keys.claims), 0);
  assert.deepEqual(await written(run), []);
});

test('one run at a time is open: neither beside a sync nor beside another one is one begun', async () => {
  await using run = await planned();
  const { redis, keys } = run.store;
  const steps = new Map([[ann, ['digest']]]);
  assert.equal(await openReviewedRun(run.store, steps, asking), true);
  assert.equal(await openReviewedRun(run.store, steps, asking), false);
  await redis.del(keys.reviewed, keys.reviewedSteps);
  await redis.set(keys.run, 'a sync');
  assert.equal(await openReviewedRun(run.store, steps, asking), false);
  assert.equal(await redis.exists(keys.reviewedSteps), 0);
});

test('a run of ten thousand people is opened at once, and ends', async () => {
  await using run = await planned();
  const { redis, keys } = run.store;
  const many = Array.from(
    { length: 10_000 },
    (_, n) => [keyOf(100_000 + n), ['0123456789ab', 'ba9876543210']] as const,
  );
  const steps = new Map<string, readonly string[]>([...many, [fay, [await digest(run, fay, 'join-groups')]]]);
  assert.equal(await openReviewedRun(run.store, steps, asking), true);
  assert.equal(await redis.hlen(keys.reviewedSteps), steps.size);
  await run.inside('pusher');
  await waitUntil('the end of the run', () => isOver(run), { withinMs: 30_000 });
  assert.deepEqual(
    (await written(run)).map(([cmd]) => cmd),
    ['batchchangegrp'],
  );
});

test('a run does not end by a look that was overtaken: whoever came on the way meanwhile is still delivered', async () => {
  await using run = await servers.run({});
  const { store } = run;
  const { redis, keys } = store;
  await openReviewedRun(store, new Map([[ann, ['0123456789ab']]]), asking);
  let isOnce = false;
  const overtaken: Store = {
    ...store,
    commit: async (transaction) => {
      if (!isOnce) await store.commit({ guards: [], writes: touch(keys, [ann]) });
      isOnce = true;
      return store.commit(transaction);
    },
  };
  assert.deepEqual(await endReviewedRunIfDone(overtaken, Date.now()), { toPlan: 1, toJudge: 0, toDeliver: 0 });
  assert.equal(await redis.exists(keys.reviewed), 1);
  await redis.del(keys.toPlan);
  assert.equal(await endReviewedRunIfDone(store, Date.now()), null);
  assert.equal(await redis.exists(keys.reviewed, keys.reviewedSteps), 0);
});

test('what is left is whoever is on the way with a reviewed step, and nobody whom LastPass refuses, or who waits for long', async () => {
  await using run = await servers.run({});
  const { redis, keys } = run.store;
  const username = 'ann@company.test';
  const disable: Step = { kind: 'disable', because: 'was deleted' };
  const rename: Step = { kind: 'rename', fullname: 'Ann', because: 'is called "An"' };
  const reviewed = new Map([[ann, parseReviewed(reviewedText([stepDigest(username, disable)]), '')]]);
  const nowMs = Date.now();
  const left = async (place: () => Promise<unknown>, steps: Step[], cleared = false) => {
    await redis.del(keys.plans, keys.toPlan, keys.waiting, keys.toDeliver, keys.claims, keys.setAside);
    const inputs = { touched: 1, account: null, policy: 'p' };
    const guard = { guarded: 'digest', cleared, mustHold: null, certain: false, heldBecause: null };
    await redis.hset(keys.plans, ann, JSON.stringify({ username, name: 'Ann', steps, ...guard, inputs, madeAtMs: 1 }));
    await place();
    const { toPlan, toJudge, toDeliver } = (await readLeft(run.store, reviewed, nowMs)).left;
    return [toPlan, toJudge, toDeliver];
  };
  const line = (key: string, atMs: number) => () => redis.zadd(key, atMs, ann);
  const refused = async () => {
    const aside = { name: 'Ann', reason: 'LastPass refuses', kind: 'refused', sinceMs: 1 };
    await redis.hset(keys.setAside, ann, JSON.stringify(aside));
    await redis.zadd(keys.toDeliver, nowMs + 30_000, ann);
  };
  assert.deepEqual(await left(line(keys.toPlan, 1), [rename]), [1, 0, 0], 'nobody knows yet');
  assert.deepEqual(await left(() => redis.hset(keys.claims, ann, 'a#1'), [rename]), [0, 0, 1], 'nobody knows yet');
  assert.deepEqual(await left(line(keys.waiting, 1), [disable]), [0, 1, 0]);
  assert.deepEqual(await left(line(keys.toDeliver, 1), [disable], true), [0, 0, 1]);
  assert.deepEqual(await left(line(keys.toDeliver, nowMs + 30_000), [disable], true), [0, 0, 1], 'tried again soon');
  assert.deepEqual(await left(line(keys.toDeliver, nowMs + 90_000), [disable], true), [0, 0, 0]);
  assert.deepEqual(await left(refused, [disable], true), [0, 0, 0]);
  assert.deepEqual(await left(line(keys.toDeliver, 1), [rename], true), [0, 0, 0], 'not reviewed');
  assert.deepEqual(
    await left(line(keys.toDeliver, 1), [disable, rename]),
    [0, 0, 0],
    'held, and the other not reviewed',
  );
  assert.deepEqual(await left(async () => undefined, [disable]), [0, 0, 0], 'held');
});
