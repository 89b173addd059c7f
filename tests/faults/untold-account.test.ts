/** LastPass doesn't tell of one account when it is asked for it by name, though it tells of others. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accountsRead, setAside } from '@connector/shared/plan.ts';
import { waitUntil } from '../support/wait-until.ts';
import { creations } from './call-log.ts';
import { directoryId, type LoggedCall, type Run, Servers } from './pipeline.ts';
import { bases, changed, directory, guidOf, person, policy, surroundings } from './scenario.ts';

const [ann, pat, quin] = [11, 12, 13];
const addressOf = (name: string) => `${name}@company.test`;
const patsKey = `${directoryId}/${guidOf(pat)}`;

/** What LastPass answers when it is asked for Pat: words that nobody knows, or none. */
const answers = {
  'refused in other words': { kind: 'fail', error: 'The user is in an odd state' },
  'HTTP 500 each time': { kind: 'http-500' },
};
const aboutPat = (fault: object) => ({ ...fault, cmd: 'getuserdata', usernames: [addressOf('pat')] });

const asideOf = async ({ store: { redis, keys } }: Run, who: string) => {
  const raw = await redis.hget(keys.setAside, who);
  return raw === null ? null : setAside.parse(JSON.parse(raw));
};
const accounts = async (run: Run) =>
  new Map((await run.simulator.state()).users.map((user) => [user.username, user] as const));
const changes = (run: Run, ...these: ReturnType<typeof changed>[]) =>
  run.append({ type: 'changes', caughtUp: true, changes: these });
const isAboutPat = ({ data }: LoggedCall) => JSON.stringify(data).includes(addressOf('pat'));

/** The last list of all accounts is too old for it to be known whose address is free. */
async function listIsOld({ store: { redis, keys } }: Run): Promise<void> {
  const read = accountsRead.parse(JSON.parse((await redis.get(keys.accountsRead)) ?? ''));
  await redis.set(keys.accountsRead, JSON.stringify({ ...read, atMs: Date.now() - 60_000 }));
}

/** Pat is set aside, however many tries it takes. */
const patIsSetAside = (run: Run) =>
  waitUntil(
    'Pat to be set aside',
    async () => {
      await run.allIsDue();
      return (await asideOf(run, patsKey)) ?? undefined;
    },
    { everyMs: 100 },
  );

/** All is as it should be once LastPass tells. */
async function recovers(run: Run): Promise<void> {
  await run.simulator.faults([]);
  await waitUntil('nobody to be set aside', async () => {
    await run.allIsDue();
    return (await run.store.redis.hlen(run.store.keys.setAside)) === 0;
  });
  await run.quiet();
}

/** Ann has an account, and all services run. */
async function beginWithAnn(servers: Servers): Promise<Run> {
  const run = await servers.run({ directory, policy });
  await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
  await run.appendFullRead([...surroundings(), person(ann, 'ann')], bases);
  await run.quiet();
  return run;
}

