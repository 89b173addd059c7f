/** What only a server of one's own can do: stale connections, redirects, 421, TLS, and nobody there. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { LastPassClient } from './client.ts';
import { LastPassError } from './errors.ts';
import { waitOf } from './transport.ts';

const OK = '{"status":"OK"}';
const LEAVER = { username: 'ann@example.com', action: 'remove' } as const;

async function serve(t: TestContext, listener: RequestListener): Promise<{ server: Server; client: LastPassClient }> {
  const server = createServer(listener);
  return { server, client: clientFor(await portOf(t, server)) };
}

/** Listens on a free port of loopback, and closes with the test. */
async function portOf(t: TestContext, server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

function clientFor(port: number, scheme = 'http'): LastPassClient {
  const apiUrl = `${scheme}://127.0.0.1:${port}/enterpriseapi.php`;
  return new LastPassClient({ apiUrl, cid: '1', provhash: 'hush', timeoutMs: 5_000 });
}

test('the call is JSON with cid, provhash, cmd and data, and connections are kept for the next', async (t) => {
  const seen: unknown[] = [];
  const ports = new Set<number | undefined>();
  const { client } = await serve(t, async (request, response) => {
    ports.add(request.socket.remotePort);
    seen.push([request.method, request.headers['content-type'], JSON.parse(await bodyOf(request))]);
    response.end(OK);
  });
  for (let call = 0; call < 10; call += 1) await client.removeAccount(LEAVER);
  const body = { cid: '1', provhash: 'hush', cmd: 'deluser', data: { username: 'ann@example.com', deleteaction: 1 } };
  for (const call of seen) assert.deepEqual(call, ['POST', 'application/json', body]);
  // Two, as undici frees a connection some moments after the answer's end.
  assert.ok(seen.length === 10 && ports.size <= 2, `${seen.length} calls over ${ports.size} connections`);
});

test('a kept connection that closes as the call comes in is connection-lost, and the call is sent once', async (t) => {
  let requests = 0;
  const { client } = await serve(t, async (request, response) => {
    requests += 1;
    await bodyOf(request);
    if (requests === 1) response.end(OK);
    else request.socket.destroy();
  });
  await client.removeAccount(LEAVER);
  const error = await failureOf(client.removeAccount(LEAVER));
  assert.deepEqual([error.code, error.arrived, requests], ['connection-lost', 'perhaps', 2]);
});

test('a server that takes the bytes and closes, without reading HTTP at all, is connection-lost and sent once', async (t) => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    socket.once('data', () => socket.end());
  });
  const error = await failureOf(clientFor(await portOf(t, server)).removeAccount(LEAVER));
  assert.deepEqual([error.code, error.arrived, connections], ['connection-lost', 'perhaps', 1]);
});

