/** Redis elsewhere: behind TLS, behind Sentinels with a fail-over, and as a node of a cluster. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { answerBells, ringerOf } from '@connector/shared/queues.ts';
import { openStore } from '@connector/shared/store.ts';
import { Redis } from 'ioredis';
import { Servers } from '../faults/pipeline.ts';
import { directory, policy, stages, tenant } from '../faults/scenario.ts';
import { assertToldOnce, notReady, recovered } from '../faults/service-report.ts';
import { Program } from '../support/child-process.ts';
import { freePort, RedisServer } from '../support/redis-server.ts';
import { makeCertificates } from '../support/samba/certificates.ts';
import { waitUntil } from '../support/wait-until.ts';

const address = '127.0.0.1';

/** A folder that is gone after the test. */
async function folder(stack: AsyncDisposableStack): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'redis-far-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test('with TLS the connector trusts the authority that it was given, and nobody without it', async () => {
  await using stack = new AsyncDisposableStack();
  const dir = await folder(stack);
  await makeCertificates(dir, { realm: 'REDIS.TEST', address });
  const port = await freePort();
  const settings = {
    'tls-port': String(port),
    'tls-cert-file': join(dir, 'cert.pem'),
    'tls-key-file': join(dir, 'key.pem'),
  };
  const clients = { 'tls-ca-cert-file': join(dir, 'ca.pem'), 'tls-auth-clients': 'no' };
  const server = stack.use(
    await RedisServer.create({ dir: join(dir, 'redis'), settings: { ...settings, ...clients } }),
  );
  const inside = new Redis(server.url);
  stack.defer(() => inside.disconnect());
  await inside.config('SET', 'requirepass', 'secret');
  const servers = stack.use(await Servers.create());
  const url = `rediss://${address}:${port}`;
  const caFile = join(dir, 'ca.pem');
  const run = stack.use(await servers.run({ tenant, directory, policy, redis: { url, caFile, password: 'secret' } }));
  const programs = (['reconciler', 'pusher', 'console'] as const).map((name) => run.process(name));
  await stages[0]?.(run);
  for (const program of programs) await recovered(program);
  await run.quiet();
  assert.equal((await run.simulator.state()).users.length, 9, 'five are created beside four');

  const stranger = stack.use(await servers.run({}));
  const config = { ...JSON.parse(await readFile(run.configFile, 'utf8')), redis: { url, password: 'secret' } };
  await writeFile(stranger.configFile, JSON.stringify(config));
  await notReady(
    stranger.process('reconciler'),
    /can't be reached \((UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)\w+\): start it, or check redis\.url/,
  );
});

