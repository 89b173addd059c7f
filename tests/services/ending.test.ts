/** SIGTERM: every service ends within 10 s with exit code 0, whatever it waits for, and leaves nothing half done. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Run, Servers } from '../faults/pipeline.ts';
import { directory, policy, stages, tenant } from '../faults/scenario.ts';
import { conditionOf, errorsOf, notReady, recovered } from '../faults/service-report.ts';
import type { Program } from '../support/child-process.ts';
import { FakeDirectory } from '../support/fake-directory.ts';
import { freePort } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const services = ['watcher', 'reconciler', 'pusher', 'console'] as const;
/** Node writes what it has compiled at its end, the first time, which takes seconds: that is none of the service's doing. */
const uncached = { env: { NODE_DISABLE_COMPILE_CACHE: '1' } };

/** Ends a service in time, whatever it waits for. */
async function endsInTime(program: Program): Promise<void> {
  const errors = errorsOf(program).length;
  const beganAt = performance.now();
  assert.equal(await program.stop(), 0, program.output.slice(-2_000));
  const tookMs = Math.round(performance.now() - beganAt);
  assert.ok(tookMs < 10_000, `it took ${tookMs} ms`);
  assert.deepEqual(errorsOf(program).slice(errors), [], 'an end that was asked for is no error');
}

/** Ends a service that can come to its end by itself, and needn't be cut off. */
async function endsByItself(program: Program): Promise<void> {
  await endsInTime(program);
  assert.doesNotMatch(program.output, /waits no longer/);
}

const isUp = (program: Program) => conditionOf(program);

describe('with all there is', () => {
  test('every service ends at once, and says so', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({ tenant, directory, policy });
    const programs = services.map((name) => run.process(name, uncached));
    await Promise.all(programs.map(isUp));
    await waitUntil('all to be known', async () => (await run.store.redis.hlen(run.store.keys.services)) === 4);
    for (const program of programs) await endsByItself(program);
    assert.equal(await run.store.redis.hlen(run.store.keys.services), 0, 'who has ended is still listed');
  });
});

test('every service ends whose log nobody reads any more, and doesn’t try for ever to write its last lines', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({});
  await servers.redis.stop();
  const programs = services.map((name) => run.process(name, uncached));
  for (const program of programs) await notReady(program, /can't be reached/);
  for (const program of programs) program.turnAway();
  await Promise.all(
    programs.map(async (program) => {
      const beganAt = performance.now();
      assert.equal(await program.stop(), 0);
      assert.ok(performance.now() - beganAt < 10_000);
    }),
  );
});

describe('with Redis', () => {
  test('never there: every service ends', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({});
    await servers.redis.stop();
    const programs = services.map((name) => run.process(name, uncached));
    for (const program of programs)
      await notReady(program, /can't be reached \(ECONNREFUSED\): start it, or check redis\.url/);
    await Promise.all(programs.map((program) => endsInTime(program)));
  });

  test('gone: every service ends', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({ tenant, directory, policy });
    const programs = services.map((name) => run.process(name, uncached));
    await Promise.all(programs.map(isUp));
    await waitUntil('all to be known', async () => (await run.store.redis.hlen(run.store.keys.services)) === 4);
    await servers.redis.kill();
    for (const program of programs) await notReady(program, /can't be reached/);
    await Promise.all(programs.map((program) => endsInTime(program)));
  });

  test('silent: every service ends', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({ tenant, directory, policy });
    const programs = services.map((name) => run.process(name, uncached));
    await waitUntil('all to be known', async () => (await run.store.redis.hlen(run.store.keys.services)) === 4, {
      withinMs: 45_000,
    });
    servers.redis.signal('SIGSTOP');
    try {
      await Promise.all(programs.map((program) => endsInTime(program)));
    } finally {
      servers.redis.signal('SIGCONT');
    }
  });
});

