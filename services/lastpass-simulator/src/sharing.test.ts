import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOW, rehearse } from '../testing/rehearse.ts';
import { logIn } from './log-in.ts';
import { SeedError } from './seed-error.ts';
import type { StateInput } from './state.ts';

const ANN = 'ann@example.com';
const BOB = 'bob@example.com';
const NEW = 'new@example.com';
const SALES = { name: 'Sales passwords', groups: [{ name: 'Sales' }] };
const PRE_CREATE = 'Pre-Create Sharing Key';

/** Ann in Sales has the folder; Bob is in nothing; one more group makes members of the folder too. */
function office(more: Partial<StateInput> = {}) {
  const users = [{ username: ANN, groups: ['Sales'] }, { username: BOB }];
  const rehearsal = rehearse({
    users,
    folders: [{ ...SALES, groups: [{ name: 'Sales' }, { name: 'Export' }] }],
    ...more,
  });
  const { tenant, run } = rehearsal;
  const holders = () => {
    const folders = Object.values(run('getsfdata', 'all').wire) as { users: { username: string }[] }[];
    return folders.map(({ users: listed }) => listed.map(({ username }) => username[0]).join('')).join('|');
  };
  const logsIn = (username: string) => {
    assert.ok('user' in logIn(tenant, username, NOW));
    tenant.record({ username, ipAddress: '127.0.0.1', nowMs: NOW.getTime() });
  };
  const joins = (username: string, group = 'Sales') => run('batchchangegrp', [{ username, add: [group] }]);
  const leaves = (username: string, group = 'Sales') => run('batchchangegrp', [{ username, del: [group] }]);
  return { ...rehearsal, holders, logsIn, joins, leaves };
}

test('a new member of the group has the folder only after a member who has it has logged in', () => {
  const { run, holders, logsIn } = office();
  run('batchadd', [{ username: NEW, groups: ['sales'] }]);
  assert.equal(holders(), 'a');
  logsIn(NEW);
  logsIn(BOB);
  assert.equal(holders(), 'a', 'neither the own log-in nor that of somebody without the folder hands out its key');
  logsIn(ANN);
  assert.equal(holders(), 'an');
});

test('somebody who still waits hands out no key', () => {
  const { holders, joins, logsIn } = office({ users: [{ username: ANN }, { username: BOB }] });
  joins(ANN);
  joins(BOB);
  logsIn(ANN);
  logsIn(BOB);
  assert.equal(holders(), '');
});

test('an administrator of the company has every folder, and hands out its key by logging in', () => {
  const { holders, joins, logsIn } = office({
    users: [{ username: 'chief@example.com', admin: true }, { username: BOB }],
  });
  joins(BOB);
  assert.equal(holders(), 'c');
  logsIn('chief@example.com');
  assert.equal(holders(), 'bc');
});

test('under Pre-Create Sharing Key nobody waits: for everyone, or for the groups it applies to', () => {
  for (const [appliesTo, expected] of [
    ['everyone', 'abn'],
    [['SALES'], 'an'],
    [['Elsewhere'], 'a'],
    [[], 'a'],
  ] as const) {
    const policies = [
      { name: PRE_CREATE.toUpperCase(), appliesTo: typeof appliesTo === 'string' ? appliesTo : [...appliesTo] },
    ];
    const { run, holders, joins } = office({ policies });
    run('batchadd', [{ username: NEW, groups: ['Sales'] }]);
    joins(BOB, 'Export');
    assert.equal(holders(), expected, JSON.stringify(appliesTo));
  }
});

test('the policy reaches those who wait as soon as it covers them', () => {
  const { tenant, holders, joins } = office();
  joins(BOB);
  tenant.sharing.setPolicies([{ name: 'Length of master password', appliesTo: 'everyone' }]);
  assert.equal(holders(), 'a', 'another policy changes nothing');
  tenant.sharing.setPolicies([{ name: PRE_CREATE, appliesTo: ['Interns'] }]);
  assert.equal(holders(), 'a');
  joins(BOB, 'Interns');
  assert.equal(holders(), 'ab');
  const late = office();
  late.joins(BOB);
  late.tenant.sharing.setPolicies([{ name: PRE_CREATE, appliesTo: 'everyone' }]);
  assert.equal(late.holders(), 'ab');
});

