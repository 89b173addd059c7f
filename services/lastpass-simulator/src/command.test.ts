import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rehearse, steps } from '../testing/rehearse.ts';
import type { SettingsPatch } from './settings.ts';

const ANN = 'ann@example.com';
const BOB = 'bob@example.com';

test('batchadd creates a user in lower case, with groups, attribs and one welcome e-mail', () => {
  const { tenant, run } = rehearse({});
  const attribs = { objectGUID: '6f9619ff-8b86-d011-b42d-00c04fc964ff', Department: 'R&D' };
  const { wire, changes } = run('batchadd', [
    { username: 'Ann@Example.com', fullname: 'Ann', groups: ['Eng'], attribs },
  ]);
  assert.deepEqual(wire, { status: 'OK' });
  assert.deepEqual(steps(changes), [`create ${ANN}`, `welcome-email ${ANN}`]);
  const { users, groups, welcomeEmails } = tenant.snapshot();
  assert.deepEqual(
    users.map((user) => [user.username, user.fullname, user.groups, user.attribs]),
    [[ANN, 'Ann', ['Eng'], attribs]],
  );
  assert.deepEqual([groups, welcomeEmails], [{ Eng: [ANN] }, { [ANN]: ['2026-03-01T10:00:00.000Z'] }]);
});

test('batchadd with a password sends no welcome e-mail', () => {
  const { tenant, run } = rehearse({});
  run('batchadd', [{ username: ANN, password: 'secret' }]);
  assert.deepEqual(tenant.snapshot().welcomeEmails, {});
});

test('batchadd of an existing user updates without an e-mail; a new one twice in a batch is one e-mail', () => {
  const { tenant, run } = rehearse({ users: [{ username: ANN, attribs: { a: 1 } }] });
  const data = [{ username: ANN, fullname: 'Ann B', attribs: { b: 2 } }, { username: BOB }, { username: BOB }];
  assert.deepEqual(steps(run('batchadd', data).changes), [`rename ${ANN}`, `create ${BOB}`, `welcome-email ${BOB}`]);
  assert.deepEqual(tenant.find(ANN)?.attribs, { a: 1, b: 2 });
  assert.deepEqual(Object.keys(tenant.snapshot().welcomeEmails), [BOB]);
});

test('batchadd of an invited address sends its invitation once more and makes no user', () => {
  const { tenant, run } = rehearse({ invited: [ANN] });
  assert.deepEqual(steps(run('batchadd', [{ username: ANN }]).changes), [`welcome-email ${ANN}`]);
  assert.deepEqual([tenant.size, tenant.snapshot().welcomeEmails[ANN]?.length], [0, 1]);
});

test('batchaddGroups: groups on an existing user replace, or add', () => {
  const state = { users: [{ username: ANN, groups: ['Old', 'Both'] }] };
  for (const [batchaddGroups, expected] of [
    ['replace', ['Both', 'New']],
    ['add', ['Both', 'New', 'Old']],
  ] as const) {
    const { tenant, run } = rehearse(state, { batchaddGroups });
    run('batchadd', [{ username: ANN, groups: ['both', 'New'] }]);
    assert.deepEqual(tenant.find(ANN)?.groups, expected, batchaddGroups);
  }
});

test('batchaddReenables: a disabled user is enabled only with the switch', () => {
  for (const batchaddReenables of [false, true]) {
    const { tenant, run } = rehearse({ users: [{ username: ANN, disabled: true }] }, { batchaddReenables });
    run('batchadd', [{ username: ANN, fullname: 'Ann' }]);
    assert.equal(tenant.find(ANN)?.disabled, !batchaddReenables);
  }
});

test('batchadd beyond the seats is a FAIL; the disabled take no seat', () => {
  const state = { users: [{ username: 'x@example.com' }, { username: 'y@example.com', disabled: true }] };
  const { tenant, run } = rehearse(state, { seats: 2 });
  const { wire } = run('batchadd', [{ username: ANN }, { username: BOB }]);
  assert.deepEqual(wire, { status: 'FAIL', error: `No licenses available: ${BOB}` });
  assert.equal(tenant.find(ANN), undefined);
  assert.deepEqual(run('batchadd', [{ username: ANN }]).wire, { status: 'OK' });
});

