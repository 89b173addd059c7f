import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rehearse } from '../../testing/rehearse.ts';
import type { SettingsPatch } from '../settings.ts';

const ANN = 'ann@example.com';
const BOB = 'bob@example.com';
const TEN = Date.UTC(2026, 2, 1, 10) * 1_000;

type WireEvent = { Time: string; Username: string; IP_Address: string; Action: string; Data: string };

/** Five events, of 10:00:00 to 10:00:04, with the actions A to E. */
function fiveEvents(patch: SettingsPatch = {}) {
  const events = ['A', 'B', 'C', 'D', 'E'].map((action, at) => ({
    timeUs: TEN + at * 1_000_000,
    username: at === 0 ? BOB : 'API',
    ipAddress: '10.16.21.21',
    action,
    data: at % 2 === 0 ? ANN : `jo${ANN} - Group ${at}`,
  }));
  const { run } = rehearse({ events }, patch);
  const report = (data: unknown) => run('reporting', data).wire;
  const actions = (data: unknown) => {
    const { data: told, status } = report(data) as { data: Record<string, WireEvent>; status: string };
    assert.equal(status, 'OK');
    return Object.values(told)
      .map(({ Action }) => Action)
      .join('');
  };
  return { report, actions };
}

test('the answer is the documented one: numbered events, newest first, in the account’s own time zone', () => {
  const { report } = fiveEvents({ timeZone: 'US/Eastern' });
  const { data, ...rest } = report({ user: 'allusers', from: '2026-03-01 05:00:03' });
  assert.deepEqual(rest, { status: 'OK', next: null });
  const ofApi = { Username: 'API', IP_Address: '10.16.21.21' };
  assert.deepEqual(data, {
    Event1: { Time: '2026-03-01 05:00:04', ...ofApi, Action: 'E', Data: ANN },
    Event2: { Time: '2026-03-01 05:00:03', ...ofApi, Action: 'D', Data: `jo${ANN} - Group 3` },
  });
});

test('from, to, search, user and admin narrow it down; without anything it is all', () => {
  const { actions } = fiveEvents();
  assert.equal(actions(null), 'EDCBA');
  assert.equal(actions({ from: '', to: null, search: '', next: null }), 'EDCBA');
  assert.equal(actions({ from: '2026-03-01 10:00:01', to: '2026-03-01 10:00:03' }), 'DCB');
  assert.equal(actions({ from: '2026-03-02' }), '');
  assert.equal(actions({ search: 'GROUP 1' }), 'B');
  assert.equal(actions({ search: '10.16.' }), 'EDCBA');
  assert.equal(actions({ user: ANN.toUpperCase() }), 'ECA', 'joann is somebody else');
  assert.equal(actions({ user: BOB }), 'A');
  assert.equal(actions({ admin: '1' }), 'EDCB');
});

test('`next` goes on where the answer ended, and nothing is told twice or left out', () => {
  const { report } = fiveEvents({ eventsPerCall: 2 });
  const told: string[] = [];
  let next: unknown = null;
  for (let call = 0; call < 3; call += 1) {
    const answer = report({ next, user: 'allusers' }) as { next: unknown; data: Record<string, WireEvent> };
    told.push(
      Object.values(answer.data)
        .map(({ Action }) => Action)
        .join(''),
    );
    next = answer.next;
  }
  assert.deepEqual([told, next], [['ED', 'CB', 'A'], null]);
  assert.equal(report({})['next'], TEN + 2_000_000);
  assert.equal(report({ search: 'api' })['next'], TEN + 2_000_000, 'what is not wanted fills no page');
});

test('one answer has 10,000 events at most', () => {
  const events = Array.from({ length: 10_001 }, (_, at) => {
    return { timeUs: at, username: 'API', ipAddress: '', action: 'A', data: '' };
  });
  const { data, next } = rehearse({ events }).run('reporting', {}).wire;
  assert.deepEqual([Object.keys(data as object).length, next], [10_000, 0]);
});

