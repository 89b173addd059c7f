import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Program } from '../support/child-process.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { waitUntil } from '../support/wait-until.ts';
import { creations, repeats } from './call-log.ts';
import { directoryId, type Run, Servers } from './pipeline.ts';
import { bases, directory, guidOf, person, policy, surroundings, tenant } from './scenario.ts';

/** The one of these processes that an instance's name (`<host>-<pid>-<start>`) is of. */
function processOf(instance: string, programs: readonly Program[]): Program {
  const found = programs.find(({ pid }) => instance.includes(`-${pid}-`));
  assert.ok(found, `${instance} is none of the processes`);
  return found;
}

/** Nobody was created more than once, and no change was sent again. */
async function assertNothingTwice(run: Run): Promise<void> {
  const calls = await run.calls();
  const twice = Object.entries(creations(calls)).filter(([, count]) => count !== 1);
  assert.deepEqual(twice, []);
  assert.deepEqual(repeats(calls), []);
}

const fullnameOf = async (run: Run, username: string) =>
  (await run.simulator.state()).users.find((user) => user.username === username)?.fullname;

test('a watcher that wakes after another took over appends nothing, and nothing is lost', async () => {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(await Servers.create());
  const domain = stack.use(await SambaDomain.create({ dir: join(servers.dir, 'domain') }));
  const admin = stack.use(new DirectoryAdmin(domain));
  const account = await domain.createServiceAccount({ name: 'svc-lastpass', password: 'Secret123!svc' });
  const ou = `OU=People,${domain.baseDn}`;
  await admin.createOu({ name: 'People' });
  const hire = (name: string) =>
    admin.createUser({ name, ou, mail: `${name}@company.test`, displayName: `Mx ${name}` });
  const ann = await hire('ann');
  const run = stack.use(
    await servers.run({
      tenant,
      directory: {
        urls: [domain.ldapsUrl],
        bindDn: account.dn,
        bindPassword: account.password,
        tls: { caFile: domain.caFile },
        userBases: [ou],
      },
    }),
  );
  await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
  const watchers = [run.process('watcher'), run.process('watcher')];
  await run.quiet();
  const { lease } = run.store.keys.directory(directoryId);
  const holder = async () => (await run.store.redis.get(lease)) ?? '';
  const paused = processOf(await waitUntil('an active watcher', holder), watchers);

  paused.signal('SIGSTOP');
  await hire('bob'); // it rings at the paused one too, which reads it when it wakes
  await waitUntil(
    'the other watcher to take over',
    async () => {
      const now = await holder();
      return now !== '' && processOf(now, watchers) !== paused;
    },
    { withinMs: 10_000 },
  );
  await admin.modify(ann, { displayName: 'Ann the Renamed' });
  await waitUntil(
    'the change at LastPass',
    async () => (await fullnameOf(run, 'ann@company.test')) === 'Ann the Renamed',
  );

  paused.signal('SIGCONT');
  await waitUntil('the paused watcher to be refused', () => /was superseded|another watcher/.test(paused.output));
  await hire('cyd');
  await waitUntil('the hire at LastPass', async () => (await fullnameOf(run, 'cyd@company.test')) === 'Mx cyd');
  await run.quiet();
  assert.notEqual(processOf(await holder(), watchers), paused);
  await assertNothingTwice(run);
  const created = Object.keys(creations(await run.calls()));
  assert.deepEqual(created, ['ann@company.test', 'bob@company.test', 'cyd@company.test']);
});

