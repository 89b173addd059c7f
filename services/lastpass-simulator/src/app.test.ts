import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { buildSimulator, type SimulatorOptions } from './app.ts';
import { API_PATH } from './enterprise-api.ts';
import { REHEARSAL_PROVHASH } from './settings.ts';
import type { StateInput } from './state.ts';

const ANN = 'ann@example.com';
const CREDENTIALS = { cid: '12345678', provhash: REHEARSAL_PROVHASH };

async function build(t: TestContext, options: SimulatorOptions = {}) {
  const app = await buildSimulator(options);
  t.after(() => app.close());
  const control = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, payload?: object | string) => {
    const body: InjectOptions =
      payload === undefined ? {} : { payload, headers: { 'content-type': 'application/json' } };
    const response = await app.inject({ method, url: `/control/${path}`, ...body });
    return { status: response.statusCode, body: response.body === '' ? null : response.json() };
  };
  const post = (payload: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: API_PATH, payload, headers });
  const call = (cmd: string, data: unknown) => post(JSON.stringify({ ...CREDENTIALS, cmd, data }));
  const seed = (state: StateInput) => control('PUT', 'state', state);
  const lastCall = async () => (await control('GET', 'calls')).body.calls.at(-1);
  return { app, control, post, call, seed, lastCall };
}

test('JSON goes out as text/xml with HTTP 200, whatever the content type of the call', async (t) => {
  const { post } = await build(t);
  const body = JSON.stringify({ ...CREDENTIALS, cid: 12345678, cmd: 'getuserdata' });
  for (const headers of [
    {},
    ...['application/json', 'text/xml', 'nonsense'].map((type) => ({ 'content-type': type })),
  ]) {
    const { statusCode, headers: answered, body: text } = await post(body, headers);
    assert.deepEqual([statusCode, answered['content-type']], [200, 'text/xml;charset=UTF-8']);
    assert.equal(text, '{"total":0,"count":0,"Users":[]}');
  }
});

test('wrong credentials, or no call at all, get the 76 bytes of XML and are logged as such', async (t) => {
  const { post, lastCall } = await build(t);
  for (const body of [JSON.stringify({ ...CREDENTIALS, provhash: 'wrong', cmd: 'batchadd', data: [] }), '', 'x']) {
    const { statusCode, rawPayload, headers } = await post(body);
    assert.deepEqual([statusCode, rawPayload.length, headers['content-type']], [200, 76, 'text/xml;charset=UTF-8']);
    assert.equal(
      rawPayload.toString(),
      '<?xml version="1.0" encoding="UTF-8"?>\n<lastpass rc="Authorization Error"/>\n',
    );
    const { outcome, executed } = await lastCall();
    assert.deepEqual([outcome, executed], ['unauthorized', false]);
  }
});

test('the answer of getuserdata is the recorded one', async (t) => {
  const { seed, call } = await build(t, { nowMs: () => Date.UTC(2022, 5, 21, 11, 12, 30) });
  const ann = { id: '449022543', username: 'a@example.com', fullname: 'A A', created: '2022-05-11 11:02:26' };
  const atWork = { last_login: '2022-06-02 09:20:59', last_pw_change: '2022-05-11 11:02:26', admin: true };
  const bob = { id: '456589433', username: 'b@example.com', fullname: 'B B', duousername: 'b@example.com' };
  await seed({ users: [{ ...ann, ...atWork, groups: ['Engineering'] }, bob], invited: ['i@example.com'] });
  const recorded =
    '{"total":2,"count":2,"Users":{"449022543":{"username":"a@example.com","fullname":"A A","mpstrength":"100",' +
    '"created":"2022-05-11 11:02:26","last_pw_change":"2022-05-11 11:02:26","last_login":"2022-06-02 09:20:59",' +
    '"neverloggedin":false,"disabled":false,"admin":true,"totalscore":"0","duousername":null,"sites":0,"notes":0,' +
    '"formfills":0,"applications":0,"attachments":0,"password_reset_required":false,"groups":["Engineering"]},' +
    '"456589433":{"username":"b@example.com","fullname":"B B","mpstrength":"0","created":"2022-06-21 11:12:30",' +
    '"last_pw_change":"2022-06-21 11:12:30","last_login":"","neverloggedin":true,"disabled":false,"admin":false,' +
    '"totalscore":null,"duousername":"b@example.com","sites":null,"notes":null,"formfills":null,"applications":null,' +
    '"attachments":null,"password_reset_required":true}},"Groups":{"Engineering":["a@example.com"]},' +
    '"invited":["i@example.com"]}';
  assert.equal((await call('getuserdata', null)).body, recorded);
});

