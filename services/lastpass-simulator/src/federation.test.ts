/** LastPass's side of federated log-in: keys that are never replaced, and log-ins that only K1 and K2 together open. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildSimulator, type SimulatorOptions } from './app.ts';
import { API_PATH } from './enterprise-api.ts';
import type { CompanyEvent } from './event-log.ts';
import { masterKeyOf } from './master-key.ts';
import { REHEARSAL_PROVHASH } from './settings.ts';

const ANN = 'ann@example.com';
const TOKEN = 'token-of-the-registrar';
/** Reckoned by Python's hashlib: the hidden master password, and what PBKDF2 makes of it for Ann. */
const KNOWN = {
  k1: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  k2: '//z59vPw7ern5OHe29jV0s/MycbDwL26t7SxrquopaI=',
  fragmentId: 'Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0=',
  password: '76VYem8vYmzDgV3EBir+0MH5PP0r137JHw6xDslEg7Q=',
  masterKey: 'SBzUpJeJbfxhYgM5LF6MJDLhSAupsl1i4gW7LDhInbg=',
};
const KEY = { k2: KNOWN.k2, fragmentId: KNOWN.fragmentId };

async function build(t: TestContext, options: SimulatorOptions = {}) {
  const app = await buildSimulator({ nowMs: () => 1_000, settings: { keyRegistrarToken: TOKEN }, ...options });
  t.after(() => app.close());
  const ask = async (method: 'GET' | 'PUT' | 'POST', url: string, payload?: object, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
    return { status: response.statusCode, body: response.body === '' ? null : response.json() };
  };
  const registrar = (what: string, body: object, token = TOKEN) => ask('POST', `/key-registrar/${what}`, body, token);
  const login = async (more: object) => (await ask('POST', '/control/login', { username: ANN, ...more })).status;
  const create = async (more: object = {}) => {
    const data = [{ username: ANN, password: KNOWN.password, password_reset_required: false, ...more }];
    const payload = JSON.stringify({ cid: '12345678', provhash: REHEARSAL_PROVHASH, cmd: 'batchadd', data });
    const response = await app.inject({ method: 'POST', url: API_PATH, payload });
    assert.equal(response.json().status, 'OK');
  };
  return { app, ask, registrar, login, create };
}

test('a key is registered once, told to who has the token, and never replaced', async (t) => {
  const { registrar } = await build(t);
  assert.deepEqual(await registrar('registered', { username: ANN }), {
    status: 200,
    body: { username: ANN, registered: null },
  });
  const kept = await registrar('register', { username: 'Ann@Example.com', ...KEY });
  assert.deepEqual(kept, { status: 201, body: { username: ANN, outcome: 'kept' } });
  assert.deepEqual((await registrar('register', { username: ANN, ...KEY })).body, { username: ANN, outcome: 'known' });
  for (const other of [
    { ...KEY, k2: randomBytes(32).toString('base64') },
    { ...KEY, fragmentId: randomBytes(32).toString('base64') },
  ])
    assert.equal((await registrar('register', { username: ANN, ...other })).status, 409);
  assert.deepEqual((await registrar('registered', { username: ANN })).body, { username: ANN, registered: KEY });
});

test('the key registrar is off without a token, and refuses a wrong one and what is no key', async (t) => {
  const off = await build(t, { settings: {} });
  assert.equal((await off.registrar('registered', { username: ANN }, 'null')).status, 404);
  const { registrar, ask } = await build(t);
  for (const token of ['', 'wrong', `x${TOKEN}`, TOKEN.slice(1)])
    assert.equal((await registrar('register', { username: ANN, ...KEY }, token)).status, 401, token);
  assert.equal((await ask('POST', '/key-registrar/registered', { username: ANN })).status, 401);
  for (const wrong of [
    {},
    { ...KEY, k2: 'short' },
    { ...KEY, k2: `${KEY.k2} ` },
    { ...KEY, fragmentId: 'x' },
    { ...KEY, k1: KNOWN.k1 },
  ])
    assert.equal((await registrar('register', { username: 'bob@example.com', ...wrong })).status, 400);
});

test('a client is told that somebody is federated, and has K2 for the right fragment id only', async (t) => {
  const { ask, registrar } = await build(t);
  const type = async () => (await ask('GET', `/login/type?username=${ANN}`)).body;
  assert.deepEqual(await type(), { username: ANN, type: 'password', rounds: 600_000 });
  await registrar('register', { username: ANN, ...KEY });
  assert.deepEqual(await type(), { username: ANN, type: 'federated', rounds: 600_000 });
  const getkey = (username: string, fragmentId: string) => ask('POST', '/getkey', { username, fragmentId });
  assert.deepEqual((await getkey('ANN@example.com', KEY.fragmentId)).body, { username: ANN, k2: KEY.k2 });
  const refusals = [
    await getkey(ANN, randomBytes(32).toString('base64')),
    await getkey('bob@example.com', KEY.fragmentId),
  ];
  assert.equal(refusals[0]?.status, 404);
  assert.deepEqual(refusals[0], refusals[1], 'who is federated is told to nobody who only tries');
});

