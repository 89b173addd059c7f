import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { noteDeed } from './attendance.ts';
import { ApiError, get, send, Unreachable } from './request.ts';

/** What the console answers next, in turn, and what it was asked. */
let answers: (Response | Error)[] = [];
const asked: { path: string; init: RequestInit | undefined }[] = [];

beforeEach(() => {
  asked.length = 0;
  mock.method(globalThis, 'fetch', async (path: string, init?: RequestInit) => {
    asked.push({ path, init });
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('nothing was to be asked');
    return answer;
  });
});
afterEach(() => {
  mock.restoreAll();
  mock.timers.reset();
});

const json = (document: object, status = 200) => Response.json(document, { status });

test('what is asked for goes into the address, several values of one name one after the other', async () => {
  answers = [json({ people: [] })];
  assert.deepEqual(await get('/people', { query: { who: ['a b', 'c'], limit: 5, offset: undefined } }), { people: [] });
  assert.equal(asked[0]?.path, '/api/v1/people?who=a+b&who=c&limit=5');
});

test('a refusal is an error in the words of the console', async () => {
  answers = [json({ error: { code: 'CSRF', message: 'the token is missing' } }, 403)];
  await assert.rejects(
    get('/status'),
    (error) => error instanceof ApiError && error.code === 'CSRF' && error.message === 'the token is missing',
  );
});

test('no answer, and a proxy’s page in place of one, are both a console that is away', async () => {
  answers = [new TypeError('failed to fetch'), new Response('<h1>Bad gateway</h1>', { status: 502 })];
  await assert.rejects(get('/status'), Unreachable);
  await assert.rejects(get('/status'), Unreachable);
});

test('Redis that is away is the console’s own answer, not a lost connection', async () => {
  answers = [json({ error: { code: 'REDIS', message: 'Redis can’t be reached' } }, 503)];
  await assert.rejects(get('/status'), ApiError);
});

test('where not all was done the document is an answer, if it is expected, and else an error', async () => {
  const document = { people: [], notFound: [] };
  answers = [json(document, 404), json(document, 404)];
  assert.deepEqual(await get('/people', { alsoDocuments: [404] }), document);
  await assert.rejects(get('/people'), ApiError);
});

test('what changes something has the session’s token with it, which is asked for once', async () => {
  answers = [json({ csrfToken: 'abc' }), json({ paused: true }), json({ paused: false })];
  await send('/pause');
  await send('/resume', { body: { a: 1 } });
  assert.deepEqual(
    asked.map(({ path }) => path),
    ['/api/v1/session', '/api/v1/pause', '/api/v1/resume'],
  );
  assert.deepEqual(asked[1]?.init?.headers, { 'x-csrf-token': 'abc' });
  assert.deepEqual(asked[2]?.init?.headers, { 'x-csrf-token': 'abc', 'content-type': 'application/json' });
});

test('what is asked while nobody has done anything for a minute says so, and what changes something never does', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const isUnattended = () => new Headers(asked.at(-1)?.init?.headers).has('x-unattended');
  answers = Array.from({ length: 5 }, () => json({}));
  noteDeed();
  await get('/status');
  assert.equal(isUnattended(), false);
  mock.timers.tick(59_999);
  await get('/status');
  assert.equal(isUnattended(), false);
  mock.timers.tick(1);
  await get('/status');
  assert.equal(isUnattended(), true);
  await send('/pause');
  assert.equal(isUnattended(), false);
  noteDeed();
  await get('/status');
  assert.equal(isUnattended(), false);
});