describe('an account that LastPass does not tell of keeps nobody else waiting, and is set aside', {
  concurrency: 2,
}, () => {
  for (const [how, fault] of Object.entries(answers)) {
    test(`${how}: who joins with its person gets an account, and who leaves is disabled`, async () => {
      await using servers = await Servers.create();
      await using run = await beginWithAnn(servers);
      await listIsOld(run);
      await run.simulator.faults([aboutPat(fault)]);
      await changes(run, person(pat, 'pat'), person(quin, 'quin'));
      await waitUntil('Quin to have an account', async () => (await accounts(run)).has(addressOf('quin')));
      const aside = await patIsSetAside(run);
      assert.match(aside.reason, /^LastPass doesn't tell of this account: /);
      assert.equal(aside.kind, 'refused');
      assert.match(run.output, new RegExp(`${patsKey}.*LastPass doesn't tell of an account`));
      assert.doesNotMatch(run.output, /pat@company/);
      await changes(run, changed(ann, { userAccountControl: 514 }));
      await waitUntil('Ann to be disabled', async () => (await accounts(run)).get(addressOf('ann'))?.disabled);
      assert.ok(!(await accounts(run)).has(addressOf('pat')));
      await recovers(run);
      assert.deepEqual(Object.values(creations(await run.calls())), [1, 1, 1]);
    });

    test(`${how}: leavers claimed with it are disabled before it is asked for, and its own person likewise`, async () => {
      await using servers = await Servers.create();
      await using run = await servers.run({ directory, policy });
      const { redis, keys } = run.store;
      await run.inside('reconciler');
      const first = await run.inside('pusher');
      await run.appendFullRead([...surroundings(), person(ann, 'ann'), person(pat, 'pat')], bases);
      await run.quiet();
      await first.stop();
      await run.simulator.faults([aboutPat(fault)]);
      await changes(run, changed(ann, { userAccountControl: 514 }), changed(pat, { userAccountControl: 514 }));
      await waitUntil('both to be due', async () => (await redis.zcard(keys.leavers)) === 2);
      await redis.hset(keys.claims, patsKey, 'killed#1');
      const before = (await run.calls()).length;
      await run.inside('pusher');
      await waitUntil('both to be disabled', async () =>
        [...(await accounts(run)).values()].every(({ disabled }) => disabled),
      );
      const [disabling, asked] = (await run.calls()).slice(before).filter((call) => {
        return call.cmd === 'disableuser' || isAboutPat(call);
      });
      assert.deepEqual([disabling?.data, asked?.cmd], [[addressOf('ann')], 'getuserdata']);
      await run.quiet();
      assert.equal(await asideOf(run, patsKey), null);
      await changes(run, changed(ann, { userAccountControl: 512 }), changed(pat, { userAccountControl: 512 }));
      await run.quiet();
      assert.ok([...(await accounts(run)).values()].every(({ disabled }) => !disabled));
    });

    test(`${how}: nothing is sent under a name that may be somebody else's by now`, async () => {
      await using servers = await Servers.create();
      await using run = await servers.run({ directory, policy });
      await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
      await run.appendFullRead([...surroundings(), person(pat, 'pat'), person(quin, 'quin')], bases);
      await run.quiet();
      await changes(run, changed(pat, { mail: addressOf('pat.lee') }));
      await run.quiet();
      await run.simulator.faults([aboutPat(fault)]);
      await changes(run, changed(pat, { displayName: 'Pat Lee' }), changed(quin, { displayName: 'Quin Lee' }));
      await waitUntil('Quin to be renamed', async () =>
        [...(await accounts(run)).values()].some(({ fullname }) => fullname === 'Quin Lee'),
      );
      await patIsSetAside(run);
      assert.equal((await accounts(run)).get(addressOf('pat'))?.fullname, 'Mx pat');
      await recovers(run);
      assert.equal((await accounts(run)).get(addressOf('pat'))?.fullname, 'Pat Lee');
    });

    test(`${how}: a create that may have been carried out is not sent again until LastPass tells`, async () => {
      await using servers = await Servers.create();
      await using run = await beginWithAnn(servers);
      // The list of a moment ago says that the addresses are free: nobody is asked for before the create, but after it.
      await run.simulator.faults([{ kind: 'http-500', phase: 'after', cmd: 'batchadd', times: 1 }, aboutPat(fault)]);
      await changes(run, person(pat, 'pat'), person(quin, 'quin'));
      await patIsSetAside(run);
      assert.ok((await accounts(run)).has(addressOf('pat')));
      await recovers(run);
      assert.deepEqual(Object.values(creations(await run.calls())), [1, 1, 1]);
    });
  }

  test('where LastPass tells of nobody, nobody is set aside, and nothing is concluded', async () => {
    await using servers = await Servers.create();
    await using run = await beginWithAnn(servers);
    await listIsOld(run);
    await run.simulator.faults([{ kind: 'fail', cmd: 'getuserdata', error: 'Not now' }]);
    await changes(run, person(pat, 'pat'), person(quin, 'quin'));
    const asked = async () => (await run.calls()).filter((call) => call.cmd === 'getuserdata' && isAboutPat(call));
    await waitUntil('LastPass to be asked again and again', async () => (await asked()).length >= 3);
    assert.equal(await run.store.redis.hlen(run.store.keys.setAside), 0);
    await recovers(run);
    assert.deepEqual(Object.values(creations(await run.calls())), [1, 1, 1]);
  });
});