test('what is kept of a password is PBKDF2-HMAC-SHA256 of 600,000 rounds, salted with the address in lower case', async (t) => {
  assert.equal(await masterKeyOf({ username: 'Ann@Example.COM', password: KNOWN.password }), KNOWN.masterKey);
  const { create, ask } = await build(t);
  await create({ username: 'ANN@example.com' });
  const { users } = (await ask('GET', '/control/state')).body;
  assert.deepEqual([users[0].master_key, users[0].password_reset_required], [KNOWN.masterKey, false]);
  const { calls } = (await ask('GET', '/control/calls')).body;
  assert.ok(!JSON.stringify([users, calls]).includes(KNOWN.password), 'and the password itself is kept nowhere');
});

test('K1 and K2 together open the log-in, and a wrong K1 or password does not', async (t) => {
  const { create, ask, login, registrar } = await build(t);
  assert.equal(await login({ LastPassKeyPart: KNOWN.k1 }), 409, 'who has no K2 is not federated');
  await registrar('register', { username: ANN, ...KEY });
  assert.equal(await login({ LastPassKeyPart: KNOWN.k1 }), 409, 'nobody has made the account yet');
  await create();
  const before = (await ask('GET', '/control/state')).body;
  for (const k1 of [randomBytes(32), randomBytes(16), Buffer.alloc(0)])
    assert.equal(await login({ LastPassKeyPart: k1.toString('base64') }), 401);
  assert.equal(await login({ password: `${KNOWN.password}x` }), 401);
  assert.equal(await login({}), 409, 'a federated person cannot come in without K1');
  assert.deepEqual((await ask('GET', '/control/state')).body, before, 'none of that was a log-in');
  assert.equal(await login({ LastPassKeyPart: KNOWN.k1 }), 200);
  assert.equal(await login({ password: KNOWN.password }), 200);
  const { events } = (await ask('GET', '/control/events')).body as { events: CompanyEvent[] };
  const told = events.filter(({ username }) => username === ANN).map(({ action }) => action);
  assert.deepEqual(told, [...Array(4).fill('Failed Login Attempt'), 'Log in', 'Log in']);
});

test('who logs in once with the master password and K1 is a federated user from then on', async (t) => {
  const { create, ask, login, registrar } = await build(t);
  const both = (password: string) => login({ LastPassKeyPart: KNOWN.k1, password });
  await create({ password: 'correct horse' });
  assert.equal(await both('correct horse'), 409, 'no K2 is registered yet');
  await registrar('register', { username: ANN, ...KEY });
  assert.equal(await both('wrong horse'), 401);
  assert.equal(await login({ LastPassKeyPart: KNOWN.k1 }), 401, 'the vault is still encrypted by the master password');
  assert.equal(await both('correct horse'), 200);
  assert.equal(await login({ LastPassKeyPart: KNOWN.k1 }), 200);
  assert.equal(await login({ password: KNOWN.password }), 200);
  assert.equal(await login({ password: 'correct horse' }), 401);
  assert.equal((await ask('GET', '/control/state')).body.users[0].master_key, KNOWN.masterKey);
});

test('another password than that of both keys leaves an account that K1 does not open', async (t) => {
  const { create, login, registrar } = await build(t);
  await registrar('register', { username: ANN, ...KEY });
  await create({ password: 'something else' });
  assert.equal(await login({ LastPassKeyPart: KNOWN.k1 }), 401);
});

test('who is not federated logs in as before, and the disabled do not, whatever they know', async (t) => {
  const { login, create, ask } = await build(t);
  await create();
  assert.equal(await login({}), 200);
  const { users } = (await ask('GET', '/control/state')).body;
  await ask('PUT', '/control/state', { users: [{ ...users[0], disabled: true }] });
  assert.equal(await login({ password: KNOWN.password }), 409);
});

test('keys outlive a restart with a state file, are part of the state, and are on no page', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'simulator-'));
  const stateFilePath = join(dir, 'state.json');
  const first = await build(t, { stateFilePath });
  await first.registrar('register', { username: ANN, ...KEY });
  await first.create();
  await first.app.close();
  const { ask, login, app, registrar } = await build(t, { stateFilePath });
  t.after(() => rm(dir, { recursive: true, force: true })); // once both are closed
  const state = (await ask('GET', '/control/state')).body;
  assert.deepEqual(state.keys, { [ANN]: KEY });
  assert.deepEqual((await ask('PUT', '/control/state', state)).body, state);
  assert.equal(await login({ LastPassKeyPart: KNOWN.k1 }), 200);
  for (const view of ['overview', 'accounts', 'calls', 'events']) {
    const { body } = await app.inject({ url: `/?view=${view}` });
    for (const secret of [TOKEN, KNOWN.k2, KNOWN.password, KNOWN.masterKey]) assert.ok(!body.includes(secret), view);
  }
  await ask('POST', '/control/reset');
  assert.equal((await registrar('registered', { username: ANN })).body.registered, null);
});