describe('a pusher that sleeps over a create', { concurrency: true }, () => {
  for (const latencyMs of [7_000, 15_000])
    test(`a pusher paused while a create takes ${latencyMs} ms doesn't lead to a second one`, async () => {
      await using servers = await Servers.create();
      await using run = await servers.run({ tenant, directory, policy });
      const { redis, keys } = run.store;
      await run.inside('reconciler');
      const pushers = [run.process('pusher'), run.process('pusher')];
      const alive = async () => (await redis.keys(keys.alive('*'))).length;
      await waitUntil(
        'two pushers',
        async () => (await alive()) === 2 && (await redis.exists(keys.accountsRead)) === 1,
      );
      await run.simulator.faults([{ kind: 'latency', cmd: 'batchadd', latencyMs, times: 1 }]);
      await run.appendFullRead([...surroundings(), person(11, 'ann'), person(12, 'bob')], bases);
      const creates = async () => (await run.calls()).filter(({ cmd }) => cmd === 'batchadd');
      await waitUntil('the create to be sent', async () => (await creates()).length > 0);
      const owner = await redis.hget(keys.claims, `${directoryId}/${guidOf(11)}`);
      const paused = processOf(owner ?? '', pushers);

      paused.signal('SIGSTOP');
      await run.append({ type: 'changes', caughtUp: true, changes: [person(13, 'cyd')] });
      await waitUntil(
        'the other pusher to go on with others',
        async () => (await fullnameOf(run, 'cyd@company.test')) === 'Mx cyd',
        { withinMs: 10_000 },
      );
      await run.quiet({ withinMs: 60_000 });
      assert.equal(await fullnameOf(run, 'ann@company.test'), 'Mx ann');

      paused.signal('SIGCONT');
      await waitUntil('a sign of life of both', async () => (await alive()) === 2);
      await run.append({
        type: 'changes',
        caughtUp: true,
        changes: [{ guid: guidOf(11), complete: false, displayName: 'Ann the Renamed' }],
      });
      await waitUntil('the rename', async () => (await fullnameOf(run, 'ann@company.test')) === 'Ann the Renamed');
      await run.quiet();
      await waitUntil('the slow create to be carried out', async () =>
        (await creates()).every(({ outcome }) => outcome !== 'waiting'),
      );
      await assertNothingTwice(run);
    });
});

test('a pusher killed while it reads all accounts holds the others up for 10 s at most', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ tenant, directory, policy });
  await run.simulator.faults([{ kind: 'hang', cmd: 'getuserdata' }]);
  const killed = run.process('pusher');
  await waitUntil('the reading to begin', async () => (await run.calls()).length > 0);
  await killed.kill();
  await run.simulator.faults([]);
  await run.inside('pusher');
  const { redis, keys } = run.store;
  await waitUntil('the accounts to be read', () => redis.exists(keys.accountsRead), { withinMs: 10_000 });
});

test('a reconciler that is paused in the middle of its work and wakes when another has done it changes nothing', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ tenant, directory, policy });
  const reconcilers = [run.process('reconciler'), run.process('reconciler')];
  await run.inside('pusher');
  const { redis, keys } = run.store;
  await waitUntil('the policy in force', async () => (await redis.exists(keys.policy)) === 1);
  const everybody = Array.from({ length: 200 }, (_, index) => person(100 + index, `p${index}`));
  await run.appendFullRead([...surroundings(), ...everybody.slice(0, 150)], bases);
  await waitUntil('the first plan', async () => (await redis.hlen(keys.plans)) > 0, { everyMs: 1 });
  const [paused] = reconcilers;
  paused?.signal('SIGSTOP');
  for (const each of everybody.slice(150)) await run.append({ type: 'changes', caughtUp: true, changes: [each] });
  await waitUntil('everybody at LastPass', async () => Object.keys(creations(await run.calls())).length === 200, {
    withinMs: 30_000,
  });
  await run.append({
    type: 'changes',
    caughtUp: true,
    changes: everybody.map(({ guid }) => ({ guid, complete: false, displayName: 'Everybody the Renamed' })),
  });
  paused?.signal('SIGCONT');
  await waitUntil('every rename', async () => {
    const { users } = await run.simulator.state();
    return users.filter(({ fullname }) => fullname === 'Everybody the Renamed').length === 200;
  });
  await run.quiet();
  await assertNothingTwice(run);
});
