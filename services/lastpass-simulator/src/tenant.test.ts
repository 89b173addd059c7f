import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeedError } from './seed-error.ts';
import { type StateInput, stateSeed } from './state.ts';
import { Tenant } from './tenant.ts';

const NOW = new Date('2026-03-01T10:00:00Z');

function tenantOf(state: StateInput): Tenant {
  return Tenant.from(stateSeed.parse(state), NOW);
}

test('a partial user gets what a fresh LastPass user has', () => {
  const [user] = tenantOf({ users: [{ username: 'Ann@Example.com' }] }).snapshot().users;
  assert.equal(user?.username, 'ann@example.com');
  assert.match(user?.id ?? '', /^\d{9}$/);
  assert.deepEqual(
    { ...user, id: '', username: '' },
    {
      id: '',
      username: '',
      fullname: '',
      groups: [],
      disabled: false,
      admin: false,
      neverloggedin: true,
      created: '2026-03-01 10:00:00',
      last_pw_change: '2026-03-01 10:00:00',
      last_login: '',
      mpstrength: '0',
      totalscore: null,
      duousername: null,
      securidusername: null,
      sites: null,
      notes: null,
      formfills: null,
      applications: null,
      attachments: null,
      password_reset_required: true,
    },
  );
});

test('a seeded last_login makes a user at work', () => {
  const tenant = tenantOf({ users: [{ username: 'ann@example.com', last_login: '2026-02-01 08:00:00' }] });
  const user = tenant.find('ann@example.com');
  assert.deepEqual([user?.neverloggedin, user?.sites, user?.totalscore], [false, 0, '0']);
  assert.equal(user?.last_login, '2026-02-01 08:00:00');
});

test('a snapshot seeded again gives the same bytes', () => {
  const tenant = tenantOf({
    users: [
      {
        username: 'b@example.com',
        groups: ['Zeta', 'alpha'],
        attribs: { objectGUID: 'x' },
        pending_email: 'New@example.com',
      },
      { id: '7', username: 'a@example.com', disabled: true, admin: true },
    ],
    groups: { Empty: [], Zeta: ['a@example.com'] },
    invited: ['i@example.com'],
    welcomeEmails: { 'b@example.com': ['2026-03-01T10:00:00.000Z'] },
    departed: [{ id: '3', username: 'gone@example.com', how: 'deleted' }],
  });
  const text = JSON.stringify(tenant.snapshot());
  assert.equal(JSON.stringify(tenantOf(JSON.parse(text)).snapshot()), text);
  assert.deepEqual(
    tenant.snapshot().users.map(({ id, groups }) => [id, groups]),
    [
      ['7', ['Zeta']],
      ['450000001', ['Zeta', 'alpha']],
    ],
  );
  assert.deepEqual(tenant.snapshot().groups, {
    Empty: [],
    Zeta: ['a@example.com', 'b@example.com'],
    alpha: ['b@example.com'],
  });
});

test('a seed that contradicts itself is refused by name', () => {
  const twice = { users: [{ username: 'a@example.com' }, { username: 'A@example.com' }] };
  assert.throws(() => tenantOf(twice), new SeedError('two users have the username a@example.com'));
  const sameId = [
    { id: '5', username: 'a@example.com' },
    { id: '5', username: 'b@example.com' },
  ];
  assert.throws(() => tenantOf({ users: sameId }), /two users have the id 5/);
  assert.throws(() => tenantOf({ groups: { G: ['who@example.com'] } }), /"G" lists who@example\.com/);
  const both = { users: [{ username: 'a@example.com' }], invited: ['a@example.com'] };
  assert.throws(() => tenantOf(both), /a@example\.com is both a user and invited/);
});

test('group names compare case-insensitively, and the first spelling stays', () => {
  const tenant = tenantOf({ users: [{ username: 'a@example.com', groups: ['Sales'] }, { username: 'b@example.com' }] });
  const [a, b] = [tenant.find('a@example.com'), tenant.find('B@EXAMPLE.COM')];
  assert.ok(a && b);
  assert.equal(tenant.join(b, 'SALES'), 'Sales');
  assert.equal(tenant.join(b, 'sales'), null);
  assert.equal(tenant.leave(a, 'sales'), 'Sales');
  assert.equal(tenant.leave(a, 'sales'), null);
  assert.deepEqual([a.groups, b.groups, tenant.snapshot().groups], [[], ['Sales'], { Sales: ['b@example.com'] }]);
});

test('whoever is dropped leaves no trace but among the departed, and the id is not used again', () => {
  const tenant = tenantOf({ users: [{ username: 'a@example.com', groups: ['Sales'], disabled: true }] });
  const user = tenant.find('a@example.com');
  assert.ok(user);
  tenant.drop(user, 'removed');
  const again = tenant.create({ username: 'a@example.com' }, NOW);
  assert.notEqual(again.id, user.id);
  assert.deepEqual(tenant.snapshot().departed, [{ id: user.id, username: 'a@example.com', how: 'removed' }]);
  assert.deepEqual([tenant.size, tenant.seatsUsed, tenant.snapshot().groups], [1, 1, { Sales: [] }]);
});

test('seats: the disabled take none, invitations do', () => {
  const tenant = tenantOf({
    users: [{ username: 'a@example.com' }, { username: 'b@example.com', disabled: true }],
    invited: ['c@example.com'],
  });
  assert.equal(tenant.seatsUsed, 2);
  const b = tenant.find('b@example.com');
  assert.ok(b);
  assert.equal(tenant.setDisabled(b, false), true);
  assert.equal(tenant.setDisabled(b, false), false);
  assert.equal(tenant.seatsUsed, 3);
});
