import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { alarm } from '@connector/shared/plan.ts';
import type { Program } from '../support/child-process.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { freePort } from '../support/redis-server.ts';
import { makeCertificates } from '../support/samba/certificates.ts';
import { run as runProgram } from '../support/samba/run.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { Simulator } from '../support/simulator.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type Run, Servers, type ServiceName } from './pipeline.ts';
import { bases, directory, person, policy, surroundings, tenant } from './scenario.ts';
import { assertToldOnce, errorsOf, notReady, recovered } from './service-report.ts';

const allServices: readonly ServiceName[] = ['watcher', 'reconciler', 'pusher'];

/** Nothing was changed at LastPass, and no secret told. */
async function assertHarmless(run: Run): Promise<void> {
  const writes = (await run.calls()).filter(({ cmd, executed }) => executed && cmd !== 'getuserdata');
  assert.deepEqual(writes, []);
  const { directories, lastpass } = run.configuration;
  for (const secret of [lastpass.provhash, ...directories.map(({ bindPassword }) => bindPassword)])
    assert.ok(!run.output.includes(secret), 'a secret is in the output');
}

describe('a service that can’t begin says why and ends', () => {
  for (const name of allServices) {
    test(name, async () => {
      await using servers = await Servers.create();
      await using run = await servers.run({});
      const file = join(servers.dir, 'wrong.yaml');
      const variable = 'NOT_SET_ANYWHERE';
      const slip = { directories: run.configuration.directories, polici: {}, lastpass: { cid: 1, provhash: 'hidden' } };
      await writeFile(file, JSON.stringify(slip));
      const wrongKey = run.process(name, { env: { CONNECTOR_CONFIG: file } });
      assert.equal(await wrongKey.ended, 1);
      assert.deepEqual(wrongKey.lines, [`${file}: polici: unknown key; did you mean policy?`]);

      await writeFile(file, JSON.stringify({ ...slip, lastpass: { cid: 1, provhash: `\${${variable}}` } }));
      const missing = run.process(name, { env: { CONNECTOR_CONFIG: file } });
      assert.equal(await missing.ended, 1);
      const problem = `the environment variable ${variable} isn't set; set it, or write the value itself`;
      assert.deepEqual(missing.lines, [`${file}: lastpass.provhash: ${problem}`]);

      const port = new URL(run.simulator.apiUrl).port;
      const taken = run.process(name, { env: { CONNECTOR_PORT: port } });
      assert.equal(await taken.ended, 1);
      assert.match(taken.output, /^\w+: port \d+ on 127\.0\.0\.1 can't be used \(EADDRINUSE\); change/m);
    });
  }
});

describe('Redis', () => {
  const unsuitable = [
    { key: 'maxmemory-policy', wrong: 'allkeys-lru', right: 'noeviction', line: /set maxmemory-policy to noeviction/ },
    { key: 'appendonly', wrong: 'no', right: 'yes', line: /set appendonly to yes/ },
  ];
  for (const { key, wrong, right, line } of unsuitable) {
    test(`with ${key} ${wrong}: every service says what to set, and goes on once it is`, async () => {
      await using servers = await Servers.create({ redisSettings: { [key]: wrong } });
      await using run = await servers.run({ tenant, directory, policy });
      const programs = allServices.map((name) => run.process(name));
      for (const program of programs) await notReady(program, line);
      for (const program of programs) await assertToldOnce(program, line);
      assert.deepEqual(await run.calls(), []);
      await run.store.redis.config('SET', key, right);
      for (const program of programs) await recovered(program, { from: line });
      await recovered(programs[2] ?? assert.fail());
      await assertHarmless(run);
    });
  }

  test('down: every service says so, and goes on once it is up', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({ tenant, directory, policy });
    await servers.redis.stop();
    const line = /Redis at 127\.0\.0\.1:\d+ can't be reached .*: start it, or check redis\.url/;
    const programs = allServices.map((name) => run.process(name));
    for (const program of programs) await notReady(program, line);
    await servers.redis.start();
    for (const program of programs) await recovered(program, { from: line });
    const pusher = programs[2] ?? assert.fail();
    await recovered(pusher);

    await servers.redis.kill();
    for (const program of programs) await notReady(program, line);
    await servers.redis.start();
    for (const program of programs) await recovered(program, { from: line });
    await recovered(pusher);
    await assertHarmless(run);
  });
});

