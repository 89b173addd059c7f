/** The API through a real forward proxy: what it lets through, what it is told, and what is said when it doesn't. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { LastPassClient } from '@connector/lastpass/client.ts';
import { LastPassError, type LastPassErrorCode } from '@connector/lastpass/errors.ts';
import type { ForwardProxy } from '@connector/shared/proxy-settings.ts';
import { freePort } from '../support/redis-server.ts';
import { Simulator } from '../support/simulator.ts';
import { Tinyproxy } from '../support/tinyproxy.ts';
import { TlsFront } from '../support/tls-front.ts';
import { waitUntil } from '../support/wait-until.ts';

const provhash = 'the-provhash-that-nobody-reads-on-the-way';
const credentials = { username: 'connector', password: 'Proxy-Secret-1' };
const setting = 'lastpass.proxy';
const trusted = getCACertificates('default');

let dir: string;
let simulator: Simulator;
let front: TlsFront;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proxy-'));
  simulator = await Simulator.create();
  await simulator.settings({ provhash });
  front = await TlsFront.create({ dir: join(dir, 'front'), port: Number(new URL(simulator.apiUrl).port) });
  setDefaultCACertificates([...trusted, front.ca]);
});
after(async () => {
  await front?.[Symbol.asyncDispose]();
  await simulator?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const clientBy = (proxy: ForwardProxy, port = front.port) =>
  new LastPassClient({
    ...{ apiUrl: `https://127.0.0.1:${port}/enterpriseapi.php`, cid: Simulator.cid, provhash },
    proxy,
  });

/** The call never left, and the message is so. */
async function isRefused(
  proxy: ForwardProxy,
  message: RegExp,
  { code = 'unreachable' }: { code?: LastPassErrorCode } = {},
) {
  const since = await simulator.lastCall();
  await assert.rejects(clientBy(proxy).readAccount('ann@company.test'), (error) => {
    assert.ok(error instanceof LastPassError);
    assert.match(error.message, message);
    assert.deepEqual([error.code, error.arrived], [code, 'no']);
    assert.doesNotMatch(error.message, /Secret|wrong-one|the-provhash/);
    return true;
  });
  assert.equal(await simulator.lastCall(), since);
}

/** Keeps what is said on the way to a server. */
async function tap(t: TestContext, port: number) {
  const said: Buffer[] = [];
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    connections++;
    const behind = connect(port, '127.0.0.1');
    for (const each of [client, behind]) sockets.add(each.on('error', () => undefined));
    client.on('data', (bytes: Buffer) => said.push(bytes)).pipe(behind);
    behind.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const each of sockets) each.destroy();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    said: () => Buffer.concat(said).toString('latin1'),
    connections: () => connections,
  };
}

test('calls go through the proxy, several on one way; it is told where to, and neither provhash nor people', async (t) => {
  await using proxy = await Tinyproxy.create({ dir: join(dir, 'open') });
  const tapped = await tap(t, proxy.port);
  const client = clientBy({ url: tapped.url, setting });
  await client.addAccounts([
    { username: 'ann@company.test', fullname: 'Ann', groups: [], objectGuid: 'g', directory: 'corp' },
  ]);
  assert.equal((await client.readAccount('ann@company.test'))?.fullname, 'Ann');
  assert.equal((await client.readAccounts({ pageIndex: 0, pageSize: 10 })).total, 1);
  assert.deepEqual(proxy.requests, [`CONNECT 127.0.0.1:${front.port}`]);
  assert.equal(tapped.connections(), 1);
  assert.match(tapped.said(), new RegExp(`^CONNECT 127\\.0\\.0\\.1:${front.port} HTTP/1\\.1\\r\\n`));
  assert.doesNotMatch(tapped.said(), /provhash|ann@|batchadd|12345678|Authorization/i);
});

test('a proxy that knows its users lets the right one through', async () => {
  await using proxy = await Tinyproxy.create({ dir: join(dir, 'known'), credentials });
  const { url } = proxy;
  assert.equal(await clientBy({ url, setting, ...credentials }).readAccount('nobody@company.test'), null);
  const asks = /^the proxy at 127\.0\.0\.1:\d+ answered HTTP 407: it asks for a name and password; write /;
  await isRefused({ url, setting }, new RegExp(`${asks.source}lastpass\\.proxy\\.username and passwordFile$`));
  await isRefused({ url, setting: 'HTTPS_PROXY' }, new RegExp(`${asks.source}them in HTTPS_PROXY, as http://name`));
  const refuses = /HTTP 40[17]: it refuses the name and password; check /;
  const wrong = { url, ...credentials, password: 'wrong-one' };
  await isRefused({ ...wrong, setting }, new RegExp(`${refuses.source}lastpass\\.proxy\\.username and its password$`));
  await isRefused({ ...wrong, setting: 'https_proxy' }, new RegExp(`${refuses.source}those in https_proxy$`));
});

test('a proxy that forbids LastPass is named, with what it forbids', async () => {
  await using proxy = await Tinyproxy.create({ dir: join(dir, 'forbids'), forbids: '127.0.0.1' });
  const { url } = proxy;
  await isRefused(
    { url, setting },
    /^the proxy at [\d.:]+ answered HTTP 403: it forbids connections to 127\.0\.0\.1:\d+; have /,
  );
});

