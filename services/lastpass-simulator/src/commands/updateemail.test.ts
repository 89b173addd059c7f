import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rehearse, steps } from '../../testing/rehearse.ts';

const OLD = 'old@example.com';
const NEW = 'new@example.com';
const BOB = 'bob@example.com';
const OK = { status: 'OK' };

test('the old name stays listed and in use until the change is settled; then all but the name is as it was', () => {
  const { tenant, run } = rehearse({
    users: [{ id: '7', username: OLD, groups: ['Eng'], attribs: { a: 1 }, duousername: 'duo', admin: true }],
  });
  const { wire, changes } = run('updateemail', { oldemail: 'Old@example.com', newemail: 'New@Example.com' });
  assert.deepEqual([wire, steps(changes)], [OK, [`change-email ${OLD}`]]);
  const listed = run('getuserdata', null).wire;
  assert.deepEqual(listed['Groups'], { Eng: [OLD] });
  assert.equal(JSON.stringify(listed).includes(NEW), false);
  assert.deepEqual(run('updateuser', { username: NEW, fullname: 'O' }).wire['error'], `No such user: ${NEW}`);
  assert.deepEqual(run('updateuser', { username: OLD, fullname: 'O' }).wire, OK);
  const [before] = tenant.snapshot().users;
  assert.ok(before);
  const { pending_email, ...kept } = before;
  assert.equal(pending_email, NEW);

  const user = tenant.find(OLD);
  assert.ok(user);
  tenant.settleEmail(user);
  assert.deepEqual(tenant.snapshot().users, [{ ...kept, username: NEW }]);
  assert.deepEqual([tenant.find(OLD), tenant.snapshot().groups], [undefined, { Eng: [NEW] }]);
  assert.deepEqual(steps(run('disableuser', [NEW]).changes), [`disable ${NEW}`]);
});

test('a later change replaces the pending one, and the same once more changes nothing', () => {
  const { tenant, run } = rehearse({ users: [{ username: OLD }] });
  run('updateemail', { oldemail: OLD, newemail: 'first@example.com' });
  assert.equal(run('updateemail', { oldemail: OLD, newemail: NEW }).changes.length, 1);
  assert.deepEqual(run('updateemail', { oldemail: OLD, newemail: NEW }), { wire: OK, changes: [] });
  assert.equal(tenant.find(OLD)?.pending_email, NEW);
});

test('updateEmail: instant takes effect at once, in place of a change that is pending', () => {
  const state = { users: [{ id: '7', username: OLD, groups: ['Eng'], pending_email: 'first@example.com' }] };
  const { tenant, run } = rehearse(state, { updateEmail: 'instant' });
  assert.deepEqual(steps(run('updateemail', { oldemail: OLD, newemail: NEW }).changes), [`change-email ${OLD}`]);
  const { users, groups } = tenant.snapshot();
  assert.deepEqual(
    users.map((user) => [user.id, user.username, user.pending_email]),
    [['7', NEW, undefined]],
  );
  assert.deepEqual(groups, { Eng: [NEW] });
  assert.equal(run('updateemail', { oldemail: OLD, newemail: NEW }).wire['error'], `No such user: ${OLD}`);
});

test('an unknown old address, a new one in use, one that is none, and a poisoned user are refused', () => {
  const { tenant, run } = rehearse({ users: [{ username: OLD }, { username: BOB }], invited: ['i@example.com'] });
  const errorOf = (oldemail: string, newemail: string, poisoned = new Map<string, string>()) => {
    const { wire, changes } = run('updateemail', { oldemail, newemail }, { poisoned });
    assert.deepEqual([wire['status'], changes], ['FAIL', []]);
    return wire['error'];
  };
  assert.equal(errorOf('who@example.com', NEW), 'No such user: who@example.com');
  assert.equal(errorOf('i@example.com', NEW), 'No such user: i@example.com');
  for (const taken of [BOB, 'I@example.com', OLD]) {
    assert.equal(errorOf(OLD, taken), `Username already in use: ${taken.toLowerCase()}`);
  }
  assert.equal(errorOf(OLD, 'nobody'), 'Invalid username: nobody');
  assert.equal(errorOf(OLD, NEW, new Map([[OLD, 'Refused']])), `Refused: ${OLD}`);
  assert.match(String(run('updateemail', { username: OLD }).wire['error']), /^Invalid data: oldemail/);
  assert.equal(tenant.find(OLD)?.pending_email, undefined);
});

test('an address that somebody else takes meanwhile lets the change lapse', () => {
  const { tenant, run } = rehearse({ users: [{ username: OLD }] });
  run('updateemail', { oldemail: OLD, newemail: NEW });
  assert.deepEqual(run('batchadd', [{ username: NEW }]).wire, OK);
  const user = tenant.find(OLD);
  assert.ok(user);
  tenant.settleEmail(user);
  assert.deepEqual([tenant.find(OLD), user.pending_email, tenant.size], [user, undefined, 2]);
});

test('ten a second from one source and ten for one old address; beyond it nothing changes', () => {
  const users = Array.from({ length: 12 }, (_, at) => ({ username: `u${at}@example.com` }));
  const isRefused = (wire: Record<string, unknown>) => /^Too many requests/.test(String(wire['error']));
  const fromOne = rehearse({ users });
  const answers = users.map(({ username: oldemail }, at) =>
    isRefused(fromOne.run('updateemail', { oldemail, newemail: `n${at}@example.com` }).wire),
  );
  assert.deepEqual(answers, [...Array(10).fill(false), true, true]);
  assert.equal(fromOne.tenant.find('u10@example.com')?.pending_email, undefined);
  const forOne = rehearse({ users });
  const repeated = users.map((_, at) =>
    isRefused(
      forOne.run('updateemail', { oldemail: 'u0@example.com', newemail: `n${at}@example.com` }, { source: `s${at}` })
        .wire,
    ),
  );
  assert.deepEqual(repeated, [...Array(10).fill(false), true, true]);
});
