/**
 * LastPass carries out a disabling or removal after it was asked what became of it, and its person is back by then: they can work again within
 * a minute, without anybody's help, and the connector doesn't take its own doing for somebody else's. Chaos found it (SEED=910390996): the account
 * removed late counted as deleted by hand, and nobody got a new one.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { link } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import { waitUntil } from '../support/wait-until.ts';
import { directoryId, type Run, Servers } from './pipeline.ts';
import { bases, changed, directory, guidOf, person, policy, surroundings } from './scenario.ts';

const username = 'ann@company.test';
const who = `${directoryId}/${guidOf(11)}`;
const enabled = 512;
const disabled = 514;
/** So long after it was sent the first call is carried out, ms: the next pusher has taken over by then. */
const latencyMs = 14_000;

const accountOf = async (run: Run) => (await run.simulator.state()).users.find((user) => user.username === username);
const linkOf = async ({ store: { redis, keys } }: Run) =>
  parseStored(link, keys.links, await redis.hget(keys.links, who)).value;
const becomes = (run: Run, userAccountControl: number) =>
  run.append({ type: 'changes', caughtUp: true, changes: [changed(11, { userAccountControl })] });
const sent = async (run: Run, cmd: string) => (await run.calls()).filter((call) => call.cmd === cmd);

/** A pusher dies with its call under way. Who comes next asks what became of it, and finds nothing done. */
async function leavesWithoutAnswer(run: Run, cmd: string): Promise<void> {
  await run.inside('reconciler');
  const first = run.process('pusher');
  await run.appendFullRead([...surroundings(), person(11, 'ann')], bases);
  await waitUntil('the account', async () => (await accountOf(run)) !== undefined);
  await run.quiet();
  await run.simulator.faults([{ kind: 'latency', cmd, phase: 'before', latencyMs, times: 1 }]);
  await becomes(run, disabled);
  await waitUntil('the call to be under way', async () => (await sent(run, cmd)).length === 1);
  await first.kill();
}

async function firstIsCarriedOut(run: Run, cmd: string): Promise<void> {
  await waitUntil('the first call to be carried out', async () => (await sent(run, cmd))[0]?.executed === true, {
    withinMs: 30_000,
  });
}

/** All accounts are read meanwhile, as now and then they are. */
const accountsAreRead = ({ store: { redis, keys } }: Run) => redis.hset(keys.requests, 'accounts', 'of the test');

async function canWorkAgain(run: Run): Promise<void> {
  await run.quiet({ withinMs: 60_000 });
  assert.equal((await accountOf(run))?.disabled, false);
  const { disabledByUs, removedByUs, settlesAtMs } = (await linkOf(run)) ?? {};
  assert.deepEqual([disabledByUs, removedByUs, settlesAtMs], [false, false, undefined]);
  const { redis, keys } = run.store;
  assert.deepEqual(await redis.hgetall(keys.setAside), {});
}

describe('carried out late, when its person is back', { concurrency: true }, () => {
  for (const [action, cmd] of [
    ['disable', 'disableuser'],
    ['remove', 'deluser'],
  ] as const) {
    for (const isRead of [false, true])
      test(`${cmd}, ${isRead ? 'and all accounts are read just then' : 'and nothing else tells of it'}`, async () => {
        await using servers = await Servers.create();
        await using run = await servers.run({ directory, policy: { ...policy, onDisabled: action } });
        await leavesWithoutAnswer(run, cmd);
        await becomes(run, enabled);
        await run.inside('pusher');
        await firstIsCarriedOut(run, cmd);
        if (isRead) await accountsAreRead(run);
        await canWorkAgain(run);
        assert.equal((await sent(run, cmd)).length, 1);
      });

    test(`${cmd}, sent again and answered before`, async () => {
      await using servers = await Servers.create();
      await using run = await servers.run({ directory, policy: { ...policy, onDisabled: action } });
      await leavesWithoutAnswer(run, cmd);
      await run.inside('pusher');
      await waitUntil('the second call', async () => (await sent(run, cmd))[1]?.executed === true);
      assert.equal((await sent(run, cmd))[0]?.executed, false);
      await becomes(run, enabled);
      await firstIsCarriedOut(run, cmd);
      await canWorkAgain(run);
    });
  }
});

test('an account that somebody has deleted isn’t there to be disabled, and nobody asks for it again and again', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ directory, policy });
  await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
  await run.appendFullRead([...surroundings(), person(11, 'ann')], bases);
  await run.quiet();
  await run.simulator.byHand('deluser', { username, deleteaction: 2 });
  await becomes(run, disabled);
  await run.quiet({ withinMs: 60_000 });
  assert.equal((await linkOf(run))?.settlesAtMs, undefined);
});

test('whoever has the address of somebody deleted gets an account of their own once the removal can’t strike it', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ directory, policy: { ...policy, onDeleted: 'delete' } });
  const { redis, keys } = run.store;
  await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
  await run.appendFullRead([...surroundings(), person(11, 'ann')], bases);
  await run.quiet();
  await run.simulator.faults([{ kind: 'reset', phase: 'after', cmd: 'deluser', times: 1 }]);
  await run.append({ type: 'changes', caughtUp: true, changes: [changed(11, { deleted: true })] });
  await waitUntil('the removal', async () => (await accountOf(run)) === undefined);
  await run.append({ type: 'changes', caughtUp: true, changes: [person(12, 'heir', { mail: username })] });
  await run.quiet({ withinMs: 60_000 });
  assert.equal((await accountOf(run))?.fullname, 'Mx heir');
  assert.equal(await redis.hget(keys.linked, username), `${directoryId}/${guidOf(12)}`);
  assert.match((await redis.hget(keys.accounts, username)) ?? '', /Mx heir/);
  assert.equal(await linkOf(run), null);
});