test('leaving the last group that shares the folder takes it away, and who comes back waits anew', () => {
  const { holders, joins, leaves, logsIn } = office();
  joins(ANN, 'Export');
  leaves(ANN);
  assert.equal(holders(), 'a', 'still a member through the other group');
  leaves(ANN, 'Export');
  assert.equal(holders(), '');
  joins(ANN);
  logsIn(ANN);
  assert.equal(holders(), '');
});

test('batchadd that replaces the groups takes the folder away as well', () => {
  const { run, holders } = office();
  run('batchadd', [{ username: ANN, groups: ['Other'] }]);
  assert.equal(holders(), '');
});

test('an individual share outlives the group', () => {
  const folders = [{ ...SALES, users: [{ username: ANN, can_administer: true }] }];
  const { holders, leaves } = office({ folders });
  leaves(ANN);
  assert.equal(holders(), 'a');
});

test('the disabled cannot get at the folder and are handed no key; enabled again they have what they had', () => {
  const { run, holders, joins, logsIn } = office();
  joins(BOB);
  run('disableuser', [ANN, BOB]);
  assert.equal(holders(), '');
  run('enableuser', [ANN]);
  assert.equal(holders(), 'a');
  logsIn(ANN);
  run('enableuser', [BOB]);
  assert.equal(holders(), 'a', 'nobody has logged in since');
  logsIn(ANN);
  assert.equal(holders(), 'ab');
});

test('a disabled member whom the policy covers meanwhile has the folder once enabled', () => {
  const { tenant, run, holders, joins } = office();
  joins(BOB);
  run('deluser', { username: BOB, deleteaction: 0 });
  tenant.sharing.setPolicies([{ name: PRE_CREATE, appliesTo: 'everyone' }]);
  assert.equal(holders(), 'a');
  run('enableuser', [BOB]);
  assert.equal(holders(), 'ab');
});

test('a policy that came and went while somebody was disabled has handed out no key', () => {
  for (const order of ['joins first', 'policy first']) {
    const { tenant, run, holders, joins } = office();
    run('disableuser', [BOB]);
    if (order === 'joins first') joins(BOB);
    tenant.sharing.setPolicies([{ name: PRE_CREATE, appliesTo: 'everyone' }]);
    if (order === 'policy first') joins(BOB);
    const again = rehearse(tenant.keptState()).tenant;
    assert.deepEqual(again.snapshot().folders[0]?.waiting, [BOB], 'over a restart as well');
    tenant.sharing.setPolicies([]);
    run('enableuser', [BOB]);
    assert.equal(holders(), 'a', order);
  }
});

test('removed and deleted, one is in no folder any more; the same address added again waits', () => {
  for (const deleteaction of [1, 2]) {
    const { tenant, run, holders, joins } = office({ folders: [{ ...SALES, users: [{ username: BOB }] }] });
    joins(NEW);
    run('deluser', { username: ANN, deleteaction });
    run('deluser', { username: BOB, deleteaction });
    assert.equal(holders(), '');
    assert.deepEqual(tenant.snapshot().folders[0]?.users, []);
    run('batchadd', [{ username: ANN, groups: ['Sales'] }]);
    assert.deepEqual([holders(), tenant.snapshot().folders[0]?.waiting], ['', [ANN]]);
  }
});

test('a change of e-mail keeps the folder', () => {
  const { run, holders, logsIn } = office();
  run('updateemail', { oldemail: ANN, newemail: 'zoe@example.com' });
  logsIn(ANN);
  assert.equal(holders(), 'z');
});

test('the event log tells who gained and lost which folder', () => {
  const { tenant, joins, leaves, logsIn } = office();
  joins(BOB);
  logsIn(ANN);
  leaves(BOB);
  joins(BOB);
  leaves(BOB);
  const folderEvents = tenant.events.list().filter(({ action }) => /Shared Folder/.test(action));
  assert.deepEqual(
    folderEvents.map(({ action, data, username }) => [action, data, username]),
    [
      ['Add to Shared Folder', "'Sales passwords' 'bob@example.com'", ANN],
      ['Removed From Shared Folder', "'Sales passwords' 'bob@example.com'", 'API'],
    ],
    'whoever only waited loses nothing',
  );
});

