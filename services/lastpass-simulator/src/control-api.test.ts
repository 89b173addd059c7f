/** What the control API does for shared folders, policies and events, over HTTP and over a restart. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildSimulator, type SimulatorOptions } from './app.ts';
import { API_PATH } from './enterprise-api.ts';
import type { CompanyEvent } from './event-log.ts';
import { REHEARSAL_PROVHASH } from './settings.ts';

const ANN = 'ann@example.com';
const BOB = 'bob@example.com';
const COMPANY = { users: [{ username: ANN, groups: ['Sales'] }, { username: BOB }] };
const DEALS = { name: 'Deals', groups: [{ name: 'Sales' }] };

async function build(t: TestContext, options: SimulatorOptions = {}) {
  const app = await buildSimulator({ nowMs: () => 1_000, ...options });
  t.after(() => app.close());
  const control = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, payload?: object) => {
    const response = await app.inject({ method, url: `/control/${path}`, ...(payload ? { payload } : {}) });
    return { status: response.statusCode, body: response.body === '' ? null : response.json() };
  };
  const call = async (cmd: string, data: unknown, more: object = {}) => {
    const payload = JSON.stringify({ cid: '12345678', provhash: REHEARSAL_PROVHASH, cmd, data, ...more });
    return JSON.parse((await app.inject({ method: 'POST', url: API_PATH, payload })).body);
  };
  const events = async () => {
    const { events: told } = (await control('GET', 'events')).body as { events: CompanyEvent[] };
    return told.map(({ username, action, data }) => `${username}: ${action} ${data}`.trim());
  };
  return { app, control, call, events };
}

test('a folder is set up, its key handed on by a log-in, and read by the API and by its id', async (t) => {
  const { control, call } = await build(t, { state: COMPANY });
  const put = await control('PUT', 'folders', [DEALS]);
  assert.equal(put.status, 200);
  assert.deepEqual(put.body, [
    {
      id: '101',
      name: 'Deals',
      score: 0,
      deleted: false,
      sites: [],
      users: [],
      groups: [{ name: 'Sales', readonly: false, give: true, can_administer: false }],
      waiting: [],
    },
  ]);
  await call('batchchangegrp', [{ username: BOB, add: ['Sales'] }]);
  const stateOf = async (username: string) => {
    const { members } = (await control('GET', 'folders/101')).body;
    return members.find((member: { username: string }) => member.username === username)?.state;
  };
  assert.deepEqual([await stateOf(ANN), await stateOf(BOB)], ['has', 'waits']);
  assert.deepEqual((await control('GET', 'folders')).body[0].waiting, [BOB]);
  await control('POST', 'login', { username: ANN });
  assert.equal(await stateOf(BOB), 'has');
  assert.equal((await call('getsfdata', 'all'))['101'].users.length, 2);
  await call('disableuser', [BOB]);
  assert.equal(await stateOf(BOB), 'blocked');
  assert.equal((await control('GET', 'folders/7')).status, 404);
});

test('what GET gives of folders and policies, PUT takes, and changes nothing', async (t) => {
  const { control, call, events } = await build(t, { state: COMPANY });
  await control('PUT', 'folders', [DEALS]);
  await control('PUT', 'policies', [{ name: 'Pre-Create Sharing Key', appliesTo: ['Interns'] }]);
  await call('batchchangegrp', [{ username: BOB, add: ['Sales'] }]);
  const before = [(await control('GET', 'state')).body, await events()];
  for (const path of ['folders', 'policies']) {
    const { body } = await control('GET', path);
    assert.deepEqual((await control('PUT', path, body)).body, body);
  }
  assert.deepEqual([(await control('GET', 'state')).body, await events()], before);
});

test('folders and policies that make no sense are refused by field or name, and change nothing', async (t) => {
  const { control } = await build(t, { state: { ...COMPANY, folders: [DEALS] } });
  const before = (await control('GET', 'state')).body;
  for (const [path, body, text] of [
    ['folders', [{ name: '' }], /\[0\]\.name/],
    ['folders', [{ name: 'F', colour: 'red' }], /colour/],
    [
      'folders',
      [{ name: 'F', groups: [{ name: 'Unheard' }], users: [{ username: 'who@example.com' }] }],
      /who@example/,
    ],
    ['policies', [{ name: 'P', appliesTo: 'nobody' }], /\[0\]\.appliesTo/],
    ['policies', [{ name: 'P' }, { name: 'p' }], /one name/],
  ] as const) {
    const { status, body: refusal } = await control('PUT', path, [...body]);
    assert.equal(status, 400);
    assert.match(refusal.error, text);
  }
  assert.deepEqual((await control('GET', 'state')).body, before);
});

test('the event log tells who did it: the caller’s label, a person, the admin console', async (t) => {
  const { control, call, events } = await build(t, { state: { ...COMPANY, invited: ['i@example.com'] } });
  await call('disableuser', [BOB]);
  await call('enableuser', [BOB], { apiuser: 'connector' });
  await control('POST', 'login', { username: ANN });
  await control('POST', 'login', { username: 'i@example.com' });
  await call('disableuser', [BOB]);
  await control('POST', 'login', { username: BOB });
  await control('PUT', 'policies', [{ name: 'Pre-Create Sharing Key' }]);
  await control('PUT', 'policies', []);
  await control('PUT', 'settings', { provhash: 'another' });
  await control('PUT', 'settings', { provhash: 'another', seats: 4 });
  assert.deepEqual(await events(), [
    `API: Deactivated User ${BOB}`,
    `connector: Reactivated User ${BOB}`,
    `${ANN}: Log in lastpass.com`,
    'i@example.com: Employee Account Created i@example.com',
    'i@example.com: Created LastPass Account i@example.com',
    'i@example.com: Log in lastpass.com',
    `API: Deactivated User ${BOB}`,
    `${BOB}: Failed Login Attempt lastpass.com`,
    'Admin Console: Add Policy Pre-Create Sharing Key New value: everyone',
    'Admin Console: Delete Policy Pre-Create Sharing Key',
    'Admin Console: Enterprise API Secret Regenerated',
  ]);
});

test('a pending change of e-mail and a new password are in the log with the log-in that settles them', async (t) => {
  const user = { username: ANN, last_login: '2020-01-01 00:00:00', last_pw_change: '2020-01-01 00:00:00' };
  const { control, call, events } = await build(t, { state: { users: [user] } });
  await call('updateemail', { oldemail: ANN, newemail: BOB });
  await call('resetpassword', { username: ANN });
  await control('DELETE', 'events');
  await control('POST', 'login', { username: ANN });
  assert.deepEqual(await events(), [
    `${ANN}: Log in lastpass.com`,
    `${ANN}: Master Password Changed`,
    `${ANN}: Username Changed '${ANN}' '${BOB}'`,
  ]);
});

test('events are given from a moment on; a seed and a reset begin a new log, DELETE empties it', async (t) => {
  const { control, call, events } = await build(t, { state: COMPANY });
  await call('disableuser', [ANN, BOB]);
  const { events: all } = (await control('GET', 'events')).body as { events: CompanyEvent[] };
  assert.deepEqual(
    all.map(({ timeUs, ipAddress }) => [timeUs, ipAddress]),
    [
      [1_000_000, '127.0.0.1'],
      [1_000_001, '127.0.0.1'],
    ],
  );
  assert.deepEqual((await control('GET', 'events?since=1000000')).body.events, all.slice(1));
  assert.equal((await control('PUT', 'state', { ...COMPANY, events: all.slice(1) })).status, 200);
  assert.deepEqual(await events(), [`API: Deactivated User ${BOB}`]);
  const unordered = await control('PUT', 'state', { events: all.toReversed() });
  assert.match(unordered.body.error, /events: each event must have a later time/);
  assert.equal((await control('DELETE', 'events')).status, 204);
  assert.deepEqual(await events(), []);
  await call('enableuser', [ANN]);
  await control('POST', 'reset');
  assert.deepEqual([await events(), (await control('GET', 'folders')).body], [[], []]);
});

test('folders, those who wait, policies and events survive a restart', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'simulator-'));
  t.after(() => rm(home, { recursive: true }));
  const stateFilePath = join(home, 'state.json');
  const first = await build(t, { state: COMPANY, stateFilePath });
  await first.control('PUT', 'folders', [DEALS]);
  await first.control('PUT', 'policies', [{ name: 'Some policy' }]);
  await first.call('batchchangegrp', [{ username: BOB, add: ['Sales'] }]);
  const before = [(await first.control('GET', 'state')).body, await first.events()];
  await first.app.close();
  const second = await build(t, { stateFilePath });
  assert.deepEqual([(await second.control('GET', 'state')).body, await second.events()], before);
  assert.equal((await second.control('GET', 'folders/101')).body.members[1].state, 'waits');
});

test('what a control request changes is in the event log at once, and in the file without a further change', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'simulator-'));
  t.after(() => rm(home, { recursive: true }));
  for (const [at, [method, path, payload, action]] of (
    [
      ['PUT', 'folders', [{ name: 'Alone' }], 'Created Shared Folder'],
      ['PUT', 'policies', [{ name: 'Some policy' }], 'Add Policy'],
      ['PUT', 'settings', { provhash: 'another' }, 'Enterprise API Secret Regenerated'],
      ['POST', 'login', { username: ANN }, 'Log in'],
    ] as const
  ).entries()) {
    const stateFilePath = join(home, `${at}.json`);
    const first = await build(t, { state: COMPANY, stateFilePath });
    await first.control(method, path, payload);
    const told = await first.events();
    assert.equal(told.length, 1);
    assert.ok(told[0]?.includes(action), told[0]);
    await first.app.close();
    assert.deepEqual(await (await build(t, { stateFilePath })).events(), told, path);
  }
});

test('every setting is refused when it makes no sense, by its name', async (t) => {
  const { control } = await build(t);
  for (const [name, value] of Object.entries({
    seatRefusal: 'shout',
    attribs: false,
    optionalUserFields: 'some',
    unchangedUsers: 'never',
    folderFlags: 'roman',
    superAdmins: true,
    disabledInFolders: null,
    emptyMap: 'null',
    eventsPerCall: 10_001,
    actionCase: 'upper',
    timeZone: 'Mars/Olympus',
    masterPasswordDays: -1,
  })) {
    const { status, body } = await control('PUT', 'settings', { [name]: value });
    assert.equal(status, 400, name);
    assert.ok(body.error.startsWith(`${name}: `), body.error);
  }
});