test('the log tells what was asked, changed and answered, and never the provhash', async (t) => {
  const { call, control, lastCall } = await build(t, { nowMs: () => 1_000 });
  await call('batchadd', [{ username: ANN, password: 'geheim' }]);
  assert.deepEqual(await lastCall(), {
    sequence: 1,
    time: '1970-01-01T00:00:01.000Z',
    timeMs: 1_000,
    cmd: 'batchadd',
    data: [{ username: ANN, password: '[hidden]' }],
    changes: [{ username: ANN, step: 'create' }],
    outcome: 'ok',
    errors: [],
    executed: true,
    fault: null,
    httpStatus: 200,
    durationMs: 0,
    delivered: true,
  });
  await call('getuserdata', null);
  const { body } = await control('GET', 'calls?since=1');
  assert.deepEqual([body.calls.length, body.calls[0].cmd, body.lastSequence], [1, 'getuserdata', 2]);
  assert.equal(JSON.stringify((await control('GET', 'calls')).body).includes(REHEARSAL_PROVHASH), false);
  assert.equal((await control('DELETE', 'calls')).status, 204);
  assert.deepEqual((await control('GET', 'calls')).body, { calls: [], lastSequence: 2 });
});

test('a seed that is not valid is refused by field, and changes nothing', async (t) => {
  const { seed, control } = await build(t, { state: { users: [{ username: ANN }] } });
  for (const [state, text] of [
    ['{"users":[{"username":"x"}]}', /users\[0\]\.username: must be an e-mail address/],
    ['{"user":[]}', /Unrecognized key: "user"/],
    ['{"users":', /JSON/],
    ['{"groups":{"G":["who@example.com"]}}', /group "G" lists who@example\.com/],
  ] as const) {
    const { status, body } = await control('PUT', 'state', state);
    assert.equal(status, 400);
    assert.match(body.error, text);
  }
  assert.equal((await control('GET', 'state')).body.users.length, 1);
  assert.equal((await seed({})).body.users.length, 0);
});

test('the control API takes nothing but JSON, and nothing from the web pages of others', async (t) => {
  const { app, control } = await build(t, { state: { users: [{ username: ANN }] } });
  const text = { 'content-type': 'text/plain' };
  assert.equal(
    (await app.inject({ method: 'PUT', url: '/control/state', payload: '{}', headers: text })).statusCode,
    415,
  );
  const foreign = { 'sec-fetch-site': 'cross-site' };
  assert.equal((await app.inject({ method: 'POST', url: '/control/reset', headers: foreign })).statusCode, 403);
  assert.equal((await control('GET', 'state')).body.users.length, 1);
});

test('the first log-in fills the counts, an invitation becomes a user, others are refused', async (t) => {
  const { control, seed } = await build(t, { nowMs: () => 0 });
  await seed({
    users: [{ username: ANN }, { username: 'off@example.com', disabled: true }],
    invited: ['i@example.com'],
  });
  for (const username of ['ANN@example.com', 'i@example.com']) {
    assert.equal((await control('POST', 'login', { username })).status, 200);
  }
  const { users, invited } = (await control('GET', 'state')).body;
  for (const user of [users[0], users[2]]) {
    assert.deepEqual([user.neverloggedin, user.last_login, user.sites], [false, '1970-01-01 00:00:00', 0]);
  }
  assert.deepEqual(invited, []);
  assert.equal((await control('POST', 'login', { username: 'off@example.com' })).status, 409);
  assert.equal((await control('POST', 'login', { username: 'who@example.com' })).status, 404);
});

test('a pending e-mail waits for the log-in, and through a seed of what was read; then the new name logs in', async (t) => {
  const { control, call, seed } = await build(t, { nowMs: () => 0, state: { users: [{ username: ANN }] } });
  assert.equal((await call('updateemail', { oldemail: ANN, newemail: 'new@example.com' })).body, '{"status":"OK"}');
  assert.equal((await control('POST', 'login', { username: 'new@example.com' })).status, 404);
  await seed((await control('GET', 'state')).body);
  const login = await control('POST', 'login', { username: ANN });
  assert.deepEqual(login.body, {
    username: 'new@example.com',
    neverloggedin: false,
    last_login: '1970-01-01 00:00:00',
  });
  assert.equal((await control('POST', 'login', { username: ANN })).status, 404);
  assert.equal((await control('POST', 'login', { username: 'new@example.com' })).status, 200);
});