describe('LastPass', { concurrency: true }, () => {
  test('down: the pusher says so, and goes on once it is up', async () => {
    await using servers = await Servers.create();
    const port = await freePort();
    await using run = await servers.run({ lastpass: { apiUrl: `http://127.0.0.1:${port}/enterpriseapi.php` } });
    const pusher = run.process('pusher');
    await notReady(pusher, /can't connect to LastPass at 127\.0\.0\.1:\d+ \(ECONNREFUSED\): check apiUrl/);
    await using _late = await Simulator.create({ port });
    await recovered(pusher);
    await assertHarmless(run);
  });

  test('refusing the provhash: one call in 30 s from all pushers together, and they go on once it is right', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({ tenant, directory, policy });
    const { provhash } = run.configuration.lastpass;
    const { redis, keys } = run.store;
    await run.simulator.settings({ provhash: 'another' });
    const line = /LastPass refuses the credentials: check cid and provhash/;
    const pushers = [run.process('pusher'), run.process('pusher')];
    for (const pusher of pushers) await notReady(pusher, line);
    await sleep(10_000); // time in which nothing may happen
    const calls = async () => (await run.calls()).length;
    assert.equal(await calls(), 1);
    for (const pusher of pushers) await assertToldOnce(pusher, line);

    const tryAgainNow = async () => {
      for (const [name, raw] of Object.entries(await redis.hgetall(keys.alarms)))
        await redis.hset(keys.alarms, name, JSON.stringify({ ...alarm.parse(JSON.parse(raw)), tryAgainAtMs: 0 }));
    };
    await tryAgainNow();
    await waitUntil('another try', async () => (await calls()) === 2);
    await sleep(5_000); // time in which nothing may happen
    assert.equal(await calls(), 2);
    for (const raw of await redis.hvals(keys.alarms))
      assert.ok(alarm.parse(JSON.parse(raw)).tryAgainAtMs > Date.now() + 20_000);

    await run.simulator.settings({ provhash });
    const [first, second] = pushers as [Program, Program];
    second.signal('SIGSTOP'); // so that the first one finds out, and the second has nothing left to call for
    await tryAgainNow();
    await recovered(first);
    await waitUntil('the accounts to be read', () => redis.exists(keys.accountsRead));
    second.signal('SIGCONT');
    await recovered(second);
    await assertHarmless(run);
  });

  test('refusing the provhash in the middle of the work of three pushers: each call under way is the last', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({ tenant, directory, policy });
    const people = Array.from({ length: 20 }, (_, index) => person(100 + index, `p${index}`));
    await run.inside('reconciler');
    const pushers = [run.process('pusher'), run.process('pusher'), run.process('pusher')];
    for (const pusher of pushers) await recovered(pusher);
    await run.appendFullRead([...surroundings(), ...people], bases);
    await run.quiet();
    const { provhash } = run.configuration.lastpass;
    await run.simulator.settings({ provhash: 'another' });
    for (const { guid } of people)
      await run.append({
        type: 'changes',
        caughtUp: true,
        changes: [{ guid, complete: false, displayName: 'Renamed' }],
      });
    for (const pusher of pushers) await notReady(pusher, /LastPass refuses the credentials/);
    await sleep(5_000); // time in which nothing may happen
    const refused = (await run.calls()).filter(({ outcome }) => outcome === 'unauthorized');
    assert.ok(refused.length <= pushers.length, `${refused.length} calls with refused credentials`);
    await run.simulator.settings({ provhash });
    for (const [name, raw] of Object.entries(await run.store.redis.hgetall(run.store.keys.alarms)))
      await run.store.redis.hset(
        run.store.keys.alarms,
        name,
        JSON.stringify({ ...alarm.parse(JSON.parse(raw)), tryAgainAtMs: 0 }),
      );
    for (const pusher of pushers) await recovered(pusher);
    await run.quiet();
    const renamed = (await run.simulator.state()).users.filter(({ fullname }) => fullname === 'Renamed');
    assert.equal(renamed.length, people.length);
  });
});

