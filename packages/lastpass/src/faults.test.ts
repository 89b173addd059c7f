/** Every fault of the simulator, before and after the command: each is one error, and `arrived` never lies. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { PROVHASH, startRehearsal } from '../testing/rehearsal.ts';
import { LastPassError } from './errors.ts';

const rehearsal = await startRehearsal();
after(() => rehearsal.close());
const client = rehearsal.client({ timeoutMs: 1_000 });
const ADDED = { username: 'ann@example.com', fullname: 'Ann', groups: ['Eng'], objectGuid: '', directory: 'corp' };

beforeEach(() => rehearsal.control('POST', 'reset'));

const faults = (...list: object[]) => rehearsal.control('PUT', 'faults', list);

const ERRORS = [
  [{ kind: 'http-429' }, 'rate-limited', 'no'],
  [{ kind: 'http-403' }, 'forbidden', 'no'],
  [{ kind: 'http-413' }, 'too-large', 'no'],
  [{ kind: 'http-500' }, 'server-error', 'perhaps'],
  [{ kind: 'http-500', status: 503 }, 'server-error', 'perhaps'],
  [{ kind: 'html-page' }, 'unexpected-answer', 'perhaps'],
  [{ kind: 'cut-body' }, 'unexpected-answer', 'perhaps'],
  [{ kind: 'cut-body', ends: 'abruptly' }, 'connection-lost', 'perhaps'],
  [{ kind: 'reset' }, 'connection-lost', 'perhaps'],
  [{ kind: 'hang' }, 'no-answer', 'perhaps'],
  [{ kind: 'latency', latencyMs: 2_000 }, 'no-answer', 'perhaps'],
  [{ kind: 'fail', error: 'No' }, 'refused', 'yes'],
  [{ kind: 'fail', error: ['No', 'no'] }, 'refused', 'yes'],
  [{ kind: 'http-500', phase: 'after' }, 'server-error', 'perhaps'],
  [{ kind: 'html-page', phase: 'after' }, 'unexpected-answer', 'perhaps'],
  [{ kind: 'cut-body', phase: 'after' }, 'unexpected-answer', 'perhaps'],
  [{ kind: 'cut-body', phase: 'after', ends: 'abruptly' }, 'connection-lost', 'perhaps'],
  [{ kind: 'reset', phase: 'after' }, 'connection-lost', 'perhaps'],
  [{ kind: 'hang', phase: 'after' }, 'no-answer', 'perhaps'],
  [{ kind: 'latency', latencyMs: 2_000, phase: 'after' }, 'no-answer', 'perhaps'],
] as const;

for (const [fault, code, arrived] of ERRORS) {
  test(`${JSON.stringify(fault)} is ${code}, sent once, and the next call is well`, async () => {
    await faults({ ...fault, times: 1 });
    const { sequence } = await lastSequence();
    const error = await failureOf(client.addAccounts([ADDED]));
    assert.deepEqual([error.code, error.arrived], [code, arrived], error.message);
    assert.doesNotMatch(error.message, /\n/);
    assert.doesNotMatch(inspect(error, { depth: Infinity, showHidden: true }), new RegExp(PROVHASH));
    assert.equal((await lastSequence()).sequence, sequence + 1);
    const { executed } = await rehearsal.lastCall();
    assert.ok(!(executed && error.arrived === 'no'), 'what was carried out must not be called "no"');
    await client.readAccount('bob@example.com');
  });
}

test('a 429 tells how long to wait, where LastPass says so', async () => {
  await faults({ kind: 'http-429', retryAfterSeconds: 7, times: 1 }, { kind: 'http-429', times: 1 });
  assert.equal((await failureOf(client.readAccount('a@example.com'))).retryAfterMs, 7_000);
  assert.equal((await failureOf(client.readAccount('a@example.com'))).retryAfterMs, undefined);
});

test('a web page is told by its title, so that one sees whose it is', async () => {
  await faults({ kind: 'html-page', times: 1 });
  assert.match((await failureOf(client.readAccount('a@example.com'))).message, /a web page \("We'll be right back"\)/);
});

test('a provhash that LastPass echoes is hidden', async () => {
  await faults({ kind: 'fail', error: `wrong: ${PROVHASH}\nreally` });
  const error = await failureOf(client.addAccounts([ADDED]));
  assert.deepEqual(error.messages, ['wrong: [provhash] really']);
  assert.doesNotMatch(inspect(error, { depth: Infinity }), new RegExp(PROVHASH));
});

test('a master password that LastPass echoes is hidden', async () => {
  const password = 'of-two-keys+that-no-error-may-tell/=';
  await faults({ kind: 'fail', error: [`wrong: ${password}`, `password ${password} of ann@example.com`] });
  const masterPassword = { reveal: () => password };
  const error = await failureOf(client.addAccounts([{ ...ADDED, masterPassword }]));
  assert.deepEqual(error.messages, ['wrong: [password]', 'password [password] of ann@example.com']);
  assert.ok(!inspect(error, { depth: Infinity }).includes(password));
});

test('a message is the request to slow down, not an error', async () => {
  await faults({ kind: 'message', message: 'Slower, please' });
  assert.deepEqual(await client.addAccounts([ADDED]), { slowDown: 'Slower, please' });
});

test('a poisoned user is refused by name, in every command that changes users', async () => {
  const bad = 'bad@example.com';
  await rehearsal.control('PUT', 'state', { users: [{ username: bad }, { username: 'ann@example.com' }] });
  await faults({ kind: 'poison', usernames: [bad], error: 'Cannot be processed' });
  const refusals = [{ username: bad, message: `Cannot be processed: ${bad}` }];
  const both = ['ann@example.com', bad];
  assert.deepEqual((await failureOf(client.addAccounts([{ ...ADDED, username: bad }]))).refusals, refusals);
  assert.deepEqual((await failureOf(client.renameAccount({ username: bad, fullname: 'x' }))).refusals, refusals);
  assert.deepEqual((await failureOf(client.removeAccount({ username: bad, action: 'delete' }))).refusals, refusals);
  assert.deepEqual((await failureOf(client.disableAccounts(both))).refusals, refusals);
  const { refused } = await client.changeGroups(both.map((username) => ({ username, add: ['G'], del: [] })));
  assert.deepEqual(
    refused.map(({ username }) => username),
    [bad],
  );
  assert.deepEqual((await client.readAccount('ann@example.com'))?.groups, ['G']);
});

test('a cancelled call: before the sending it has not arrived, after it perhaps', async () => {
  const signal = AbortSignal.abort();
  const early = await failureOf(client.readAccount('a@example.com', signal));
  assert.deepEqual([early.code, early.arrived], ['cancelled', 'no']);
  await faults({ kind: 'hang' });
  const { sequence } = await lastSequence();
  const controller = new AbortController();
  const failure = failureOf(client.readAccount('a@example.com', controller.signal));
  while ((await lastSequence()).sequence === sequence) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  const late = await failure;
  assert.deepEqual([late.code, late.arrived], ['cancelled', 'perhaps']);
});

async function lastSequence(): Promise<{ sequence: number }> {
  const { lastSequence: sequence } = (await rehearsal.control('GET', 'calls')) as { lastSequence: number };
  return { sequence };
}

async function failureOf(call: Promise<unknown>): Promise<LastPassError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof LastPassError, String(error));
  return error;
}
