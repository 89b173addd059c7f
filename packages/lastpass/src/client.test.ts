/** Every command against the simulator, in each variant of its answer that the switches offer. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import { startRehearsal } from '../testing/rehearsal.ts';
import { LastPassClient } from './client.ts';
import { LastPassError, LastPassOptionsError } from './errors.ts';

const rehearsal = await startRehearsal();
after(() => rehearsal.close());
const client = rehearsal.client();
const ANN = 'ann@example.com';
const BOB = 'bob@example.com';
const GUID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const ADDED = { username: ANN, fullname: 'Ann A', groups: ['Sales', 'Eng'], objectGuid: GUID, directory: 'corp' };

const WHO = 'who@example.com';

const DEFAULTS = {
  attribs: 'returned',
  optionalUserFields: 'left-out',
  seatRefusal: 'names-users',
  unchangedUsers: 'listed',
  errorForm: 'string',
  noGroups: 'missing',
  unknownUsername: 'empty',
  batchaddRefusal: 'none-applied',
  largestBatch: null,
  overLargestBatch: 'message',
  seats: null,
};

beforeEach(async () => {
  await rehearsal.control('POST', 'reset');
  await rehearsal.control('PUT', 'settings', DEFAULTS);
});

const seed = (state: unknown) => rehearsal.control('PUT', 'state', state);
const set = (settings: unknown) => rehearsal.control('PUT', 'settings', settings);

test('an added account is read back with its groups, objectGUID and directory', async () => {
  assert.deepEqual(await client.addAccounts([{ ...ADDED, username: 'Ann@Example.com' }]), { slowDown: null });
  const account = await client.readAccount('ANN@example.com');
  assert.match(account?.id ?? '', /^\d+$/);
  const expected: Account = {
    username: ANN,
    id: account?.id ?? null,
    fullname: 'Ann A',
    disabled: false,
    admin: false,
    groups: ['Eng', 'Sales'],
    invited: false,
    objectGuid: GUID,
    directory: 'corp',
  };
  assert.deepEqual(account, expected);
});

test('an account with a master password needs no other one, gets no welcome e-mail, and can be logged in to by it', async () => {
  const masterPassword = { reveal: () => 'of-two-keys' };
  await client.addAccounts([
    { ...ADDED, masterPassword },
    { ...ADDED, username: BOB },
  ]);
  const { users, welcomeEmails } = (await rehearsal.control('GET', 'state')) as {
    users: { username: string; password_reset_required: boolean }[];
    welcomeEmails: Record<string, unknown>;
  };
  assert.deepEqual(
    users.map(({ username, password_reset_required }) => [username, password_reset_required]),
    [
      [ANN, false],
      [BOB, true],
    ],
  );
  assert.deepEqual(Object.keys(welcomeEmails), [BOB]);
  await rehearsal.control('POST', 'login', { username: ANN, password: 'of-two-keys' });
  await assert.rejects(rehearsal.control('POST', 'login', { username: ANN, password: 'another' }), /401/);
});

test('pages together are everybody, and invitations come with each', async () => {
  const users = Array.from({ length: 5 }, (_, at) => ({ username: `u${at}@example.com` }));
  await seed({ users, invited: ['I@example.com'] });
  const pages = await Promise.all([0, 1, 2].map((pageIndex) => client.readAccounts({ pageIndex, pageSize: 2 })));
  assert.deepEqual(
    pages.map(({ total, accounts, invited }) => [total, accounts.length, invited]),
    [2, 2, 1].map((count) => [5, count, ['i@example.com']]),
  );
  assert.equal(new Set(pages.flatMap(({ accounts }) => accounts.map(({ id }) => id))).size, 5);
});

test('accounts are read by whether they are disabled and whether they administer', async () => {
  const users = ['a', 'b', 'c', 'd'].map((name, at) => {
    return { username: `${name}@example.com`, disabled: at % 2 === 0, admin: at === 3 };
  });
  await seed({ users });
  const read = async (filter: { disabled?: boolean; admin?: boolean }) => {
    const { total, accounts } = await client.readAccounts({ pageIndex: 0, pageSize: 10, ...filter });
    assert.equal(total, accounts.length);
    return accounts.map(({ username }) => username[0]).join('');
  };
  assert.equal(await read({}), 'abcd');
  assert.equal(await read({ disabled: true }), 'ac');
  assert.equal(await read({ disabled: false, admin: false }), 'b');
  assert.equal(await read({ admin: true }), 'd');
});

test('fields that only some answers have change nothing, and attribs that are left out are none', async () => {
  await client.addAccounts([ADDED]);
  const usual = await client.readAccount(ANN);
  await set({ optionalUserFields: 'present' });
  assert.deepEqual(await client.readAccount(ANN), usual);
  await set({ attribs: 'left-out' });
  assert.deepEqual(await client.readAccount(ANN), { ...usual, objectGuid: null, directory: null });
});

test('reinvite, reset, new password and multifactor are the commands of that name, for the one user', async () => {
  await seed({ users: [{ username: ANN, neverloggedin: false, multifactor: 'totp' }], invited: [BOB] });
  for (const [command, cmd, username] of [
    [() => client.reinvite(BOB), 'reinviteuser', BOB],
    [() => client.resetPassword(ANN), 'resetpassword', ANN],
    [() => client.requireNewPassword(ANN), 'requiremasterpasswordchange', ANN],
    [() => client.disableMultifactor(ANN), 'disablemultifactor', ANN],
  ] as const) {
    await command();
    const { calls } = (await rehearsal.control('GET', 'calls')) as { calls: { cmd: string; data: unknown }[] };
    assert.deepEqual(calls.find((call) => call.cmd === cmd)?.data, { username });
  }
  const { users, welcomeEmails } = (await rehearsal.control('GET', 'state')) as {
    users: { password_reset_required: boolean; multifactor?: string }[];
    welcomeEmails: Record<string, string[]>;
  };
  assert.deepEqual([users[0]?.password_reset_required, users[0]?.multifactor], [true, undefined]);
  assert.equal(welcomeEmails[BOB]?.length, 1);
});

test('each of them is refused for an unknown user, by name, in LastPass’s words for it', async () => {
  for (const [command, message] of [
    [() => client.reinvite(WHO), `No such user: ${WHO}`],
    [() => client.resetPassword(WHO), `user not found: ${WHO}`],
    [() => client.requireNewPassword(WHO), `No such user: ${WHO}`],
    [() => client.disableMultifactor(WHO), `No such user: ${WHO}`],
  ] as const) {
    const error = await failureOf(command());
    assert.deepEqual([error.code, error.refusals], ['refused', [{ username: WHO, message }]]);
  }
});

test('for want of seats a create and an enable are refused, by name or without one', async () => {
  await seed({ users: [{ username: ANN, disabled: true }] });
  for (const [seatRefusal, refusals] of [
    ['names-users', (username: string) => [{ username, message: `No licenses available: ${username}` }]],
    ['names-nobody', () => []],
  ] as const) {
    await set({ seats: 0, seatRefusal });
    for (const [command, username] of [
      [() => client.addAccounts([{ ...ADDED, username: BOB }]), BOB],
      [() => client.enableAccounts([ANN]), ANN],
    ] as const) {
      const error = await failureOf(command());
      assert.deepEqual([error.code, error.refusals], ['refused', refusals(username)]);
      assert.match(error.message, /No licenses available/);
    }
  }
});

test('where the unchanged are not told, they are those who are not among the changed', async () => {
  await seed({ users: [{ username: ANN }, { username: BOB, disabled: true }] });
  await set({ unchangedUsers: 'left-out' });
  assert.deepEqual(await client.enableAccounts([ANN]), { unchanged: [ANN] });
  assert.deepEqual(await client.disableAccounts(['Ann@example.com', BOB]), { unchanged: [BOB] });
});

test('an answer that lists neither the changed nor the unchanged says of nobody that they were so already', async () => {
  for (const [answer, unchanged] of [
    [{}, []],
    [{ disabled_users: null }, []],
    [{ unchanged_users: [BOB] }, [BOB]],
    [{ disabled_users: [] }, [ANN, BOB]],
    [{ disabled_users: { 0: ANN.toUpperCase() } }, [BOB]],
  ] as const) {
    const answering = rehearsal.client({ send: async () => JSON.stringify({ status: 'success', ...answer }) });
    assert.deepEqual(await answering.disableAccounts([ANN, BOB]), { unchanged }, JSON.stringify(answer));
  }
});

test('an empty tenant, which answers with an array, is no accounts', async () => {
  assert.deepEqual(await client.readAccounts({ pageIndex: 0, pageSize: 100 }), { total: 0, accounts: [], invited: [] });
});

test('no groups are an empty list, whether missing or []', async () => {
  await seed({ users: [{ username: ANN, attribs: { OBJECTGUID: `{${GUID.toUpperCase()}}` } }] });
  for (const noGroups of ['missing', 'empty-list']) {
    await set({ noGroups });
    const { accounts } = await client.readAccounts({ pageIndex: 0, pageSize: 100 });
    assert.deepEqual(
      accounts.map(({ groups, objectGuid, directory }) => [groups, objectGuid, directory]),
      [[[], GUID, null]],
    );
  }
});

test('an unknown username is null and an invited one an invitation, however LastPass says so', async () => {
  await seed({ invited: ['i@example.com'] });
  for (const unknownUsername of ['empty', 'error']) {
    await set({ unknownUsername });
    assert.equal(await client.readAccount(BOB), null);
    const invitation = await client.readAccount('I@example.com');
    assert.deepEqual([invitation?.username, invitation?.invited, invitation?.id], ['i@example.com', true, null]);
  }
});

test('a large batch brings the request to slow down, or is too large', async () => {
  await set({ largestBatch: 1 });
  const { slowDown } = await client.addAccounts([ADDED, { ...ADDED, username: BOB }]);
  assert.match(slowDown ?? '', /at most 1/);
  await set({ overLargestBatch: '413' });
  const error = await failureOf(client.disableAccounts([ANN, BOB]));
  assert.deepEqual([error.code, error.arrived], ['too-large', 'no']);
});

test('a create that is refused names the account, with error as a string and as an array', async () => {
  await seed({ users: [{ username: 'x@example.com' }] });
  await set({ seats: 2, batchaddRefusal: 'others-applied' });
  for (const errorForm of ['string', 'array']) {
    await set({ errorForm });
    const error = await failureOf(client.addAccounts([ADDED, { ...ADDED, username: BOB }]));
    assert.deepEqual([error.code, error.arrived], ['refused', 'yes']);
    assert.deepEqual(error.messages, [`No licenses available: ${BOB}`]);
    assert.deepEqual(error.refusals, [{ username: BOB, message: `No licenses available: ${BOB}` }]);
    assert.equal(error.message, `LastPass refuses batchadd: No licenses available: ${BOB}`);
  }
  assert.notEqual(await client.readAccount(ANN), null);
});

test('a rename changes the full name; of an unknown user it is refused', async () => {
  await seed({ users: [{ username: ANN, fullname: 'Old' }] });
  await client.renameAccount({ username: ANN, fullname: 'Anna Å' });
  assert.equal((await client.readAccount(ANN))?.fullname, 'Anna Å');
  const error = await failureOf(client.renameAccount({ username: BOB, fullname: 'B' }));
  assert.deepEqual([error.code, error.messages], ['refused', [`No such user: ${BOB}`]]);
});

test('disable and enable tell who was so already, in lower case', async () => {
  await seed({ users: [{ username: ANN }, { username: BOB, disabled: true }] });
  assert.deepEqual(await client.disableAccounts(['Ann@example.com', BOB]), { unchanged: [BOB] });
  assert.equal((await client.readAccount(ANN))?.disabled, true);
  assert.deepEqual(await client.enableAccounts([ANN]), { unchanged: [] });
  assert.deepEqual(await client.enableAccounts([ANN]), { unchanged: [ANN] });
});

test('a disable in which some are unknown is refused naming them, and done for the others', async () => {
  await seed({ users: [{ username: ANN }] });
  const error = await failureOf(client.disableAccounts([ANN, BOB]));
  assert.equal(error.unchanged?.includes(ANN), false);
  const again = await failureOf(client.disableAccounts([ANN, BOB]));
  assert.equal(again.unchanged?.includes(ANN), true);
  assert.deepEqual(error.refusals, [{ username: BOB, message: `No such user: ${BOB}` }]);
  assert.equal((await client.readAccount(ANN))?.disabled, true);
});

test('each way of leaving does its own', async () => {
  await seed({
    users: ['a', 'b', 'c'].map((name) => ({ username: `${name}@example.com` })),
    invited: ['i@example.com'],
  });
  await client.removeAccount({ username: 'a@example.com', action: 'deactivate' });
  await client.removeAccount({ username: 'b@example.com', action: 'remove' });
  await client.removeAccount({ username: 'c@example.com', action: 'delete' });
  await client.removeAccount({ username: 'i@example.com', action: 'withdraw' });
  const { users, departed, invited } = (await rehearsal.control('GET', 'state')) as {
    users: { username: string; disabled: boolean }[];
    departed: { username: string; how: string }[];
    invited: string[];
  };
  assert.deepEqual(
    users.map(({ username, disabled }) => [username, disabled]),
    [['a@example.com', true]],
  );
  assert.deepEqual(
    departed.map(({ username, how }) => [username, how]),
    [
      ['b@example.com', 'removed'],
      ['c@example.com', 'deleted'],
    ],
  );
  assert.deepEqual(invited, []);
  assert.equal(
    (await failureOf(client.removeAccount({ username: 'b@example.com', action: 'remove' }))).code,
    'refused',
  );
});

test('group changes are made, and those refused are returned by name', async () => {
  await seed({ users: [{ username: ANN, groups: ['Old'] }] });
  const changes = [ANN, BOB, "o'brien@example.com"].map((username) => ({ username, add: ['New'], del: ['Old'] }));
  assert.deepEqual(await client.changeGroups(changes), {
    refused: [BOB, "o'brien@example.com"].map((username) => ({ username, message: `${username} does not exist` })),
  });
  assert.deepEqual((await client.readAccount(ANN))?.groups, ['New']);
  assert.deepEqual(await client.changeGroups([{ username: ANN, add: [], del: [] }]), { refused: [] });
});

test('a list without entries makes no call', async () => {
  const { sequence } = await client.readAccount(ANN).then(() => rehearsal.lastCall());
  await client.addAccounts([]);
  await client.changeGroups([]);
  await client.disableAccounts([]);
  await client.enableAccounts([]);
  assert.equal((await rehearsal.lastCall()).sequence, sequence);
});

test('wrong credentials are unauthorized, with the remedy and without the provhash', async () => {
  for (const options of [{ cid: '1' }, { provhash: 'a-wrong-provhash' }]) {
    const error = await failureOf(rehearsal.client(options).readAccounts({ pageIndex: 0, pageSize: 1 }));
    assert.deepEqual([error.code, error.arrived], ['unauthorized', 'no']);
    assert.match(error.message, /check cid and provhash/);
    assert.doesNotMatch(JSON.stringify(error) + error.stack, /a-wrong-provhash/);
  }
});

test('somebody who is called like the answer to wrong credentials keeps nobody from being read', async () => {
  const fullname = '<lastpass rc="Authorization Error"/>';
  await seed({ users: [{ username: ANN, fullname }] });
  assert.equal((await client.readAccount(ANN))?.fullname, fullname);
  const { accounts } = await client.readAccounts({ pageIndex: 0, pageSize: 10 });
  assert.deepEqual(
    accounts.map((account) => account.fullname),
    [fullname],
  );
  const answer = JSON.stringify({ status: 'FAIL', error: `Not this name: ${fullname.replaceAll('"', '')}` });
  const refused = await failureOf(
    rehearsal.client({ send: async () => answer }).renameAccount({ username: ANN, fullname }),
  );
  assert.equal(refused.code, 'refused');
  const cut = await failureOf(
    rehearsal.client({ send: async () => answer.slice(0, -1) }).renameAccount({ username: ANN, fullname }),
  );
  assert.equal(cut.code, 'unexpected-answer');
});

test('a client cannot be made from options that are wrong, and the message names them', () => {
  const good = { apiUrl: 'https://lastpass.com/enterpriseapi.php', cid: '1', provhash: 'p' };
  assert.ok(new LastPassClient(good));
  for (const [wrong, name] of [
    [{ apiUrl: 'lastpass.com' }, 'apiUrl'],
    [{ apiUrl: 'ftp://lastpass.com' }, 'apiUrl'],
    [{ apiUrl: 'https://me:secret@lastpass.com/' }, 'apiUrl'],
    [{ cid: 'my company' }, 'cid'],
    [{ provhash: '' }, 'provhash'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ timeoutMs: 300_001 }, 'timeoutMs'],
  ] as const) {
    const isNamed = (error: unknown) => error instanceof LastPassOptionsError && error.message.startsWith(name);
    assert.throws(() => new LastPassClient({ ...good, ...wrong }), isNamed, JSON.stringify(wrong));
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