describe('the directory', { concurrency: true }, () => {
  let servers: Servers;
  let domain: SambaDomain;
  let admin: DirectoryAdmin;
  const password = 'Secret123!svc';
  const accounts = new Map<string, string>();

  before(async () => {
    servers = await Servers.create();
    domain = await SambaDomain.create({ dir: join(servers.dir, 'domain') });
    admin = new DirectoryAdmin(domain);
    for (const name of ['svc-password', 'svc-certificate', 'svc-ca-file', 'svc-bases', 'svc-blind']) {
      const created = await domain.createServiceAccount({
        name,
        password: name === 'svc-password' ? 'Another123!' : password,
        seesDeleted: name !== 'svc-blind',
      });
      accounts.set(name, created.dn);
    }
  });
  after(async () => {
    await admin[Symbol.asyncDispose]();
    await domain[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  const runWith = async (bindDn: string, more: object = {}) =>
    servers.run({
      tenant,
      directory: {
        urls: [domain.ldapsUrl],
        bindDn,
        bindPassword: password,
        tls: { caFile: domain.caFile },
        ...more,
      },
    });

  test('refusing the password: said once, tried again slowly, and read once it is right', async () => {
    const dn = accounts.get('svc-password') ?? assert.fail();
    await using run = await runWith(dn);
    const watcher = run.process('watcher');
    const line =
      /refuses the account CN=svc-password,.*the name or the password is wrong; check bindDn and bindPassword/;
    await notReady(watcher, line);
    await assertToldOnce(watcher, line);
    const settings = ['-s', domain.configurationFile];
    await runProgram('samba-tool', ['user', 'setpassword', 'svc-password', `--newpassword=${password}`, ...settings]);
    await recovered(watcher, { withinMs: 40_000 });
    await assertHarmless(run);
  });

  test('with a certificate of an authority that isn’t trusted: said once, and read once the file is the right one', async () => {
    const dn = accounts.get('svc-certificate') ?? assert.fail();
    const folder = join(servers.dir, 'another-authority');
    await runProgram('mkdir', ['-p', folder]);
    await makeCertificates(folder, { realm: domain.realm, address: domain.address });
    const caFile = join(folder, 'ca.pem');
    await using run = await runWith(dn, { tls: { caFile } });
    const watcher = run.process('watcher');
    const line =
      /the certificate of .* can't be trusted \(.*\): its authority is unknown here; put that in tls\.caFile/;
    await notReady(watcher, line);
    await assertToldOnce(watcher, line);
    await copyFile(domain.caFile, caFile);
    await recovered(watcher);
    await assertHarmless(run);
  });

  test('with a CA file that isn’t there: said once, and read once it is', async () => {
    const dn = accounts.get('svc-ca-file') ?? assert.fail();
    const caFile = join(servers.dir, 'late-ca.pem');
    await using run = await runWith(dn, { tls: { caFile } });
    const watcher = run.process('watcher');
    const line = /tls\.caFile .*late-ca\.pem can't be read: write the path of the CA's certificate in PEM form/;
    await notReady(watcher, line);
    await assertToldOnce(watcher, line);
    await copyFile(domain.caFile, caFile);
    await recovered(watcher);
    await assertHarmless(run);
  });

  test('without a base that is configured: said once, with its DN, and read once it is there', async () => {
    const dn = accounts.get('svc-bases') ?? assert.fail();
    const base = `OU=Missing,${domain.baseDn}`;
    await using run = await runWith(dn, { userBases: [base] });
    const watcher = run.process('watcher');
    const line = new RegExp(`knows no ${base}, or doesn't show it to this account; check the DN`);
    await notReady(watcher, line);
    await assertToldOnce(watcher, line);
    await admin.createOu({ name: 'Missing' });
    await recovered(watcher, { withinMs: 75_000 });
    await assertHarmless(run);
  });

  test('that doesn’t show deletions: said once with the remedy, and read once it does', async () => {
    const dn = accounts.get('svc-blind') ?? assert.fail();
    await using run = await runWith(dn);
    const watcher = run.process('watcher');
    const line = /CN=svc-blind,.* doesn't see deleted objects, .* run: dsacls "CN=Deleted Objects,/;
    await notReady(watcher, line);
    await assertToldOnce(watcher, line);
    await admin.addMember(`CN=Domain Admins,CN=Users,${domain.baseDn}`, dn);
    await recovered(watcher, { withinMs: 30_000 });
    await assertHarmless(run);
  });
});

test('a domain controller that is down: said once, and read once it is up', async () => {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(await Servers.create());
  const domain = stack.use(await SambaDomain.create({ dir: join(servers.dir, 'domain') }));
  const { dn: bindDn, password: bindPassword } = await domain.createServiceAccount({
    name: 'svc-lastpass',
    password: 'Secret123!svc',
  });
  const tls = { caFile: domain.caFile };
  const run = stack.use(
    await servers.run({ tenant, directory: { urls: [domain.ldapsUrl], bindDn, bindPassword, tls } }),
  );
  await domain.stop();
  const watcher = run.process('watcher');
  const line = /can't be reached: nothing listens there; is the domain controller up, and is this its port\?/;
  await notReady(watcher, line);
  await assertToldOnce(watcher, line);
  await domain.start();
  await recovered(watcher, { withinMs: 30_000 });
  await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
  await run.quiet();

  await domain.kill();
  await notReady(watcher, /can't be reached|was lost|ended/);
  assert.ok(errorsOf(watcher).length <= 4, errorsOf(watcher).join('\n'));
  await domain.start();
  await recovered(watcher, { withinMs: 30_000 });
  await assertHarmless(run);
});
