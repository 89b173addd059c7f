/** Everything that a check knows to be wrong with LastPass, on the simulator: doing what it says makes the line turn ok. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { credentialsDigest } from '@connector/shared/credentials.ts';
import type { Alarm } from '@connector/shared/plan.ts';
import { readAside, retryPerson } from '../../services/console/src/aside/aside-people.ts';
import { checkLastPass } from '../../services/console/src/check/check-lastpass.ts';
import type { Finding } from '../../services/console/src/check/findings.ts';
import { directoryId, type Run, Servers } from '../faults/pipeline.ts';
import { bases, directory, person, policy, surroundings } from '../faults/scenario.ts';
import { Program } from '../support/child-process.ts';
import { freePort } from '../support/redis-server.ts';
import { makeCertificates } from '../support/samba/certificates.ts';
import { Simulator } from '../support/simulator.ts';
import { Tinyproxy } from '../support/tinyproxy.ts';
import { TlsFront } from '../support/tls-front.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Checked } from './checked.ts';

let servers: Servers;
let run: Run;
before(async () => {
  servers = await Servers.create();
  run = await servers.run({ directory, policy });
});
after(async () => {
  await run?.[Symbol.asyncDispose]();
  await servers?.[Symbol.asyncDispose]();
});

/** Looks at LastPass as it is configured, but for some keys. */
async function check(lastpass: object = {}, { redisAnswers = true } = {}): Promise<Checked> {
  const configuration = { ...run.configuration, lastpass: { ...run.configuration.lastpass, ...lastpass } };
  const { signal } = new AbortController();
  return await Checked.by(checkLastPass({ configuration, store: run.store, redisAnswers, signal }));
}

test('LastPass as it should be; what only Redis knows is left out without it', async () => {
  const checked = await check();
  assert.deepEqual([checked.wrong, checked.whats], [[], ['tcp', 'credentials', 'seats']]);
  assert.match(checked.line('credentials'), /^ok: 127\.0\.0\.1:\d+ takes cid and provhash; \d+ accounts?$/);
  assert.deepEqual((await check({}, { redisAnswers: false })).whats, ['tcp', 'credentials']);
});

test('a host that is not there, and the right one', async () => {
  const wrong = await check({ apiUrl: 'https://lastpass.invalid/enterpriseapi.php' });
  assert.match(
    wrong.line('dns'),
    /^failure: can't connect to LastPass at lastpass\.invalid \(\w+\): check apiUrl, DNS and/,
  );
  assert.deepEqual(wrong.whats, ['dns']);
  const { port } = new URL(run.simulator.apiUrl);
  const named = await check({ apiUrl: `http://localhost:${port}/enterpriseapi.php` });
  assert.match(named.line('dns'), /^ok: localhost is .*127\.0\.0\.1/);
  assert.deepEqual(named.wrong, []);
});

test('a port that nothing listens on, until something does', async () => {
  const port = await freePort();
  const there = { apiUrl: `http://127.0.0.1:${port}/enterpriseapi.php` };
  const wrong = await check(there);
  assert.match(
    wrong.line('tcp'),
    /^failure: can't connect to LastPass at 127\.0\.0\.1:\d+ \(ECONNREFUSED\): check apiUrl/,
  );
  assert.deepEqual(wrong.whats, ['tcp']);
  await using late = await Simulator.create({ port });
  const { provhash } = await late.settings(null);
  assert.deepEqual((await check({ ...there, provhash })).wrong, []);
});