test('a redirect is not followed: nobody else gets the provhash', async (t) => {
  let requests = 0;
  const { client } = await serve(t, (_request, response) => {
    requests += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const error = await failureOf(client.removeAccount(LEAVER));
  assert.deepEqual([error.code, requests], ['unexpected-answer', 1]);
  assert.match(error.message, /HTTP 307: check apiUrl/);
});

test('no status makes fetch send a call again by itself, but 421, which says that nothing was done', async (t) => {
  let requests = 0;
  let status = 0;
  const { client } = await serve(t, async (request, response) => {
    requests += 1;
    await bodyOf(request);
    response.writeHead(status, { 'retry-after': '0', 'www-authenticate': 'Basic' }).end();
  });
  for (const [sent, code, times] of [
    [401, 'unauthorized', 1],
    [408, 'unexpected-answer', 1],
    [425, 'unexpected-answer', 1],
    [429, 'rate-limited', 1],
    [503, 'server-error', 1],
    [421, 'unexpected-answer', 2],
  ] as const) {
    [status, requests] = [sent, 0];
    assert.equal((await failureOf(client.removeAccount(LEAVER))).code, code, `${sent}`);
    assert.equal(requests, times, `${sent}`);
  }
});

test('nobody there is unreachable, and certainly not sent', async (t) => {
  const { server, client } = await serve(t, () => assert.fail('nothing may arrive'));
  server.close();
  await once(server, 'close');
  const error = await failureOf(client.removeAccount(LEAVER));
  assert.deepEqual([error.code, error.arrived], ['unreachable', 'no']);
  assert.match(error.message, /^can't connect to LastPass at 127\.0\.0\.1:\d+ \(ECONNREFUSED\): check apiUrl/);
});

test('a name that does not resolve is unreachable', async () => {
  const client = new LastPassClient({ apiUrl: 'https://nowhere.invalid/', cid: '1', provhash: 'hush' });
  const error = await failureOf(client.removeAccount(LEAVER));
  assert.deepEqual([error.code, error.arrived], ['unreachable', 'no']);
});

test('a far end that speaks no TLS is unreachable', async (t) => {
  const server = createTcpServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  const error = await failureOf(clientFor(await portOf(t, server), 'https').removeAccount(LEAVER));
  assert.deepEqual([error.code, error.arrived], ['unreachable', 'no'], error.message);
});

test('answers of another shape are unexpected, by field and never by value', async (t) => {
  let answer = '';
  const { client } = await serve(t, (_request, response) => response.end(answer));
  const page = { pageIndex: 0, pageSize: 2 };
  const user = '{"username":"secret@example.com","disabled":false}';
  for (const [text, expected] of [
    ['', /JSON that is cut short/],
    ['[]', /JSON that is no object/],
    ['{}', /another shape \(total: /],
    ['{"total":1,"Users":{"a":{}}}', /another shape \(Users/],
    ['{"total":1,"Users":{"1":{"username":"secret@example.com"}}}', /another shape \(Users/],
    [`{"total":2,"count":2,"Users":{"1":${user}}}`, /another shape \(count: /],
    ['<?xml version="1.0"?><lastpass rc="Down"/>', /a web page/],
  ] as const) {
    answer = text;
    const error = await failureOf(client.readAccounts(page));
    assert.equal(error.code, 'unexpected-answer', text);
    assert.match(error.message, expected);
    assert.doesNotMatch(error.message, /secret/);
  }
  for (const text of ['{}', '{"status":"Pending"}', '{"total":0,"count":0,"Users":[]}']) {
    answer = text;
    assert.equal((await failureOf(client.removeAccount(LEAVER))).code, 'unexpected-answer', text);
  }
});

test('what other servers may send is taken: numbers as strings, 0 and 1, lists as objects, more fields, another case', async (t) => {
  const user =
    '{"username":"Ann@Example.com","disabled":"1","admin":0,"groups":{"0":"b","2":"a"},"attribs":[],"new":{}}';
  const { client } = await serve(t, (_request, response) =>
    response.end(`{"total":"1","count":"1","Users":{"7":${user}},"invited":null,"version":2}`),
  );
  assert.deepEqual(await client.readAccounts({ pageIndex: 0, pageSize: 10 }), {
    total: 1,
    accounts: [
      {
        username: 'ann@example.com',
        id: '7',
        fullname: '',
        disabled: true,
        admin: false,
        groups: ['a', 'b'],
        invited: false,
        objectGuid: null,
        directory: null,
      },
    ],
    invited: [],
  });
});

test('a WARN that names nobody of the call is refused as a whole', async (t) => {
  const { client } = await serve(t, (_request, response) => response.end('{"status":"WARN","errors":["bad group"]}'));
  const error = await failureOf(client.changeGroups([{ username: 'ann@example.com', add: ['x'], del: [] }]));
  assert.deepEqual([error.code, error.messages, error.refusals], ['refused', ['bad group'], []]);
});

test('Retry-After is seconds or a date', () => {
  const nowMs = Date.parse('2026-03-01T10:00:00Z');
  assert.equal(waitOf('120', nowMs), 120_000);
  assert.equal(waitOf('Sun, 01 Mar 2026 10:00:05 GMT', nowMs), 5_000);
  assert.equal(waitOf('Sun, 01 Mar 2026 09:00:00 GMT', nowMs), 0);
  assert.equal(waitOf('soon', nowMs), null);
  assert.equal(waitOf(null, nowMs), null);
});

async function bodyOf(request: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function failureOf(call: Promise<unknown>): Promise<LastPassError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof LastPassError, String(error));
  return error;
}