test('an enable beyond the seats is refused, by enableuser and by a batchadd that enables', () => {
  const state = {
    users: [
      { username: ANN, disabled: true },
      { username: BOB, disabled: true },
    ],
  };
  const patch = { seats: 1, batchaddReenables: true, batchaddRefusal: 'others-applied' } as const;
  const refused = `No licenses available: ${BOB}`;
  const byEnable = rehearse(state, patch);
  const { wire } = byEnable.run('enableuser', [ANN, BOB]);
  assert.deepEqual(wire, { status: 'success', enabled_users: [ANN], error: refused });
  assert.deepEqual(byEnable.run('enableuser', [ANN]).wire, {
    status: 'success',
    enabled_users: [],
    unchanged_users: [ANN],
  });
  const byBatch = rehearse(state, patch);
  assert.deepEqual(byBatch.run('batchadd', [{ username: ANN }, { username: BOB }]).wire, {
    status: 'FAIL',
    error: refused,
  });
  for (const { tenant } of [byEnable, byBatch]) {
    assert.deepEqual([tenant.find(ANN)?.disabled, tenant.find(BOB)?.disabled], [false, true]);
  }
});

test('seatRefusal: names-nobody says once that there are no licences, and not for whom', () => {
  const patch = { seats: 0, seatRefusal: 'names-nobody', errorForm: 'array' } as const;
  const { run } = rehearse({ users: [{ username: 'x@example.com', disabled: true }] }, patch);
  const expected = { status: 'FAIL', error: ['No licenses available'] };
  assert.deepEqual(run('batchadd', [{ username: ANN }, { username: BOB }]).wire, expected);
  assert.deepEqual(run('enableuser', ['x@example.com']).wire, expected);
});

test('a batchadd that creates beyond the seats and updates others counts only those created', () => {
  const { tenant, run } = rehearse({ users: [{ username: ANN }], invited: [BOB] }, { seats: 3 });
  const data = [{ username: ANN, fullname: 'Ann' }, { username: BOB }, { username: 'c@example.com' }];
  assert.deepEqual(run('batchadd', data).wire, { status: 'OK' });
  assert.equal(tenant.seatsUsed, 3);
});

test('batchaddRefusal: the others of a batch with a refused entry are applied only with the switch', () => {
  for (const [batchaddRefusal, created] of [
    ['none-applied', false],
    ['others-applied', true],
  ] as const) {
    const { tenant, run } = rehearse({}, { batchaddRefusal, errorForm: 'array' });
    const { wire } = run('batchadd', [{ username: ANN }, { username: BOB }], { poisoned: new Map([[BOB, 'Refused']]) });
    assert.deepEqual(wire, { status: 'FAIL', error: [`Refused: ${BOB}`] });
    assert.equal(tenant.find(ANN) !== undefined, created, batchaddRefusal);
  }
});

test('largestBatch: a message beside the success, or a refusal that changes nothing', () => {
  const two = [{ username: ANN }, { username: BOB }];
  const soft = rehearse({}, { largestBatch: 1 });
  const { wire } = soft.run('batchadd', two);
  assert.equal(wire['status'], 'OK');
  assert.match(String(wire['message']), /at most 1/);
  assert.equal(soft.tenant.size, 2);
  const hard = rehearse({}, { largestBatch: 1, overLargestBatch: '413' });
  assert.equal(hard.run('batchadd', two).wire['status'], 'FAIL');
  assert.equal(hard.tenant.size, 0);
});

test('updateuser changes the full name, never admin, and a repetition changes nothing', () => {
  const { tenant, run } = rehearse({ users: [{ username: ANN }] });
  const data = { username: 'ANN@example.com', fullname: 'Ann B', admin: true };
  assert.deepEqual(steps(run('updateuser', data).changes), [`rename ${ANN}`]);
  assert.deepEqual(run('updateuser', data), { wire: { status: 'OK' }, changes: [] });
  assert.deepEqual([tenant.find(ANN)?.fullname, tenant.find(ANN)?.admin], ['Ann B', false]);
  assert.deepEqual(run('updateuser', { username: BOB }).wire, { status: 'FAIL', error: `No such user: ${BOB}` });
});