describe('by TLS', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'check-lastpass-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  /** A server with a certificate of an authority of its own, in front of the simulator. */
  async function front(address: string) {
    const folder = await mkdtemp(join(dir, 'tls-'));
    await makeCertificates(folder, { realm: 'LASTPASS.TEST', address });
    const [cert, key] = await Promise.all(['cert.pem', 'key.pem'].map((name) => readFile(join(folder, name))));
    const server = createServer({ cert, key }, (request, response) => {
      const { method, url, headers } = request;
      const onward = httpRequest(new URL(url ?? '/', run.simulator.apiUrl), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      apiUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}/enterpriseapi.php`,
      caFile: join(folder, 'ca.pem'),
      [Symbol.asyncDispose]: async () => {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      },
    };
  }

  /** The command in a process that trusts one authority more: Node reads which ones as it starts. */
  async function checkTrusting(caFile: string, apiUrl: string): Promise<Checked> {
    const configFile = join(dir, 'connector.yaml');
    const { redis, lastpass } = run.configuration;
    const directories = [{ id: 'corp', urls: ['ldaps://dc.invalid'], bindDn: 'CN=x', bindPassword: 'x' }];
    await writeFile(configFile, JSON.stringify({ directories, redis, lastpass: { ...lastpass, apiUrl } }));
    await using program = new Program({
      command: process.execPath,
      args: [resolve(import.meta.dirname, '../../services/console/src/connector.ts'), 'check', '--json'],
      env: { CONNECTOR_CONFIG: configFile, NODE_EXTRA_CA_CERTS: caFile },
    });
    await program.ended;
    const { findings } = JSON.parse(program.output) as { findings: Finding[] };
    return new Checked(findings.filter(({ end }) => end === 'LastPass'));
  }

  test('an authority that is unknown is named, and NODE_EXTRA_CA_CERTS mends it', async () => {
    await using server = await front('127.0.0.1');
    const wrong = await check({ apiUrl: server.apiUrl });
    assert.match(
      wrong.line('tls'),
      /^failure: .*isn't trusted \(\w+\): check apiUrl, or name your proxy's CA in NODE_EXTRA_CA_CERTS\. It is for dc1\.lastpass\.test, 127\.0\.0\.1; signed by "CA of dc1\.lastpass\.test/,
    );
    assert.deepEqual(wrong.whats, ['tcp', 'tls']);
    const mended = await checkTrusting(server.caFile, server.apiUrl);
    assert.match(mended.line('tls'), /^ok: 127\.0\.0\.1:\d+: the certificate is trusted: for dc1\.lastpass\.test/);
    assert.deepEqual(mended.wrong, []);
  });

  test('a certificate for another name tells its names; with the right apiUrl it is fine', async () => {
    await using other = await front('127.0.0.2');
    const wrong = await checkTrusting(other.caFile, other.apiUrl);
    assert.match(
      wrong.line('tls'),
      /^failure: .*ERR_TLS_CERT_ALTNAME_INVALID\): check apiUrl.*It is for dc1\.lastpass\.test, 127\.0\.0\.2;/,
    );
    await using right = await front('127.0.0.1');
    assert.deepEqual((await checkTrusting(right.caFile, right.apiUrl)).wrong, []);
  });

  test('a server that speaks no TLS, and an apiUrl that asks for none', async () => {
    const { apiUrl } = run.simulator;
    const wrong = await check({ apiUrl: apiUrl.replace('http:', 'https:') });
    assert.match(wrong.line('tls'), /^failure: .*check apiUrl/);
    assert.deepEqual((await check({ apiUrl })).wrong, []);
  });
});

describe('through a proxy', () => {
  const credentials = { username: 'connector', password: 'Proxy-Secret-3' };
  const trusted = getCACertificates('default');
  let dir: string;
  let server: TlsFront;
  let proxy: Tinyproxy;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'check-proxy-'));
    server = await TlsFront.create({ dir: join(dir, 'front'), port: Number(new URL(run.simulator.apiUrl).port) });
    proxy = await Tinyproxy.create({ dir: join(dir, 'proxy'), credentials });
    setDefaultCACertificates([...trusted, server.ca]);
  });
  after(async () => {
    setDefaultCACertificates(trusted);
    await proxy?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  const checkBy = (settings: object, port = server.port) =>
    check({
      apiUrl: `https://127.0.0.1:${port}/enterpriseapi.php`,
      proxy: { setting: 'lastpass.proxy', url: proxy.url, ...settings },
    });

  test('one that lets calls through, and LastPass behind it', async () => {
    const checked = await checkBy(credentials);
    assert.deepEqual([checked.wrong, checked.whats], [[], ['proxy', 'tls', 'credentials', 'seats']]);
    const connect = `CONNECT 127.0.0.1:${server.port}`;
    assert.deepEqual(proxy.requests, [connect, connect, connect], 'for the way, the certificate and the call');
    assert.match(
      checked.line('proxy'),
      /^ok: the proxy at 127\.0\.0\.1:\d+ \(lastpass\.proxy\) lets calls through to 127\.0\.0\.1:\d+, with its name and password$/,
    );
    assert.match(checked.line('tls'), /^ok: 127\.0\.0\.1:\d+: the certificate is trusted: for dc1\.lastpass\.test/);
  });

  test('one that asks for a name and password, refuses them, forbids LastPass, or is away', async () => {
    await using strict = await Tinyproxy.create({ dir: join(dir, 'strict'), forbids: '127.0.0.1' });
    for (const [settings, told] of [
      [{}, /HTTP 407: it asks for a name and password; write lastpass\.proxy\.username and passwordFile$/],
      [
        { ...credentials, password: 'wrong-one' },
        /: it refuses the name and password; check lastpass\.proxy\.username/,
      ],
      [{ url: strict.url }, /HTTP 403: it forbids connections to 127\.0\.0\.1:\d+; have them allowed/],
      [
        { url: `http://127.0.0.1:${await freePort()}` },
        /^failure: can't connect to the proxy at .*check lastpass\.proxy, that it runs/,
      ],
      [{ url: 'http://proxy.invalid:3128' }, /^failure: can't connect to the proxy at proxy\.invalid:3128 .*DNS$/],
    ] as const) {
      const wrong = await checkBy(settings);
      assert.match(wrong.line('proxy'), told);
      assert.deepEqual(wrong.whats, ['proxy']);
      assert.doesNotMatch(wrong.line('proxy'), /Secret|wrong-one/);
    }
  });

  test('a certificate that nobody vouches for, behind it, is told as it is', async () => {
    const { port } = new URL(run.simulator.apiUrl);
    await using stranger = await TlsFront.create({ dir: join(dir, 'stranger'), port: Number(port) });
    const wrong = await checkBy(credentials, stranger.port);
    assert.match(
      wrong.line('tls'),
      /^failure: .*LastPass at .* isn't trusted \(\w+\): .*\. It is for dc1\.lastpass\.test/,
    );
    assert.deepEqual(wrong.whats, ['proxy', 'tls']);
  });
});

test('a wrong provhash, and a wrong cid, and the right ones', async () => {
  for (const wrong of [{ provhash: 'wrong' }, { cid: '9' }]) {
    const refused = await check(wrong);
    assert.match(refused.line('credentials'), /^failure: LastPass refuses the credentials: check cid and provhash/);
    assert.deepEqual(refused.whats, ['tcp', 'credentials']);
    assert.match((await check()).line('credentials'), /^ok: /);
  }
});

test('credentials that pushers know to be refused are not tried, until they may be again', async () => {
  const { redis, keys } = run.store;
  const digest = credentialsDigest(run.configuration.lastpass);
  const raised: Alarm = { message: 'LastPass refuses them', sinceMs: 1, tryAgainAtMs: Date.now() + 60_000 };
  await redis.hset(keys.alarms, digest, JSON.stringify(raised));
  const since = await run.simulator.lastCall();
  assert.equal((await check()).line('credentials'), 'failure: LastPass refuses them');
  assert.equal(await run.simulator.lastCall(), since);
  await redis.hset(keys.alarms, digest, JSON.stringify({ ...raised, tryAgainAtMs: 0 }));
  assert.match((await check()).line('credentials'), /^ok: /);
  await redis.del(keys.alarms);
});

for (const [kind, told] of [
  ['http-403', /HTTP 403: check that this address may use the API, and that no proxy or firewall refuses it/],
  ['http-429', /HTTP 429: slow down/],
  ['http-500', /HTTP 500: try again later/],
  ['html-page', /check apiUrl/],
  ['reset', /was lost before the answer/],
] as const)
  test(`an answer that is none (${kind}) is told as such, and fine once it is one`, async () => {
    await run.simulator.faults([{ kind }]);
    const wrong = await check();
    await run.simulator.faults([]);
    assert.match(wrong.line('answer'), told);
    assert.deepEqual([wrong.wrong, wrong.whats], [['failure answer'], ['tcp', 'answer']]);
    assert.deepEqual((await check()).wrong, []);
  });

test('no licence left is a warning with the remedy, until some are bought and those who wait are tried', async () => {
  const { redis, keys } = run.store;
  const { users } = await run.simulator.state();
  await run.simulator.settings({ seats: users.length + 1 });
  await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
  await run.appendFullRead([...surroundings(), ...[101, 102, 103].map((n) => person(n, `p${n}`))], bases);
  await waitUntil('the seats to be taken', async () => (await redis.hlen(keys.setAside)) === 2);
  const full = await check();
  assert.match(
    full.line('seats'),
    /^warning: no licence is free since .*No licenses available.*: buy some, or free some; "connector aside" names who waits, and "connector retry --all"/,
  );
  assert.deepEqual(full.wrong, ['warning seats']);
  await run.simulator.settings({ seats: null });
  for (const each of await readAside(run.store))
    assert.equal(await retryPerson(run.store, each, { directories: [directoryId], by: 'test' }), 'retried');
  await run.quiet();
  assert.match((await check()).line('seats'), /^ok: nobody waits for a licence/);

  await redis.hset(keys.requests, 'accounts', 'again');
  const isReadAgain = async () => (await redis.get(keys.accountsRead))?.includes('"again"');
  await waitUntil('the accounts to be read again', isReadAgain);
  const { users: all } = await run.simulator.state();
  const licensed = all.filter(({ disabled }) => !disabled).length;
  const nearly = await check({ licences: licensed + 1 });
  assert.deepEqual(nearly.wrong, licensed >= 19 ? ['warning seats'] : []);
  const used = await check({ licences: licensed });
  assert.equal(
    used.line('seats'),
    `warning: ${licensed} of ${licensed} licences are taken: buy more, or disable or remove accounts that nobody uses; and write lastpass.licences anew`,
  );
  assert.equal(
    (await check({ licences: 2 * licensed })).line('seats'),
    `ok: ${licensed} of ${2 * licensed} licences are taken`,
  );
});