test('a disabled user cannot log in, so the e-mail goes on pending', async (t) => {
  const state = { users: [{ username: ANN, disabled: true, pending_email: 'new@example.com' }] };
  const { control } = await build(t, { state });
  const { status, body } = await control('POST', 'login', { username: ANN });
  assert.deepEqual([status, body.error], [409, `${ANN} is disabled, so the log-in is refused`]);
  assert.deepEqual((await control('GET', 'state')).body.users[0].pending_email, 'new@example.com');
});

test('the log-in after a resetpassword takes a new password', async (t) => {
  const user = { username: ANN, last_login: '2020-01-01 00:00:00', last_pw_change: '2020-01-01 00:00:00' };
  const { control, call } = await build(t, { nowMs: () => 0, state: { users: [user] } });
  const login = async () => {
    await control('POST', 'login', { username: ANN });
    const [{ password_reset_required, last_pw_change }] = (await control('GET', 'state')).body.users;
    return [password_reset_required, last_pw_change];
  };
  assert.deepEqual(await login(), [false, '2020-01-01 00:00:00']);
  await call('resetpassword', { username: ANN });
  assert.deepEqual(await login(), [false, '1970-01-01 00:00:00']);
});

test('updateemail beyond its limit is HTTP 429, until a second has passed', async (t) => {
  let nowMs = 0;
  const users = Array.from({ length: 11 }, (_, at) => ({ username: `u${at}@example.com` }));
  const { call, control, lastCall } = await build(t, { nowMs: () => nowMs, state: { users } });
  const change = async (at: number) =>
    (await call('updateemail', { oldemail: `u${at}@example.com`, newemail: `n${at}@example.com` })).statusCode;
  for (let at = 0; at < 10; at += 1) assert.equal(await change(at), 200);
  assert.equal(await change(10), 429);
  const { outcome, httpStatus, changes } = await lastCall();
  assert.deepEqual([outcome, httpStatus, changes], ['refused', 429, []]);
  nowMs = 1_000;
  assert.equal(await change(10), 200);
  for (let at = 0; at < 9; at += 1) assert.equal(await change(at), 200);
  assert.equal(await change(9), 429);
  await control('POST', 'reset');
  assert.equal(await change(0), 200);
});

test('settings change one at a time, and credentials at once', async (t) => {
  const { control, call } = await build(t);
  const { body } = await control('PUT', 'settings', { provhash: 'new', seats: 3 });
  assert.deepEqual([body.provhash, body.seats, body.cid], ['new', 3, '12345678']);
  assert.match((await call('getuserdata', null)).body, /Authorization Error/);
  assert.match((await control('PUT', 'settings', { seat: 3 })).body.error, /seat/);
  assert.match((await control('PUT', 'settings', { seats: -1 })).body.error, /^seats: /);
  assert.equal((await control('GET', 'settings')).body.seats, 3);
});

test('reset empties state, calls and faults, and keeps the settings', async (t) => {
  const { control, call } = await build(t, { state: { users: [{ username: ANN }] }, settings: { seats: 9 } });
  await control('PUT', 'faults', [{ kind: 'http-500' }]);
  await call('getuserdata', null);
  assert.equal((await control('POST', 'reset')).status, 204);
  assert.deepEqual((await control('GET', 'state')).body.users, []);
  assert.deepEqual((await control('GET', 'calls')).body.calls, []);
  assert.deepEqual((await control('GET', 'faults')).body, []);
  assert.equal((await control('GET', 'settings')).body.seats, 9);
});