test('disableuser and enableuser tell the changed from the unchanged and the unknown', () => {
  const { run } = rehearse({ users: [{ username: ANN }, { username: BOB, disabled: true }] });
  assert.deepEqual(run('disableuser', ['Ann@example.com', BOB, 'who@example.com']).wire, {
    status: 'success',
    disabled_users: [ANN],
    unchanged_users: [BOB],
    error: 'No such user: who@example.com',
  });
  assert.deepEqual(run('enableuser', [ANN]).wire, { status: 'success', enabled_users: [ANN] });
  assert.deepEqual(run('enableuser', ['who@example.com']).wire, {
    status: 'FAIL',
    error: 'No such user: who@example.com',
  });
});

test('deluser: deactivate keeps data and groups, remove and delete end the account, numbers may be strings', () => {
  const { tenant, run } = rehearse({ users: [{ username: ANN, groups: ['Eng'] }, { username: BOB }] });
  assert.deepEqual(steps(run('deluser', { username: ANN, deleteaction: '0' }).changes), [`disable ${ANN}`]);
  assert.deepEqual([tenant.find(ANN)?.disabled, tenant.find(ANN)?.groups], [true, ['Eng']]);
  assert.deepEqual(steps(run('deluser', { username: ANN, deleteaction: 1 }).changes), [`remove ${ANN}`]);
  assert.deepEqual(steps(run('deluser', { username: BOB, deleteaction: 2 }).changes), [`delete ${BOB}`]);
  assert.deepEqual(
    tenant.snapshot().departed.map(({ username, how }) => [username, how]),
    [
      [ANN, 'removed'],
      [BOB, 'deleted'],
    ],
  );
  const wrong = run('deluser', { username: ANN, deleteaction: 1 });
  assert.deepEqual(wrong.wire, { status: 'FAIL', error: `No such user: ${ANN}` });
  assert.equal(run('deluser', { username: ANN, deleteaction: 4 }).wire['status'], 'FAIL');
});

test('deluser 3 withdraws an invitation and nothing else', () => {
  const { tenant, run } = rehearse({ users: [{ username: ANN }], invited: [BOB] });
  assert.deepEqual(steps(run('deluser', { username: BOB, deleteaction: 3 }).changes), [`withdraw ${BOB}`]);
  assert.equal(tenant.invited.size, 0);
  assert.equal(run('deluser', { username: ANN, deleteaction: 3 }).wire['status'], 'FAIL');
  assert.ok(tenant.find(ANN));
});

test('batchchangegrp applies the good entries and lists the bad ones', () => {
  const { tenant, run } = rehearse({ users: [{ username: ANN, groups: ['Old'] }] });
  const { wire, changes } = run('batchchangegrp', [
    { username: BOB, add: ['New'] },
    { username: ANN, add: ['New'], del: ['old', 'Never'] },
  ]);
  assert.deepEqual(wire, { status: 'WARN', errors: [`${BOB} does not exist`] });
  assert.deepEqual(changes, [
    { username: ANN, step: 'leave-groups', groups: ['Old'] },
    { username: ANN, step: 'join-groups', groups: ['New'] },
  ]);
  assert.deepEqual(tenant.find(ANN)?.groups, ['New']);
  assert.deepEqual(run('batchchangegrp', [{ username: ANN, add: ['New'], del: [] }]), {
    wire: { status: 'OK' },
    changes: [],
  });
});

test('getuserdata pages by id, counts all matches, and filters', () => {
  const users = ['a', 'b', 'c', 'd', 'e'].map((name, at) => ({
    username: `${name}@example.com`,
    disabled: at % 2 === 0,
    admin: at === 3,
  }));
  const { run } = rehearse({ users });
  const names = (data: unknown) => {
    const { total, count, Users } = run('getuserdata', data).wire;
    return [
      total,
      count,
      Object.values(Users as object)
        .map(({ username }) => username[0])
        .join(''),
    ];
  };
  assert.deepEqual(names(null), [5, 5, 'abcde']);
  assert.deepEqual(names('all'), [5, 5, 'abcde']);
  assert.deepEqual(names({ pagesize: 2, pageindex: 0 }), [5, 2, 'ab']);
  assert.deepEqual(names({ pagesize: '2', pageindex: '2' }), [5, 1, 'e']);
  assert.deepEqual(names({ disabled: 1 }), [3, 3, 'ace']);
  assert.deepEqual(names({ disabled: '0', admin: 0 }), [1, 1, 'b']);
  assert.deepEqual(names({ username: 'C@example.com' }), [1, 1, 'c']);
});

