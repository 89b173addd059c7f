/** Redis takes no writes: its memory or its disk is full. It is told once, nothing is lost, and all goes on by itself. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitUntil } from '../support/wait-until.ts';
import { endingOf } from './crash-at-every-effect.ts';
import { type Run, Servers } from './pipeline.ts';
import { undisturbed } from './played.ts';
import { directory, policy, stages, tenant } from './scenario.ts';
import { assertToldOnce, errorsOf, notReady, recovered } from './service-report.ts';

interface Fullness {
  readonly what: string;
  /** Fills it. */
  readonly fill: (servers: Servers, run: Run) => Promise<void>;
  /** Makes room again. */
  readonly free: (servers: Servers, run: Run) => Promise<void>;
  readonly line: RegExp;
}

/** How often Redis has refused a write for want of memory. */
async function rejectedWrites(redis: Run['store']['redis']): Promise<number> {
  const [, count] = /^errorstat_OOM:count=(\d+)/m.exec(await redis.info('errorstats')) ?? [];
  return Number(count ?? 0);
}

const snapshot = ({ dir }: Servers) => join(dir, 'redis', 'dump.rdb');

const cases: Fullness[] = [
  {
    what: 'maxmemory is reached',
    fill: async (_, { store }) => void (await store.redis.config('SET', 'maxmemory', '1')),
    free: async (_, { store }) => void (await store.redis.config('SET', 'maxmemory', '0')),
    line: /^Redis at 127\.0\.0\.1:\d+ has reached its maxmemory: raise it, or free memory; nothing is lost/,
  },
  {
    what: 'a snapshot can not be written',
    fill: async (servers, { store }) => {
      await mkdir(snapshot(servers)); // what can't be replaced by a file
      await store.redis.config('SET', 'save', '3600 1000000');
      await store.redis.bgsave();
      await waitUntil('it to fail', async () => /rdb_last_bgsave_status:err/.test(await store.redis.info()));
    },
    free: async (_, { store }) => void (await store.redis.config('SET', 'save', '')),
    line: /^Redis at 127\.0\.0\.1:\d+ can't write to its disk: free space there, or mend the disk; nothing is lost/,
  },
];

for (const { what, fill, free, line } of cases) {
  test(`${what}: every service says so once, and goes on when there is room`, async () => {
    const expected = await undisturbed(stages.slice(0, 2));
    await using servers = await Servers.create();
    await using run = await servers.run({ tenant, directory, policy });
    const programs = (['reconciler', 'pusher', 'console'] as const).map((name) => run.process(name));
    await stages[0]?.(run);
    await run.quiet({ withinMs: 60_000 });
    for (const program of programs) await recovered(program);
    await stages[1]?.(run); // so that work is under way
    await fill(servers, run);
    for (const program of programs) await notReady(program, line);
    for (const program of programs) await assertToldOnce(program, line);
    await free(servers, run);
    for (const program of programs) await recovered(program);
    await run.quiet({ withinMs: 60_000 });
    const ending = await endingOf(run);
    assert.deepEqual(ending, expected);
    for (const program of programs) assert.equal(errorsOf(program).length, 1);
  });
}

/**
 * CI found it once in many runs, by a snapshot that could not be written just then: the pusher had claimed two leavers, failed to call
 * for help, and held on to its claims for ever. They kept their access until it was restarted.
 */
test('a pusher that has claimed people when Redis takes no more writes delivers them as soon as it does', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ tenant, directory, policy });
  const { redis, keys } = run.store;
  await run.inside('reconciler');
  let claimed: Record<string, string> | null = null;
  await run.inside('pusher', {
    storeAs: (store) => ({
      ...store,
      commit: async (transaction) => {
        const outcome = await store.commit(transaction);
        if (claimed === null && outcome.committed && transaction.writes.some(([, key]) => key === keys.claims)) {
          claimed = await redis.hgetall(keys.claims);
          await redis.config('SET', 'maxmemory', '1');
        }
        return outcome;
      },
    }),
  });
  await stages[0]?.(run);
  await waitUntil('a claim', () => claimed !== null);
  assert.notDeepEqual(claimed, {});
  await waitUntil('the pusher to fail', async () => (await rejectedWrites(redis)) > 0);
  await redis.config('SET', 'maxmemory', '0');
  await run.quiet();
  const names = (await run.simulator.state()).users.map(({ username }) => username);
  for (const name of ['ann', 'bob', 'cyd', 'dan', 'eve']) assert.ok(names.includes(`${name}@company.test`), name);
});

test('a full disk ends Redis, or it takes no writes: nothing is lost, and nobody created twice', async () => {
  const expected = await undisturbed(stages.slice(0, 2));
  await using servers = await Servers.create();
  await using run = await servers.run({ tenant, directory, policy });
  const programs = (['reconciler', 'pusher'] as const).map((name) => run.process(name));
  await stages[0]?.(run);
  await run.quiet({ withinMs: 60_000 });
  await servers.redis.startWithRoom(16);
  for (const program of programs) await recovered(program);
  await stages[1]?.(run).catch(() => undefined); // it may not have fitted: seen below
  // One that writes everything at once ends; one that writes each second lives on without taking any writes.
  for (const program of programs) await notReady(program, /can't be reached|can't write to its disk: free space there/);
  await servers.redis.startWithRoom(null);
  for (const program of programs) await recovered(program);
  if (await run.findPlace()) await stages[1]?.(run);
  await run.forgottenCreatesSettle();
  await run.quiet({ withinMs: 60_000 });
  const ending = await endingOf(run);
  assert.deepEqual(ending.tenant, expected.tenant);
  assert.deepEqual(ending.creations, expected.creations);
});
