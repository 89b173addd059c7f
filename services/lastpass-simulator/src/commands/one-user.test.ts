import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rehearse, steps } from '../../testing/rehearse.ts';

const ANN = 'ann@example.com';
const WHO = 'who@example.com';
const OK = { status: 'OK' };

test('reinviteuser is one more welcome e-mail, to users and to the invited', () => {
  const { tenant, run } = rehearse({ users: [{ username: ANN }], invited: ['i@example.com'] });
  for (const username of ['Ann@example.com', 'i@example.com', ANN]) {
    const { wire, changes } = run('reinviteuser', { username });
    assert.deepEqual([wire, steps(changes)], [OK, [`welcome-email ${username.toLowerCase()}`]]);
  }
  const { welcomeEmails, users, invited } = tenant.snapshot();
  assert.deepEqual([welcomeEmails[ANN]?.length, welcomeEmails['i@example.com']?.length], [2, 1]);
  assert.deepEqual([users.length, invited], [1, ['i@example.com']]);
  assert.deepEqual(run('reinviteuser', { username: WHO }).wire, { status: 'FAIL', error: `No such user: ${WHO}` });
  assert.equal(tenant.welcomeEmails.has(WHO), false);
});

test('resetpassword and requiremasterpasswordchange have the next log-in take a new password', () => {
  for (const [cmd, unknown] of [
    ['resetpassword', `user not found: ${WHO}`],
    ['requiremasterpasswordchange', `No such user: ${WHO}`],
  ] as const) {
    const { tenant, run } = rehearse({ users: [{ username: ANN, neverloggedin: false }] });
    assert.equal(tenant.find(ANN)?.password_reset_required, false);
    assert.deepEqual(steps(run(cmd, { username: ANN }).changes), [`require-new-password ${ANN}`]);
    assert.equal(tenant.find(ANN)?.password_reset_required, true);
    assert.deepEqual(run(cmd, { username: ANN }), { wire: OK, changes: [] });
    assert.deepEqual(run(cmd, { username: WHO }).wire, { status: 'FAIL', error: unknown });
  }
});

test('disablemultifactor has nothing to take away', () => {
  const { tenant, run } = rehearse({ users: [{ username: ANN, duousername: 'duo' }] });
  const before = tenant.snapshot();
  assert.deepEqual(run('disablemultifactor', { username: ANN }), { wire: OK, changes: [] });
  assert.deepEqual(tenant.snapshot(), before);
  assert.equal(run('disablemultifactor', { username: WHO }).wire['error'], `No such user: ${WHO}`);
});

test('disablemultifactor takes a second factor away, once', () => {
  const { tenant, run } = rehearse({ users: [{ username: ANN, multifactor: 'totp' }] });
  assert.deepEqual(steps(run('disablemultifactor', { username: ANN }).changes), [`disable-multifactor ${ANN}`]);
  assert.equal(tenant.find(ANN)?.multifactor, undefined);
  assert.deepEqual(run('disablemultifactor', { username: ANN }), { wire: OK, changes: [] });
});

test('a poisoned user is refused, and data without a username is a FAIL that says so', () => {
  for (const cmd of ['reinviteuser', 'resetpassword', 'requiremasterpasswordchange', 'disablemultifactor']) {
    const { run } = rehearse({ users: [{ username: ANN }] }, { errorForm: 'array' });
    const refused = run(cmd, { username: ANN }, { poisoned: new Map([[ANN, 'Refused']]) });
    assert.deepEqual(refused, { wire: { status: 'FAIL', error: [`Refused: ${ANN}`] }, changes: [] });
    assert.match(String(run(cmd, {}).wire['error']), /^Invalid data: username/);
  }
});
