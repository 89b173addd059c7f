/**
 * Redis goes back to an earlier moment while work is under way: with the last second that wasn't on its disk, or with a fail-over to
 * a replica that lagged behind. At each call to LastPass in turn everything is lost since the directory's changes came. In the end
 * everything is as if nothing had happened; what can't be known any more is asked.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAside, retryPerson } from '../../services/console/src/aside/aside-people.ts';
import { decideAll } from '../../services/console/src/held/decide.ts';
import { readHeld } from '../../services/console/src/held/held-people.ts';
import { waitUntil } from '../support/wait-until.ts';
import { creations } from './call-log.ts';
import { endingOf } from './crash-at-every-effect.ts';
import { directoryId, type Run, Servers } from './pipeline.ts';
import { begin, undisturbed } from './played.ts';
import { bases, directory, person, policy, stages, surroundings } from './scenario.ts';

/** So much later LastPass carries out what a pusher of an earlier timeline has sent, ms. */
const lateMs = 12_000;

const writesOf = async (run: Run) =>
  (await run.calls()).filter(({ cmd, executed }) => cmd !== 'getuserdata' && executed);

/** How many calls the second stage takes when nothing goes wrong. */
async function callsOfSecond(servers: Servers): Promise<number> {
  await using run = await begin(servers);
  let before = 0;
  for (const stage of stages.slice(0, 2)) {
    before = (await writesOf(run)).length;
    await stage(run);
    await run.quiet();
  }
  return (await writesOf(run)).length - before;
}

/** A person's word where one is asked for. @returns what was asked */
async function answerQuestions(run: Run): Promise<string[]> {
  const held = await readHeld(run.store);
  await decideAll(run.store, held, { verdict: 'released', by: 'test', atMs: Date.now() });
  const aside = (await readAside(run.store)).filter(({ kind }) => kind === 'drift');
  for (const person of aside) await retryPerson(run.store, person, { directories: [directoryId], by: 'test' });
  await run.ring();
  return [...held.map(({ heldBecause }) => heldBecause ?? ''), ...aside.map(({ reason }) => reason)];
}

test('a create that nobody remembers and LastPass carries out late is waited for, and not sent again', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ directory, policy });
  await run.inside('reconciler');
  const pusher = run.process('pusher');
  await waitUntil(
    'the accounts to be read',
    async () => (await run.store.redis.exists(run.store.keys.accountsRead)) === 1,
    {
      withinMs: 60_000,
    },
  );
  const moment = await servers.redis.moment();
  await run.simulator.faults([{ kind: 'latency', cmd: 'batchadd', latencyMs: lateMs, times: 1 }]);
  const read = () => run.appendFullRead([...surroundings(), person(100, 'p100')], bases);
  await read();
  await waitUntil('the create to have arrived', async () => (await run.simulator.faultsLeft()).length === 0);
  const arrivedAt = performance.now();
  await pusher.kill();
  await servers.redis.goBackTo(moment);
  assert.equal(await run.findPlace(), true);
  run.process('pusher');
  await read();
  await run.quiet({ withinMs: 90_000 });
  await waitUntil('it to be carried out', () => performance.now() - arrivedAt > lateMs + 1_000);
  assert.deepEqual(creations(await run.calls()), { 'p100@company.test': 1 });
  assert.equal(await run.store.redis.hlen(run.store.keys.links), 1);
});

test('whatever is forgotten, everybody ends as they should, nobody is created twice, and what nobody knows is asked', async (t) => {
  const [first, second, third] = stages;
  assert.ok(first && second && third);
  const expected = await undisturbed();
  await using servers = await Servers.create();
  const asked = new Set<string>();
  const calls = await callsOfSecond(servers);
  for (let lostAt = 0; lostAt <= calls; lostAt++) {
    await using run = await begin(servers);
    await first(run);
    await run.quiet();
    const before = (await writesOf(run)).length;
    const moment = await servers.redis.moment();
    await second(run);
    await waitUntil(`${lostAt} calls`, async () => (await writesOf(run)).length >= before + lostAt);
    await servers.redis.goBackTo(moment);
    assert.ok(await run.findPlace());
    await second(run);
    await run.forgottenCreatesSettle();
    await run.quiet({ withinMs: 60_000 });
    await third(run);
    await run.quiet({ withinMs: 60_000 });
    for (const question of await answerQuestions(run)) asked.add(question);
    await run.quiet({ withinMs: 60_000 });
    const ending = await endingOf(run);
    assert.deepEqual(ending.tenant, expected.tenant, `lost at call ${lostAt}`);
    assert.deepEqual(ending.creations, expected.creations, `lost at call ${lostAt}`);
    assert.deepEqual(await readHeld(run.store), [], `lost at call ${lostAt}`);
  }
  t.diagnostic(`${calls} calls; asked: ${[...asked].join(' | ')}`);
  for (const question of asked)
    assert.match(question, /who has disabled the account isn't known any more|was deleted at LastPass/);
  assert.ok(
    [...asked].some((question) => question.startsWith('who has disabled')),
    'nobody was asked who disabled whom',
  );
});