test('as siem it is a list; of nothing an empty list, or an empty object with the switch', () => {
  const { report } = fiveEvents();
  assert.deepEqual(
    (report({ format: 'siem', search: 'group 1' })['data'] as WireEvent[]).map(({ Action }) => Action),
    ['B'],
  );
  assert.deepEqual(report({ search: 'nothing' })['data'], []);
  assert.deepEqual(fiveEvents({ emptyMap: 'object' }).report({ search: 'nothing' })['data'], {});
});

test('a time that is none is a FAIL that says what to write', () => {
  const { report } = fiveEvents();
  assert.match(String(report({ from: 'yesterday' })['error']), /^Invalid from: must be a time such as/);
  assert.match(String(report({ to: '1 July' })['error']), /^Invalid to: /);
  assert.match(String(report({ next: 'soon' })['error']), /^Invalid data: next/);
});

test('every command that changes something is in the log, in LastPass’s words, and others are not', () => {
  const users = [{ username: ANN, groups: ['Old'], multifactor: 'totp', neverloggedin: false }, { username: BOB }];
  const { tenant, run } = rehearse({ users, invited: ['i@example.com'] });
  const steps: [string, unknown, string[]][] = [
    ['getuserdata', null, []],
    [
      'batchadd',
      [{ username: 'new@example.com', groups: ['Old', 'Fresh'] }],
      [
        'Employee Account Created new@example.com',
        'Adding User to Group new@example.com - Old',
        "Create Group 'Fresh'",
        'Adding User to Group new@example.com - Fresh',
        'Employee Invited new@example.com',
      ],
    ],
    [
      'batchadd',
      [{ username: ANN, fullname: 'Ann', groups: [] }],
      [`User Updated ${ANN}`, `Group Removal ${ANN} - Old`],
    ],
    ['updateuser', { username: ANN, fullname: 'Ann' }, []],
    ['updateuser', { username: ANN, fullname: 'Anna' }, [`User Updated ${ANN}`]],
    ['batchchangegrp', [{ username: ANN, add: ['old'] }], [`Adding User to Group ${ANN} - Old`]],
    ['updateemail', { oldemail: ANN, newemail: 'a@b.c' }, [`Username Change Requested '${ANN}' 'a@b.c'`]],
    ['disableuser', [ANN, 'who@example.com'], [`Deactivated User ${ANN}`]],
    ['disableuser', [ANN], []],
    ['enableuser', [ANN], [`Reactivated User ${ANN}`]],
    ['resetpassword', { username: ANN }, [`Require Password Change ${ANN}`]],
    ['requiremasterpasswordchange', { username: ANN }, []],
    ['disablemultifactor', { username: ANN }, [`Disabled Multifactor Authentication ${ANN}`]],
    ['disablemultifactor', { username: ANN }, []],
    ['reinviteuser', { username: BOB }, [`Employee Invited ${BOB}`]],
    ['deluser', { username: 'i@example.com', deleteaction: 3 }, ['Invitation Withdrawn i@example.com']],
    ['deluser', { username: BOB, deleteaction: 0 }, [`Deactivated User ${BOB}`]],
    ['deluser', { username: BOB, deleteaction: 1 }, [`Employee Removed From Company ${BOB}`]],
    ['deluser', { username: ANN, deleteaction: 2 }, [`Employee Account Deleted ${ANN}`]],
    ['deluser', { username: ANN, deleteaction: 2 }, []],
  ];
  for (const [cmd, data, expected] of steps) {
    tenant.events.clear();
    run(cmd, data);
    assert.deepEqual(
      tenant.events.list().map(({ action, data: about }) => `${action} ${about}`),
      expected,
      `${cmd} ${JSON.stringify(data)}`,
    );
  }
});

test('actionCase: sentence keeps names and abbreviations', () => {
  const { run } = rehearse({}, { actionCase: 'sentence' });
  run('batchadd', [{ username: ANN }]);
  const { data } = run('reporting', {}).wire;
  assert.deepEqual(
    Object.values(data as Record<string, WireEvent>).map(({ Action }) => Action),
    ['Employee invited', 'Employee account created'],
  );
});