describe('a watcher ends at once', () => {
  let servers: Servers;
  before(async () => {
    servers = await Servers.create();
  });
  after(() => servers[Symbol.asyncDispose]());

  const watching = (url: string) => servers.run({ directory: { urls: [url], insecure: true } });

  test('while no domain controller is there', async () => {
    await using run = await watching(`ldap://127.0.0.1:${await freePort()}`);
    const watcher = run.process('watcher', uncached);
    await notReady(watcher, /can't be reached: nothing listens there; is the domain controller up/);
    await endsByItself(watcher);
  });

  test('while a domain controller doesn’t answer the sign-in', async () => {
    await using fake = await FakeDirectory.start(() => 'silence', { bind: 'silence' });
    await using run = await watching(fake.url);
    const watcher = run.process('watcher', uncached);
    await waitUntil('the sign-in', () => fake.binds.length > 0, { withinMs: 45_000 });
    await endsByItself(watcher);
    assert.equal(await run.store.redis.exists(run.store.keys.directory('corp').lease), 0, 'the lease isn’t given back');
  });

  test('in the middle of a read', async () => {
    let asked = 0;
    const silent = () => {
      asked++;
      return 'silence' as const;
    };
    await using fake = await FakeDirectory.start(silent);
    await using run = await watching(fake.url);
    const watcher = run.process('watcher', uncached);
    await waitUntil('the read', () => asked > 0, { withinMs: 45_000 });
    await endsByItself(watcher);
    const keys = run.store.keys.directory('corp');
    assert.equal(await run.store.redis.exists(keys.log, keys.cursor, keys.lease), 0, 'something is half done');
  });
});

describe('a pusher', () => {
  let servers: Servers;
  before(async () => {
    servers = await Servers.create();
  });
  after(() => servers[Symbol.asyncDispose]());

  const calledOf = (run: Run, cmd: string) =>
    waitUntil(`a ${cmd}`, async () => (await run.calls()).some((call) => call.cmd === cmd), { withinMs: 60_000 });

  test('ends at once while it reads accounts, and makes nobody pause for it', async () => {
    await using run = await servers.run({});
    await run.simulator.faults([{ kind: 'hang', cmd: 'getuserdata' }]);
    const pusher = run.process('pusher', uncached);
    await calledOf(run, 'getuserdata');
    await endsByItself(pusher);
    assert.equal(await run.store.redis.hget(run.store.keys.callRate, 'pausedUntil'), null);
    assert.equal(await run.store.redis.exists(run.store.keys.accountsReader), 0, 'its turn isn’t given back');
  });

  for (const phase of ['before', 'after'] as const) {
    test(`ends while a create hangs ${phase} it is carried out, and the next one creates nobody twice`, async () => {
      await using run = await servers.run({ tenant, directory, policy });
      await run.inside('reconciler');
      await run.simulator.faults([{ kind: 'hang', cmd: 'batchadd', phase }]);
      const pusher = run.process('pusher', uncached);
      await stages[0]?.(run);
      await calledOf(run, 'batchadd');
      await endsByItself(pusher);
      const { redis, keys } = run.store;
      assert.equal(await redis.hlen(keys.intents), 5, 'what was sent is written down');
      const owners = await redis.hvals(keys.claims);
      assert.ok(
        owners.every((owner) => owner.startsWith('-')),
        'its claims aren’t free',
      );

      await run.simulator.faults([]);
      await run.claimsExpire();
      const next = run.process('pusher', uncached);
      await recovered(next);
      await run.quiet({ withinMs: 60_000 });
      const { welcomeEmails } = await run.simulator.state();
      const many = Object.entries(welcomeEmails).filter(([, mails]) => mails.length !== 1);
      assert.deepEqual(many, []);
      assert.equal(Object.keys(welcomeEmails).length, 5);
    });
  }

  test('waits for an answer that is on its way, and records it', async () => {
    await using run = await servers.run({ tenant, directory, policy });
    await run.inside('reconciler');
    await run.simulator.faults([{ kind: 'latency', cmd: 'batchadd', latencyMs: 2_000 }]);
    const pusher = run.process('pusher', uncached);
    await stages[0]?.(run);
    await waitUntil('the create', async () => (await run.store.redis.hlen(run.store.keys.intents)) === 5, {
      withinMs: 60_000,
    });
    await endsByItself(pusher);
    assert.equal(await run.store.redis.hlen(run.store.keys.intents), 0, 'the answer isn’t recorded');
    assert.equal(await run.store.redis.hlen(run.store.keys.links), 7);
  });
});
