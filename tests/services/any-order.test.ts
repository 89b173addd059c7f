/** Services started before anything that they need: each tells once what is missing, and goes on as soon as it is there. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorsOf, notReady, recovered } from '../faults/service-report.ts';
import { Program } from '../support/child-process.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { freePort, RedisServer } from '../support/redis-server.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { Simulator } from '../support/simulator.ts';
import { waitUntil } from '../support/wait-until.ts';

const root = resolve(import.meta.dirname, '../..');
/** From the last to the first, as no administrator would start them. */
const names = ['console', 'pusher', 'reconciler', 'watcher'] as const;

/** How often each line of an error was told. */
const told = (program: Program) =>
  Object.entries(Object.groupBy(errorsOf(program), (line) => line)).map(([line, all]) => ({
    line,
    times: all?.length,
  }));

test('nothing is there at first: each service says what is missing, once, and all of it works in the end', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'any-order-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const domain = stack.use(await SambaDomain.create({ dir: join(dir, 'domain') }));
  const account = await domain.createServiceAccount({ name: 'svc-lastpass', password: 'Secret123!svc' });
  const admin = new DirectoryAdmin(domain);
  await admin.createUser({ name: 'ann', ou: `CN=Users,${domain.baseDn}`, mail: 'ann@example.com' });
  await admin[Symbol.asyncDispose]();
  await domain.stop();
  const [redisPort, apiPort] = [await freePort(), await freePort()];
  const provhash = 'provhash-of-this-test';
  const configuration = join(dir, 'connector.yaml');
  const config = {
    directories: [
      {
        id: 'corp',
        urls: [domain.ldapsUrl],
        bindDn: account.dn,
        bindPassword: account.password,
        tls: { caFile: domain.caFile },
      },
    ],
    lastpass: { apiUrl: `http://127.0.0.1:${apiPort}/enterpriseapi.php`, cid: Simulator.cid, provhash },
    redis: { url: `redis://127.0.0.1:${redisPort}` },
  };
  await writeFile(configuration, JSON.stringify(config));
  const programs = names.map((name) =>
    stack.use(
      new Program({
        command: process.execPath,
        args: ['src/main.ts'],
        cwd: join(root, 'services', name),
        env: { CONNECTOR_CONFIG: configuration, CONNECTOR_PORT: '0' },
      }),
    ),
  );
  const [console, pusher, reconciler, watcher] = programs;
  assert.ok(console && pusher && reconciler && watcher);

  const noRedis = /^Redis at 127\.0\.0\.1:\d+ can't be reached \(ECONNREFUSED\): start it, or check redis\.url$/;
  for (const program of programs) await notReady(program, noRedis);
  await sleep(5_000); // time in which nothing may be told again
  for (const program of programs) {
    const [only, ...others] = told(program);
    assert.match(only?.line ?? '', noRedis);
    assert.deepEqual([only?.times, others], [1, []]);
  }

  stack.use(await RedisServer.create({ dir: join(dir, 'redis'), port: redisPort }));
  const noDirectory = /can't be reached: nothing listens there; is the domain controller up, and is this its port\?/;
  const noLastPass =
    /^can't connect to LastPass at 127\.0\.0\.1:\d+ \(ECONNREFUSED\): check apiUrl, DNS and the firewall/;
  await recovered(console);
  await notReady(watcher, noDirectory);
  await notReady(pusher, noLastPass);
  await notReady(reconciler, /the first full read of the directory corp isn't complete yet/);
  await sleep(8_000); // time in which nothing may be told again
  for (const [program, line] of [
    [watcher, noDirectory],
    [pusher, noLastPass],
  ] as const) {
    const [first, second, ...others] = told(program);
    assert.match(first?.line ?? '', noRedis);
    assert.match(second?.line ?? '', line);
    assert.deepEqual([first?.times, second?.times, others], [1, 1, []]);
  }
  assert.equal(errorsOf(reconciler).length, 1, errorsOf(reconciler).join('\n'));

  const simulator = stack.use(await Simulator.create({ port: apiPort, args: ['--provhash', provhash] }));
  await recovered(pusher);
  await domain.start();
  for (const program of programs) await recovered(program, { withinMs: 60_000 });
  await waitUntil(
    'the account',
    async () => (await simulator.state()).users.some(({ username }) => username === 'ann@example.com'),
    {
      withinMs: 60_000,
    },
  );
  for (const program of programs) assert.equal(await program.stop(), 0);
  t.diagnostic(`errors told: ${programs.map((program) => errorsOf(program).length).join(', ')}`);
});