test('a proxy that is not there, has no address, or is no proxy, is told from a LastPass that is not there', async (t) => {
  const nobody = { url: `http://127.0.0.1:${await freePort()}`, setting };
  await isRefused(
    nobody,
    /^can't connect to the proxy at 127\.0\.0\.1:\d+ \(ECONNREFUSED\): check lastpass\.proxy, that it runs/,
  );
  await isRefused(
    { url: 'http://proxy.invalid:3128', setting },
    /^can't connect to the proxy at proxy\.invalid:3128 \(E\w+\): check lastpass\.proxy, and DNS$/,
  );
  const { port } = new URL(simulator.apiUrl);
  await isRefused(
    { url: `http://127.0.0.1:${port}`, setting },
    /the proxy at [\d.:]+ (answered HTTP 4\d\d: check that lastpass\.proxy names|broke)/,
  );
  const mute = createServer((socket) => socket.end('who are you?\r\n\r\n')).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  t.after(() => mute.close());
  const silent = { url: `http://127.0.0.1:${(mute.address() as AddressInfo).port}`, setting };
  await isRefused(silent, /doesn't answer as a proxy does \(HPE_\w+\)/);
  await using proxy = await Tinyproxy.create({ dir: join(dir, 'away') });
  const away = clientBy({ url: proxy.url, setting }, await freePort());
  await assert.rejects(
    away.readAccount('ann@company.test'),
    /answered HTTP 5\d\d: it can't reach 127\.0\.0\.1:\d+; check/,
  );
});

test('a proxy that takes the connection and says nothing is given up', async (t) => {
  const held: Socket[] = [];
  const server = createServer((socket) => held.push(socket.on('error', () => undefined).resume())).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const each of held) each.destroy();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await isRefused({ url, setting }, /^the proxy at [\d.:]+ made no way to 127\.0\.0\.1:\d+ in time \(ETIMEDOUT\)/);
  const ended = new AbortController();
  const call = clientBy({ url, setting }).readAccount('ann@company.test', ended.signal);
  await waitUntil('the proxy to be asked', () => held.length === 2);
  const cancelled = assert.rejects(call, { code: 'cancelled' });
  ended.abort();
  await waitUntil('nobody to wait for it any more', () => held[1]?.destroyed, { withinMs: 5_000 });
  await cancelled;
});

test('whoever stands in for LastPass behind the proxy is told nothing', async () => {
  await using proxy = await Tinyproxy.create({ dir: join(dir, 'stranger') });
  const { port } = new URL(simulator.apiUrl);
  await using stranger = await TlsFront.create({ dir: join(dir, 'other'), port: Number(port) });
  const since = await simulator.lastCall();
  await assert.rejects(clientBy({ url: proxy.url, setting }, stranger.port).readAccount('ann@company.test'), {
    code: 'unreachable',
    arrived: 'no',
    message: /^the certificate or TLS of LastPass at 127\.0\.0\.1:\d+ isn't trusted \(\w+\)/,
  });
  assert.equal(await simulator.lastCall(), since);
});

test('a proxy may be spoken to by TLS itself; one that nobody vouches for gets no password', async (t) => {
  await using proxy = await Tinyproxy.create({ dir: join(dir, 'inner'), credentials });
  const tapped = await tap(t, proxy.port);
  await using outer = await TlsFront.create({ dir: join(dir, 'outer'), port: Number(new URL(tapped.url).port) });
  const secure = { url: `https://127.0.0.1:${outer.port}`, setting, ...credentials };
  await isRefused(
    secure,
    /^the certificate or TLS of the proxy at [\d.:]+ isn't trusted \(\w+\): check lastpass\.proxy, or name the CA/,
  );
  assert.equal(tapped.said(), '');
  setDefaultCACertificates([...trusted, front.ca, outer.ca]);
  t.after(() => setDefaultCACertificates([...trusted, front.ca]));
  const client = clientBy(secure);
  assert.equal(await client.readAccount('nobody@company.test'), null);
  assert.equal(await client.readAccount('nobody@company.test'), null);
  assert.deepEqual(proxy.requests, [`CONNECT 127.0.0.1:${front.port}`]);
});

test('a way that the proxy breaks off in the middle of a call may have carried it; the next one goes by a new way', async () => {
  await using proxy = await Tinyproxy.create({ dir: join(dir, 'dies') });
  const client = clientBy({ url: proxy.url, setting });
  await client.readAccount('nobody@company.test');
  await simulator.faults([{ kind: 'hang' }]);
  const since = await simulator.lastCall();
  const call = client.readAccount('nobody@company.test');
  const lost = assert.rejects(call, { code: 'connection-lost', arrived: 'perhaps' });
  await waitUntil('the call to arrive', async () => (await simulator.lastCall()) > since);
  await proxy.kill();
  await lost;
  await simulator.faults([]);
  await isRefused({ url: proxy.url, setting }, /ECONNREFUSED/);
  await proxy.start();
  assert.equal(await client.readAccount('nobody@company.test'), null);
});