test('faults before a command answer in its stead; it is not carried out', async (t) => {
  const { control, call, lastCall } = await build(t);
  for (const [fault, status, text] of [
    [{ kind: 'http-429', retryAfterSeconds: 7 }, 429, /Too Many/],
    [{ kind: 'http-403' }, 403, /Forbidden/],
    [{ kind: 'http-413' }, 413, /Too Large/],
    [{ kind: 'http-500', status: 503 }, 503, /Error/],
    [{ kind: 'html-page' }, 200, /<!DOCTYPE html>/],
    [{ kind: 'cut-body' }, 200, /^\{"statu.{0,3}$/],
    [{ kind: 'fail', error: ['a', 'b'] }, 200, /^\{"status":"FAIL","error":\["a","b"\]\}$/],
  ] as const) {
    await control('PUT', 'faults', [{ ...fault, times: 1 }]);
    const { statusCode, body, headers } = await call('batchadd', [{ username: ANN }]);
    assert.equal(statusCode, status, fault.kind);
    assert.match(body, text);
    assert.equal(headers['retry-after'], fault.kind === 'http-429' ? '7' : undefined);
    const { outcome, executed, delivered, httpStatus, fault: named } = await lastCall();
    assert.deepEqual([outcome, executed, delivered, httpStatus, named], ['fault', false, false, status, fault.kind]);
  }
  assert.deepEqual((await control('GET', 'state')).body.users, []);
});

test('faults after a command lose its answer; it was carried out', async (t) => {
  const { control, call, lastCall } = await build(t);
  for (const [at, kind] of ['http-500', 'html-page', 'cut-body'].entries()) {
    await control('PUT', 'faults', [{ kind, phase: 'after', times: 1 }]);
    const { body } = await call('batchadd', [{ username: `u${at}@example.com` }]);
    assert.notEqual(body, '{"status":"OK"}');
    const { outcome, executed, delivered } = await lastCall();
    assert.deepEqual([outcome, executed, delivered], ['ok', true, false]);
  }
  assert.equal((await control('GET', 'state')).body.users.length, 3);
});

test('message and poison leave the command standing', async (t) => {
  const { control, call } = await build(t, { settings: { batchaddRefusal: 'others-applied' } });
  await control('PUT', 'faults', [{ kind: 'message', times: 1 }]);
  assert.equal((await call('batchadd', [{ username: ANN }])).body, '{"status":"OK","message":"Please slow down"}');
  await control('PUT', 'faults', [{ kind: 'poison', usernames: ['bad@example.com'], error: 'No' }]);
  const { body } = await call('batchadd', [{ username: 'bad@example.com' }, { username: 'bob@example.com' }]);
  assert.equal(body, '{"status":"FAIL","error":"No: bad@example.com"}');
  const { users } = (await control('GET', 'state')).body;
  assert.deepEqual(
    users.map(({ username }: { username: string }) => username),
    [ANN, 'bob@example.com'],
  );
});

test('a hang ends when its faults are deleted, and the command is then carried out', async (t) => {
  const { control, call, lastCall } = await build(t);
  await control('PUT', 'faults', [{ kind: 'hang' }]);
  const hanging = call('batchadd', [{ username: ANN }]);
  await t.waitFor(async () => assert.equal((await lastCall())?.fault, 'hang'));
  assert.equal((await lastCall()).outcome, 'waiting');
  await control('DELETE', 'faults');
  assert.equal((await hanging).body, '{"status":"OK"}');
  assert.equal((await lastCall()).executed, true);
});

test('latency delays the answer', async (t) => {
  const { control, call, lastCall } = await build(t, { settings: { latencyMs: 20 } });
  await control('PUT', 'faults', [{ kind: 'latency', latencyMs: 30 }]);
  await call('getuserdata', null);
  await t.waitFor(async () => assert.ok((await lastCall()).durationMs >= 49));
});

test('a fault that makes no sense is refused by field', async (t) => {
  const { control } = await build(t);
  for (const [faults, text] of [
    [[{ kind: 'earthquake' }], /\[0\]\.kind/],
    [[{ kind: 'http-429', phase: 'after' }], /\[0\]\.phase: this kind only comes before/],
    [[{ kind: 'latency' }], /\[0\]\.latencyMs/],
    [[{ kind: 'reset', probability: 2 }], /\[0\]\.probability/],
  ] as const) {
    const { status, body } = await control('PUT', 'faults', faults);
    assert.equal(status, 400);
    assert.match(body.error, text);
  }
});

test('10,000 users: pages, batches of 200 and single changes stay quick', async (t) => {
  const users = Array.from({ length: 10_000 }, (_, at) => ({
    username: `u${at}@example.com`,
    groups: [`G${at % 25}`, 'All'],
  }));
  const { call } = await build(t, { state: { users } });
  const startMs = performance.now();
  for (let page = 0; page < 20; page += 1) await call('getuserdata', { pagesize: 500, pageindex: page });
  for (let batch = 0; batch < 20; batch += 1) {
    const changes = users
      .slice(batch * 200, (batch + 1) * 200)
      .map(({ username }) => ({ username, add: ['New'], del: ['All'] }));
    assert.equal((await call('batchchangegrp', changes)).body, '{"status":"OK"}');
  }
  for (let at = 0; at < 200; at += 1) await call('updateuser', { username: `u${at}@example.com`, fullname: 'New' });
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 5_000, `took ${Math.round(tookMs)} ms`);
});
