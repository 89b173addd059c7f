/** Redis doesn't say that something is on its disk, or says nothing at all for a while. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDurable } from '@connector/shared/redis.ts';
import { waitUntil } from '../support/wait-until.ts';
import { creations } from './call-log.ts';
import { endingOf } from './crash-at-every-effect.ts';
import { Servers } from './pipeline.ts';
import { undisturbed } from './played.ts';
import { directory, policy, stages, tenant } from './scenario.ts';

test('WAITAOF is refused: nobody is created, which is told once, everything else goes on, and they are once it works', async () => {
  const expected = await undisturbed(stages.slice(0, 2));
  await using servers = await Servers.create();
  await using run = await servers.run({ tenant, directory, policy });
  const { redis } = run.store;
  await redis.call('ACL', 'SETUSER', 'default', '-waitaof').catch(() => undefined); // before Redis 7.2 it is unknown anyway
  let refuses = true;
  await run.inside('reconciler');
  await run.inside('pusher', {
    storeAs: (store) => ({
      ...store,
      makeDurable: async () => (refuses ? await makeDurable(redis, 'waitaof') : undefined),
    }),
  });
  await stages[0]?.(run);
  const told = () =>
    run.output.match(
      /"msg":"new accounts wait: Redis doesn't say what is on its disk \([^"]*waitaof[^"]*\): let the/gi,
    );
  await waitUntil('it to be told', () => told()?.length);
  await waitUntil('everything else', async () => (await run.calls()).some(({ cmd }) => cmd === 'batchchangegrp'));
  await run.claimsExpire(); // they are asked about, and tried again
  await waitUntil('them to wait again', async () => {
    const until = Math.min(...(await redis.hvals(run.store.keys.intents)).map((raw) => JSON.parse(raw).settlesAtMs));
    return Number.isFinite(until) && until > Date.now();
  });
  assert.deepEqual(creations(await run.calls()), {});
  assert.equal(told()?.length, 1);

  refuses = false;
  await run.claimsExpire();
  await run.quiet();
  assert.match(run.output, /solved: durability/);
  await stages[1]?.(run);
  await run.quiet();
  assert.deepEqual(await endingOf(run), expected);
});

test('Redis falls silent for longer than claims and leases last: everybody goes on, and nobody does anything twice', async () => {
  const expected = await undisturbed(stages.slice(0, 2));
  await using servers = await Servers.create();
  await using run = await servers.run({ tenant, directory, policy });
  await Promise.all([run.inside('reconciler'), run.inside('pusher'), run.inside('pusher')]);
  await stages[0]?.(run);
  await run.quiet();
  const { raw } = await run.store.notice();
  const callsBefore = (await run.calls()).length;
  await stages[1]?.(run);
  await waitUntil('work to be under way', async () => (await run.calls()).length > callsBefore);
  servers.redis.signal('SIGSTOP');
  await sleep(8_000); // what this is about: a claim holds for 5 s without a sign of life, a lease for 4 s
  servers.redis.signal('SIGCONT');
  await run.quiet({ withinMs: 60_000 });
  assert.deepEqual(await endingOf(run), expected);
  assert.equal((await run.store.notice()).raw, raw, 'nothing was forgotten');
});

test('Redis is killed under load, and again while all is found out anew: everything ends as it should', async () => {
  const expected = await undisturbed(stages.slice(0, 2));
  await using servers = await Servers.create();
  await using run = await servers.run({ tenant, directory, policy });
  await Promise.all([run.inside('reconciler'), run.inside('pusher'), run.inside('pusher')]);
  for (const stage of stages.slice(0, 2)) {
    const before = (await run.calls()).length;
    await stage(run);
    for (const more of [1, 2, 3]) {
      await waitUntil('a call', async () => (await run.calls()).length >= before + more);
      await servers.redis.kill();
      await servers.redis.start();
      assert.equal(await run.findPlace(), false, 'what was written down is lost');
    }
    await run.forgottenCreatesSettle();
    await run.quiet({ withinMs: 60_000 });
  }
  const ending = await endingOf(run);
  assert.deepEqual(ending.tenant, expected.tenant);
  assert.deepEqual(ending.creations, expected.creations);
});