test('getuserdata of nobody: an array and no more, or with the switch an error', () => {
  const { run } = rehearse({ users: [{ username: ANN }], invited: ['i@example.com'] });
  assert.deepEqual(run('getuserdata', { username: BOB }).wire, { total: 0, count: 0, Users: [] });
  assert.deepEqual(run('getuserdata', { username: 'i@example.com' }).wire, {
    total: 0,
    count: 0,
    Users: [],
    invited: ['i@example.com'],
  });
  const strict = rehearse({}, { unknownUsername: 'error' });
  assert.deepEqual(strict.run('getuserdata', { username: BOB }).wire, { error: [`${BOB} is not a valid user.`] });
});

test('getuserdata: no groups are no key, or an empty list with the switch', () => {
  const state = { users: [{ id: '9', username: ANN }] };
  const userOf = (patch: SettingsPatch) => {
    const { Users, Groups } = rehearse(state, patch).run('getuserdata', null).wire;
    assert.equal(Groups, undefined);
    return (Users as Record<string, Record<string, unknown>>)['9'];
  };
  assert.equal(Object.hasOwn(userOf({}) ?? {}, 'groups'), false);
  assert.deepEqual(userOf({ noGroups: 'empty-list' })?.['groups'], []);
});

test('attribs are returned, or left out with the switch, and kept either way', () => {
  const state = { users: [{ id: '9', username: ANN, attribs: { objectGUID: 'x' } }] };
  for (const [attribs, expected] of [
    ['returned', { objectGUID: 'x' }],
    ['left-out', undefined],
  ] as const) {
    const { tenant, run } = rehearse(state, { attribs });
    assert.deepEqual(userOf(run('getuserdata', null).wire, '9')['attribs'], expected);
    assert.deepEqual(tenant.find(ANN)?.attribs, { objectGUID: 'x' });
  }
});

test('optionalUserFields: what only some answers have', () => {
  const users = [
    { id: '1', username: ANN, multifactor: 'googleauth', last_login: '2026-01-01 00:00:00' },
    { id: '2', username: BOB },
  ];
  const fields = ['linked', 'multifactor', 'legacytotalscore', 'hasSharingKeys'];
  const { wire } = rehearse({ users }, { optionalUserFields: 'present' }).run('getuserdata', null);
  const valuesOf = (id: string) => fields.map((name) => userOf(wire, id)[name]);
  assert.deepEqual(
    [valuesOf('1'), valuesOf('2')],
    [
      [null, 'googleauth', '0', true],
      [null, null, null, false],
    ],
  );
  const usual = Object.keys(userOf(rehearse({ users }).run('getuserdata', null).wire, '1'));
  assert.deepEqual(
    usual.filter((name) => fields.includes(name)),
    [],
  );
});

test('unchangedUsers: left-out does not tell who was so already', () => {
  const { run } = rehearse({ users: [{ username: ANN }] }, { unchangedUsers: 'left-out' });
  assert.deepEqual(run('enableuser', [ANN]).wire, { status: 'success', enabled_users: [] });
});

test('an unknown command and malformed data are honest FAILs', () => {
  const { run } = rehearse({});
  assert.match(String(run('pushsitestousers', {}).wire['error']), /^Unknown command: pushsitestousers/);
  assert.match(String(run('batchadd', { username: ANN }).wire['error']), /^Invalid data: /);
  assert.match(String(run('batchadd', [{ fullname: 'x' }]).wire['error']), /\[0\]\.username/);
  assert.match(String(run('batchadd', [{ username: 'nobody' }]).wire['error']), /^Invalid username: nobody/);
});

function userOf(wire: Record<string, unknown>, id: string): Record<string, unknown> {
  const user = (wire['Users'] as Record<string, Record<string, unknown>>)[id];
  assert.ok(user);
  return user;
}
