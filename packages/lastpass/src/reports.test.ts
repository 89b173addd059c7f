/** Shared folders, events and expired passwords: against the simulator with each switch, and against odder forms. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { answering } from '../testing/answering.ts';
import { startRehearsal } from '../testing/rehearsal.ts';
import { LastPassError } from './errors.ts';
import { LastPassReports } from './reports.ts';

const rehearsal = await startRehearsal();
after(() => rehearsal.close());
const reports = rehearsal.reports();
const ANN = 'ann@example.com';
const BOB = 'bob@example.com';

const DEFAULTS = {
  folderFlags: 'number',
  superAdmins: 'listed',
  disabledInFolders: 'left-out',
  emptyMap: 'array',
  eventsPerCall: 10_000,
  actionCase: 'title',
  timeZone: 'UTC',
  masterPasswordDays: null,
};

beforeEach(async () => {
  await rehearsal.control('POST', 'reset');
  await rehearsal.control('PUT', 'settings', DEFAULTS);
});

const seed = (state: unknown) => rehearsal.control('PUT', 'state', state);
const set = (settings: unknown) => rehearsal.control('PUT', 'settings', settings);

const FOLDERS = [
  {
    name: 'Deals',
    score: 99,
    sites: ['aaa.com'],
    users: [
      { username: ANN, readonly: true, give: false },
      { username: BOB, can_administer: true },
    ],
  },
];
const MEMBER = { mayEdit: true, maySeePasswords: true, mayManage: false, superAdmin: false, sites: [] };

test('folders come with their members’ rights, whatever the form of the flags', async () => {
  await seed({ users: [{ username: ANN }, { username: BOB }], folders: FOLDERS });
  const members = [
    { ...MEMBER, username: ANN, mayEdit: false, maySeePasswords: false },
    { ...MEMBER, username: BOB, mayManage: true },
  ];
  const expected = { id: '101', name: 'Deals', score: 99, deleted: false };
  for (const folderFlags of ['number', 'string', 'boolean']) {
    await set({ folderFlags });
    assert.deepEqual(await reports.readFolders(), [{ ...expected, members }], folderFlags);
  }
  const withSites = members.map((member) => ({ ...member, sites: ['aaa.com'] }));
  assert.deepEqual(await reports.readFoldersWithSites(), [{ ...expected, members: withSites }]);
});

test('an account that is added to a group has the group’s folder once a member who has it has logged in', async () => {
  const folders = [{ name: 'Deals', groups: [{ name: 'Sales' }] }];
  await seed({ users: [{ username: ANN, groups: ['Sales'] }], folders });
  const holders = async () => (await reports.readFolders())[0]?.members.map(({ username }) => username);
  const added = { username: BOB, fullname: '', groups: ['Sales'], objectGuid: '', directory: 'corp' };
  await rehearsal.client().addAccounts([added]);
  assert.deepEqual(await holders(), [ANN]);
  await rehearsal.control('POST', 'login', { username: ANN });
  assert.deepEqual(await holders(), [ANN, BOB]);
  await rehearsal.client().changeGroups([{ username: BOB, add: [], del: ['Sales'] }]);
  assert.deepEqual(await holders(), [ANN]);
  await rehearsal.control('PUT', 'policies', [{ name: 'Pre-Create Sharing Key' }]);
  await rehearsal.client().changeGroups([{ username: BOB, add: ['Sales'], del: [] }]);
  assert.deepEqual(await holders(), [ANN, BOB]);
});

test('super administrators are told apart; no folders are none, as a list and as an object', async () => {
  for (const emptyMap of ['array', 'object']) {
    await set({ emptyMap });
    assert.deepEqual([await reports.readFolders(), await reports.readFoldersWithSites()], [[], []]);
  }
  await seed({ users: [{ username: ANN, admin: true }], folders: [{ id: '7', name: 'F' }] });
  const [folder] = await reports.readFolders();
  assert.deepEqual(folder?.members, [{ ...MEMBER, username: ANN, mayManage: true, superAdmin: true }]);
});

test('events are read page by page, newest first, and none twice', async () => {
  await seed({ users: [] });
  const client = rehearsal.client();
  const added = (username: string) => ({ username, fullname: '', groups: [], objectGuid: '', directory: 'corp' });
  await client.addAccounts([added(ANN)]);
  await client.addAccounts([added(BOB)]);
  await set({ eventsPerCall: 3 });
  const first = await reports.readEvents({});
  assert.ok(first.next !== null);
  const second = await reports.readEvents({ next: first.next });
  assert.deepEqual(
    [first, second].map(({ events }) => events.map(({ action, data }) => `${action} ${data}`)),
    [
      [`Employee Invited ${BOB}`, `Employee Account Created ${BOB}`, `Employee Invited ${ANN}`],
      [`Employee Account Created ${ANN}`],
    ],
  );
  assert.equal(second.next, null);
  const [{ time, username, ipAddress } = { time: '', username: '', ipAddress: '' }] = first.events;
  assert.match(time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assert.deepEqual([username, ipAddress], ['API', '127.0.0.1']);
});

test('events are asked for by time, text, user and administrator', async () => {
  const event = { username: 'API', ipAddress: '', action: 'A', data: '' };
  const events = [
    { ...event, timeUs: Date.UTC(2026, 2, 1, 10) * 1_000, data: ANN },
    { ...event, timeUs: Date.UTC(2026, 2, 1, 11) * 1_000, username: BOB, action: 'Log in' },
  ];
  await seed({ events });
  await set({ timeZone: 'US/Eastern' });
  const timesOf = async (query: Parameters<LastPassReports['readEvents']>[0]) =>
    (await reports.readEvents(query)).events.map(({ time }) => time.slice(11, 16)).join(' ');
  assert.equal(await timesOf({}), '06:00 05:00');
  assert.equal(await timesOf({ to: '2026-03-01 05:59:59' }), '05:00');
  assert.equal(await timesOf({ from: '2026-03-01 06:00:00' }), '06:00');
  assert.equal(await timesOf({ search: 'log IN' }), '06:00');
  assert.equal(await timesOf({ username: ANN }), '05:00');
  assert.equal(await timesOf({ byAdmins: true }), '05:00');
  const error = await failureOf(reports.readEvents({ from: 'yesterday' }));
  assert.deepEqual([error.code, error.arrived], ['refused', 'yes']);
});

test('expired master passwords are read page by page', async () => {
  const users = [ANN, BOB].map((username) => ({ username, last_login: '2020-01-01 00:00:00' }));
  await seed({ users: users.map((user, at) => ({ ...user, id: `${at + 1}`, last_pw_change: '2020-01-01 00:00:00' })) });
  assert.deepEqual(await reports.readExpiredPasswords(), { expired: [], remaining: 0, next: null });
  await set({ masterPasswordDays: 90 });
  const first = await reports.readExpiredPasswords({ limit: 1 });
  const expired = (id: string, username: string) => [{ id, username, changed: '2020-01-01 00:00:00' }];
  assert.deepEqual(first, { expired: expired('1', ANN), remaining: 1, next: '1' });
  const second = await reports.readExpiredPasswords({ next: first.next ?? '' });
  assert.deepEqual(second, { expired: expired('2', BOB), remaining: 0, next: null });
});

test('wrong credentials are unauthorized here too', async () => {
  const error = await failureOf(rehearsal.reports({ provhash: 'wrong' }).readFolders());
  assert.deepEqual([error.code, error.arrived], ['unauthorized', 'no']);
});

test('odd forms of an answer are made plain', async (t) => {
  let answer = '';
  const odd = new LastPassReports(await answering(t, () => answer));
  const bare = { deleted: false, score: null, members: [] };
  for (const [text, expected] of [
    ['{"5":{"sharedfoldername":"F","score":"7","users":[]}}', [{ ...bare, id: '5', name: 'F', score: 7 }]],
    [
      '{"5":{"sharedfoldername":"F","score":"","deleted":"1","users":null}}',
      [{ ...bare, id: '5', name: 'F', deleted: true }],
    ],
    [
      '{"status":"OK","5":{"sharedfoldername":"F","users":{"0":{"username":"A@Example.com","give":"1"}}}}',
      [{ ...bare, id: '5', name: 'F', members: [{ ...MEMBER, username: 'a@example.com' }] }],
    ],
    ['{"status":"OK"}', []],
  ] as const) {
    answer = text;
    assert.deepEqual(await odd.readFolders(), expected, text);
  }
  const event = { time: 't', username: 'u', ipAddress: '', action: 'a', data: '' };
  const wire = '{"Time":"t","Username":"u","IP_Address":null,"Action":"a"}';
  for (const [text, expected] of [
    [`{"status":"OK","next":"1700000000000001","data":[${wire}]}`, { events: [event], next: 1_700_000_000_000_001 }],
    [`{"status":"ok","data":{"Event1":${wire}}}`, { events: [event], next: null }],
    ['{"status":"OK","next":null,"data":null}', { events: [], next: null }],
  ] as const) {
    answer = text;
    assert.deepEqual(await odd.readEvents({}), expected, text);
  }
  const person = { id: '1', username: 'a@example.com', changed: null };
  for (const [text, expected] of [
    ['{"status":"Success","continuation":[],"items":[]}', { expired: [], remaining: null, next: null }],
    [
      '{"status":"Success","items":[{"user_id":"1","user_name":"A@example.com"}]}',
      { expired: [person], remaining: null, next: null },
    ],
    [
      '{"status":"SUCCESS","continuation":{"token":"","remaining_item_count":"0"}}',
      { expired: [], remaining: 0, next: null },
    ],
  ] as const) {
    answer = text;
    assert.deepEqual(await odd.readExpiredPasswords(), expected, text);
  }
});

test('an answer that is no success is refused or unexpected, never empty', async (t) => {
  let answer = '';
  const odd = new LastPassReports(await answering(t, () => answer));
  for (const [text, code] of [
    ['{"status":"FAIL","error":"No"}', 'refused'],
    ['{"error":["No","no"]}', 'refused'],
    ['{"status":"WARN","errors":["No"]}', 'refused'],
    ['{"5":{"users":[]}}', 'unexpected-answer'],
    ['{"5":{"sharedfoldername":"F","users":[{"give":1}]}}', 'unexpected-answer'],
    ['{"5":{"sharedfoldername":"F","users":[{"username":"a@example.com","give":2}]}}', 'unexpected-answer'],
    ['{"note":"maintenance"}', 'unexpected-answer'],
    ['["x"]', 'unexpected-answer'],
  ] as const) {
    answer = text;
    assert.equal((await failureOf(odd.readFolders())).code, code, text);
    assert.equal((await failureOf(odd.readFoldersWithSites())).code, code, text);
  }
  for (const text of [
    '{"data":[]}',
    '[]',
    '{"status":"OK","data":[{"Time":"t"}]}',
    '{"status":"OK","next":-1,"data":[]}',
  ]) {
    answer = text;
    assert.equal((await failureOf(odd.readEvents({}))).code, 'unexpected-answer', text);
  }
  for (const text of ['{"items":[]}', '{"status":"Success","items":[{"user_name":"a@example.com"}]}']) {
    answer = text;
    assert.equal((await failureOf(odd.readExpiredPasswords())).code, 'unexpected-answer', text);
  }
});

async function failureOf(call: Promise<unknown>): Promise<LastPassError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof LastPassError, String(error));
  return error;
}
