import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { fragmentIdOf } from './derived.ts';
import { HttpKeyRegistrar, type HttpKeyRegistrarOptions, RegistrarOptionsError } from './http-key-registrar.ts';
import { CompanyHalf, LastPassHalf } from './key-halves.ts';
import { RegistrarError, type RegistrarErrorCode } from './key-registrar.ts';

const username = 'ann@example.com';
const token = 'a-token-of-the-registrar';
const k1 = CompanyHalf.random();
const k2 = LastPassHalf.randomFor(k1);
const fragmentId = fragmentIdOf(k1);
const key = { k2: k2.reveal(), fragmentId };
const registration = { username, k2, fragmentId };

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

/** A registrar that answers in turn what is given, and what it was asked; the last answer for ever. */
async function registrar(t: TestContext, answers: readonly Answer[], options: Partial<HttpKeyRegistrarOptions> = {}) {
  const asked: { path: string; authorization: string; question: unknown }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const question: unknown = JSON.parse(await text(request));
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '', question });
    const { status = 200, body } = answers[Math.min(asked.length, answers.length) - 1] ?? {};
    if (body === undefined) return; // no answer ever
    response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, client: new HttpKeyRegistrar({ url: `http://127.0.0.1:${port}/at`, token, ...options }) };
}

const failsWith = (code: RegistrarErrorCode, told: RegExp) => (error: unknown) => {
  assert.ok(error instanceof RegistrarError, inspect(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, told);
  const all = inspect(error, { depth: 9 });
  for (const secret of [k2.reveal(), token]) assert.ok(!all.includes(secret), all);
  return true;
};

test('what is registered is asked for by name and token, and told; nothing is told as nothing', async (t) => {
  const { client, asked } = await registrar(t, [
    { body: { username, registered: key, more: 1 } },
    { body: { username: 'ANN@example.com', registered: null } },
  ]);
  const told = await client.registered(username);
  assert.deepEqual([told?.k2.reveal(), told?.fragmentId], [key.k2, fragmentId]);
  assert.equal(await client.registered(username), null);
  const question = { path: '/at/registered', authorization: `Bearer ${token}`, question: { username } };
  assert.deepEqual(asked, [question, question]);
});

test('registering sends the key, and reads it back', async (t) => {
  const { client, asked } = await registrar(t, [
    { status: 201, body: { username, outcome: 'kept' } },
    { body: { username, registered: key } },
  ]);
  await client.register(registration);
  assert.deepEqual(
    asked.map(({ path, question }) => ({ path, question })),
    [
      { path: '/at/register', question: { username, ...key } },
      { path: '/at/registered', question: { username } },
    ],
  );
});

for (const [what, registered] of [
  ['nothing', null],
  ['another key', { ...key, k2: LastPassHalf.randomFor(k1).reveal() }],
  ['another key', { ...key, fragmentId: fragmentIdOf(CompanyHalf.random()) }],
] as const)
  test(`a registrar that tells of ${what} after it has taken a key isn't believed`, async (t) => {
    const { client } = await registrar(t, [
      { body: { username, outcome: 'kept' } },
      { body: { username, registered } },
    ]);
    await assert.rejects(client.register(registration), failsWith('not-kept', new RegExp(`tells of ${what}`)));
  });

test('a refusal is told with its remedy', async (t) => {
  for (const [status, code, told] of [
    [409, 'taken', /another key is registered for ann@example\.com, and stays/],
    [401, 'unauthorized', /token/],
    [403, 'unauthorized', /token/],
    [404, 'not-a-registrar', /check its url/],
    [302, 'not-a-registrar', /check its url/],
    [429, 'unavailable', /HTTP 429/],
    [503, 'unavailable', /HTTP 503/],
  ] as const) {
    const { client, asked } = await registrar(t, [{ status, body: { error: key.k2 } }]);
    await assert.rejects(client.register(registration), failsWith(code, told));
    assert.equal(asked.length, 1, `${status}`);
  }
});

test('an answer of no registrar is never taken for "nothing is registered"', async (t) => {
  const strange = [
    '<html>',
    `{"username":"${username}","registered":{"k2":"${key.k2}"`,
    { registered: null },
    { username },
    { username: 'bob@example.com', registered: null },
    { username, registered: { ...key, fragmentId: 'none' } },
    { username, registered: { ...key, k1: 'x' } },
  ];
  for (const body of strange) {
    const { client } = await registrar(t, [{ body }]);
    await assert.rejects(client.registered(username), failsWith('not-a-registrar', /key registrar at 127\.0\.0\.1/));
  }
  for (const k2 of [`${key.k2} `, 'c2hvcnQ=']) {
    const { client } = await registrar(t, [{ body: { username, registered: { ...key, k2 } } }]);
    await assert.rejects(client.registered(username), failsWith('damaged', /tells a K2 of ann@example\.com that /));
  }
  const { client } = await registrar(t, [{ status: 404, body: { username, registered: null } }]);
  await assert.rejects(client.registered(username), failsWith('not-a-registrar', /HTTP 404/));
});

test('silence ends after the time limit, or when the caller has enough', async (t) => {
  const { client } = await registrar(t, [{}], { timeoutMs: 50 });
  await assert.rejects(client.registered(username), failsWith('unavailable', /within 50 ms/));
  const patient = await registrar(t, [{}]);
  const enough = new AbortController();
  const asking = patient.client.registered(username, { signal: enough.signal });
  enough.abort();
  await assert.rejects(asking, failsWith('cancelled', /not waited for/));
});

test('a registrar that is not there is named, with what to check', async () => {
  const client = new HttpKeyRegistrar({ url: 'http://127.0.0.1:4/', token });
  await assert.rejects(
    client.registered(username),
    failsWith('unavailable', /127\.0\.0\.1:4 can't be reached \(ECONNREFUSED\): check/),
  );
});

test('keys go only where nobody on the way can read them', () => {
  const make = (url: string, more: Partial<HttpKeyRegistrarOptions> = {}) =>
    new HttpKeyRegistrar({ url, token, ...more });
  for (const url of ['https://keys.example.com', 'http://localhost:1/', 'http://[::1]/at/']) make(url);
  make('http://keys.example.com', { insecure: true });
  for (const [url, told] of [
    ['http://keys.example.com/', /^url isn't encrypted/],
    ['http://127.0.0.1.example.com/', /^url isn't encrypted/],
    ['ftp://localhost/', /^url is no address/],
    ['keys', /^url is no address/],
    ['https://me:geheim@keys.example.com/', /^url holds more/],
    ['https://keys.example.com/?token=geheim', /^url holds more/],
  ] as const)
    assert.throws(
      () => make(url),
      (error) =>
        error instanceof RegistrarOptionsError && told.test(error.message) && !error.message.includes('geheim'),
      url,
    );
  for (const wrong of ['', 'two words', 'a\nb', 'ü'])
    assert.throws(() => make('https://keys.example.com', { token: wrong }), /^RegistrarOptionsError: token is empty/);
});