/** A master with a replica, and three Sentinels that watch them. */
async function replicated(stack: AsyncDisposableStack) {
  const dir = await folder(stack);
  const first = stack.use(await RedisServer.create({ dir: join(dir, 'first') }));
  const settings = { replicaof: `${address} ${first.port}` };
  const second = stack.use(await RedisServer.create({ dir: join(dir, 'second'), settings }));
  const sentinels: string[] = [];
  for (const name of ['one', 'two', 'three']) {
    const port = await freePort();
    const home = join(dir, name);
    await mkdir(home);
    const lines = [
      `port ${port}`,
      `bind ${address}`,
      `dir ${home}`,
      `sentinel monitor mymaster ${address} ${first.port} 2`,
      'sentinel down-after-milliseconds mymaster 1000',
      'sentinel failover-timeout mymaster 5000',
    ];
    await writeFile(join(home, 'sentinel.conf'), `${lines.join('\n')}\n`);
    stack.use(new Program({ command: 'redis-server', args: [join(home, 'sentinel.conf'), '--sentinel'] }));
    sentinels.push(`${address}:${port}`);
  }
  const [asked = ''] = sentinels;
  const client = new Redis(`redis://${asked}`, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  stack.defer(() => client.disconnect());
  client.on('error', () => undefined); // not up yet: waited for below
  const ask = async (what: string) => (await client.call('SENTINEL', what, 'mymaster')) as string[][];
  await waitUntil(
    'the Sentinels to know the replica and each other',
    async () => {
      const [replicas, others] = [await ask('replicas'), await ask('sentinels')];
      return replicas.length === 1 && others.length === 2 && replicas[0]?.includes('ok');
    },
    { withinMs: 60_000 },
  );
  return { first, second, sentinels };
}

test('with Sentinels the connector goes on at the new master when the old one is killed', async (t) => {
  await using stack = new AsyncDisposableStack();
  const { first, second, sentinels } = await replicated(stack);
  const servers = stack.use(await Servers.create());
  const redis = { sentinels, master: 'mymaster' };
  const run = stack.use(await servers.run({ tenant, directory, policy, redis }));
  const programs = (['reconciler', 'pusher', 'console'] as const).map((name) => run.process(name));
  await stages[0]?.(run);
  await run.quiet();
  assert.equal((await run.simulator.state()).users.length, 9);
  const copy = new Redis(second.url);
  stack.defer(() => copy.disconnect());
  const { plans, links, clock } = run.store.keys;
  await waitUntil(
    'the replica to have it all',
    async () => (await copy.get(clock)) === (await run.store.redis.get(clock)),
  );

  const killedAt = performance.now();
  await first.kill();
  await waitUntil('the new master', async () => (await copy.info('replication')).includes('role:master'), {
    withinMs: 60_000,
  });
  await waitUntil('our way there', async () => run.store.redis.set('{test}:any', '1'), { withinMs: 60_000 });
  t.diagnostic(`a new master after ${Math.round(performance.now() - killedAt)} ms`);
  await stages[1]?.(run);
  for (const program of programs) await recovered(program, { withinMs: 60_000 });
  await run.quiet({ withinMs: 60_000 });
  const { users, welcomeEmails } = await run.simulator.state();
  assert.ok(
    users.some(({ username }) => username === 'hal@company.test'),
    'a later change isn’t delivered',
  );
  assert.deepEqual(
    Object.values(welcomeEmails).filter((mails) => mails.length !== 1),
    [],
    'somebody was created twice',
  );
  assert.equal(await copy.hlen(plans), 0);
  assert.ok((await copy.hlen(links)) > 0);
  for (const program of programs) assert.equal(await program.stop(), 0);
});

test('Sentinels that are not there: every service says so, and ends when it is asked to', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({});
  const sentinels = [`${address}:${await freePort()}`];
  const config = { ...JSON.parse(await readFile(run.configFile, 'utf8')), redis: { sentinels, master: 'mymaster' } };
  await writeFile(run.configFile, JSON.stringify(config));
  const line =
    /Redis at mymaster \(as told by 127\.0\.0\.1:\d+\) can't be reached \(All sentinels are unreachable[^)]*\): start it, or check redis\.sentinels and redis\.master/;
  const programs = (['watcher', 'reconciler', 'pusher', 'console'] as const).map(
    (name) => run.process(name, { env: { NODE_DISABLE_COMPILE_CACHE: '1' } }), // writing that at the end takes seconds, the first time
  );
  for (const program of programs) await notReady(program, line);
  await Promise.all(
    programs.map(async (program) => {
      const beganAt = performance.now();
      assert.equal(await program.stop(), 0, program.output);
      assert.ok(performance.now() - beganAt < 9_500);
      await assertToldOnce(program, line);
    }),
  );
});

describe('a node of a cluster', () => {
  const clustered = async (stack: AsyncDisposableStack, dir: string, name: string) =>
    stack.use(await RedisServer.create({ dir: join(dir, name), settings: { 'cluster-enabled': 'yes' } }));

  test('that holds all slots will do: all keys and scripts are of one', async () => {
    await using stack = new AsyncDisposableStack();
    const node = await clustered(stack, await folder(stack), 'node');
    const target = { url: node.url };
    const store = openStore({ target, prefix: 'connector', name: 'test' });
    stack.defer(() => store.close());
    await store.redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await waitUntil('the cluster', async () => String(await store.redis.call('CLUSTER', 'INFO')).includes('state:ok'));
    await store.check();
    const { committed } = await store.commit({
      guards: [{ command: ['GET', store.keys.policy], is: null }],
      writes: [
        ['SET', store.keys.policy, 'x'],
        ['ZADD', store.keys.toPlan, '1', 'corp/x'],
      ],
    });
    assert.ok(committed);
    await store.makeDurable();
    const heard: string[] = [];
    const queue = { target, prefix: store.keys.queues };
    const answering = answerBells('directory-changes', {
      ...queue,
      concurrency: 1,
      onError: (error) => assert.fail(error),
      answer: async (bell) => void heard.push(bell.directory),
    });
    stack.defer(() => answering.close());
    const ringer = ringerOf('directory-changes', queue);
    stack.defer(() => ringer.close());
    await ringer.ring({ directory: 'corp' });
    await waitUntil('the bell to be answered', () => heard.length > 0);
  });

  test('that doesn’t hold ours is refused, and the service says what to set', async () => {
    await using stack = new AsyncDisposableStack();
    const dir = await folder(stack);
    const [holder, other] = [await clustered(stack, dir, 'holder'), await clustered(stack, dir, 'other')];
    const client = new Redis(holder.url);
    stack.defer(() => client.disconnect());
    await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await client.call('CLUSTER', 'MEET', address, String(other.port));
    const servers = stack.use(await Servers.create());
    const run = stack.use(await servers.run({}));
    const config = { ...JSON.parse(await readFile(run.configFile, 'utf8')), redis: { url: other.url } };
    await writeFile(run.configFile, JSON.stringify(config));
    const line =
      /is a node of a cluster that doesn't hold our keys, which all lie in one slot: set redis\.url to the one that does/;
    await notReady(run.process('reconciler'), line);
  });
});