test('replacing the folders tells of each that came, went, was renamed, and of each member', () => {
  const { tenant } = office();
  const { sharing } = tenant;
  const [first] = sharing.snapshot();
  assert.ok(first);
  sharing.setFolders([
    { ...first, name: 'Deals', groups: [] },
    {
      ...first,
      id: undefined,
      name: 'Fresh',
      groups: [],
      users: [{ username: BOB, readonly: true, give: false, can_administer: false }],
    },
  ]);
  sharing.setFolders([]);
  tenant.record({ username: 'me', ipAddress: '', nowMs: 0 });
  assert.deepEqual(
    tenant.events.list().map(({ action, data }) => `${action} ${data}`),
    [
      "Renamed Shared Folder 'Sales passwords' 'Deals'",
      `Removed From Shared Folder 'Deals' '${ANN}'`,
      'Created Shared Folder Fresh',
      `Add to Shared Folder 'Fresh' '${BOB}'`,
      'Deleted Shared Folder Deals',
      'Deleted Shared Folder Fresh',
    ],
  );
});

test('ids: given, of the folder so named, or the next; a group that is named comes into being', () => {
  const { tenant } = office({ folders: [{ id: '7', name: 'Seven' }] });
  const bare = { score: 0, deleted: false, sites: [], users: [], groups: [], waiting: [] };
  tenant.sharing.setFolders([
    { ...bare, name: 'New' },
    { ...bare, name: 'SEVEN', groups: [{ name: 'Later', readonly: false, give: true, can_administer: false }] },
    { ...bare, name: 'Big', id: '2000' },
  ]);
  assert.deepEqual(
    tenant.snapshot().folders.map(({ id, name }) => `${id} ${name}`),
    ['7 SEVEN', '2000 Big', '2001 New'],
  );
  assert.deepEqual(tenant.snapshot().groups['Later'], []);
});

test('rights: an individual share decides, else the most restrictive group; administrators may do all', () => {
  const groups = [
    { name: 'Sales', can_administer: true },
    { name: 'Export', readonly: true, give: false },
  ];
  const users = [
    { username: 'a@example.com', groups: ['Sales', 'Export'] },
    { username: 'b@example.com', groups: ['Sales'] },
    { username: 'c@example.com', groups: ['Export'] },
    { username: 'd@example.com', groups: ['Export'], admin: true },
  ];
  const { run } = rehearse({ users, folders: [{ ...SALES, groups, users: [{ username: 'c@example.com' }] }] });
  const [folder] = Object.values(run('getsfdata', null).wire) as { users: Record<string, unknown>[] }[];
  assert.deepEqual(
    folder?.users.map(({ username, ...flags }) => [String(username)[0], ...Object.values(flags)]),
    // readonly, give, can_administer, superadmin
    [
      ['a', 1, 0, 0, 0],
      ['b', 0, 1, 1, 0],
      ['c', 0, 1, 0, 0],
      ['d', 0, 1, 1, 1],
    ],
  );
});

test('a deleted folder is shared to nobody, so nobody gains or loses it', () => {
  const { tenant, run, holders, joins, leaves } = office({ folders: [{ ...SALES, deleted: true }] });
  joins(BOB);
  leaves(BOB);
  joins(BOB);
  run('deluser', { username: BOB, deleteaction: 1 });
  assert.deepEqual([holders(), tenant.snapshot().folders[0]?.waiting], ['', []]);
  assert.equal(
    tenant.events.list().some(({ action }) => /Shared Folder/.test(action)),
    false,
  );
  assert.equal((Object.values(run('getsfdata', null).wire)[0] as { deleted: boolean }).deleted, true);
});

test('a seed of folders that contradicts itself is refused by name', () => {
  const contradictions: [StateInput['folders'], RegExp][] = [
    [[{ name: 'F', users: [{ username: 'who@example.com' }] }], /folder "F" names who@example\.com/],
    [[{ name: 'F', waiting: [BOB] }], /bob@example\.com waits for folder "F"/],
    [[{ name: 'F' }, { name: 'f' }], /two folders are called "f"/],
    [['F', 'G'].map((name) => ({ id: '1', name })), /two folders have the id 1/],
  ];
  for (const [folders, text] of contradictions) {
    const refused = () => rehearse({ users: [{ username: BOB }], folders });
    assert.throws(refused, (error) => error instanceof SeedError && text.test(error.message));
  }
});

test('a snapshot seeded again gives the same bytes, waiting members and policies included', () => {
  const { tenant, joins } = office({ policies: [{ name: PRE_CREATE, appliesTo: ['Interns'] }] });
  joins(BOB);
  const text = JSON.stringify(tenant.keptState());
  const again = rehearse(JSON.parse(text)).tenant;
  assert.deepEqual(again.snapshot().folders[0]?.waiting, [BOB]);
  assert.equal(JSON.stringify(again.keptState()), text);
});
