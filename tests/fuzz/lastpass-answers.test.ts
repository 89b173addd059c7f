/**
 * LastPass's answers, spoilt in every way, to each command: what comes of one is a result of the right form or a `LastPassError`,
 * and a list of accounts is the whole list or none.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { LastPassClient } from '@connector/lastpass/client.ts';
import { LastPassError } from '@connector/lastpass/errors.ts';
import { LastPassReports } from '@connector/lastpass/reports.ts';
import { account } from '@connector/shared/account.ts';
import { AccountsIncomplete, listAccounts, pageSize } from '@connector/sync/accounts/list-accounts.ts';
import fc from 'fast-check';
import { nastyJson, nastyText, spoiltJson, spoiltText } from './nasty-values.ts';
import { holds, watchForStrays } from './runs.ts';

const provhash = 'the-provhash-that-no-error-may-tell';
const options = { apiUrl: 'https://lastpass.test/enterpriseapi.php', cid: '4711', provhash, timeoutMs: 2_000 };
const [ann, bob] = ['ann@example.test', 'bob@example.test'] as const;

const user = (username: string, more: object = {}) => ({
  username,
  fullname: 'Mx',
  disabled: false,
  admin: false,
  groups: ['Staff'],
  attribs: { objectGUID: '6f9619ff-8b86-d011-b42d-00c04fc964ff', directory: 'corp' },
  ...more,
});
const listed = {
  total: 2,
  count: 2,
  Users: { 101: user(ann), 102: user(bob, { groups: { 0: 'Sales' }, attribs: [] }) },
  Groups: {},
  invited: ['cyd@example.test'],
};

/** Each command, with an answer that is good. */
const commands: readonly {
  readonly good: unknown;
  readonly call: (client: LastPassClient, reports: LastPassReports) => Promise<unknown>;
}[] = [
  { good: listed, call: (client) => client.readAccounts({ pageIndex: 0, pageSize: 10 }) },
  { good: { ...listed, total: 1, count: 1, Users: { 101: user(ann) } }, call: (client) => client.readAccount(ann) },
  {
    good: { status: 'OK' },
    call: (client) =>
      client.addAccounts([{ username: ann, fullname: 'A', groups: [], objectGuid: 'g', directory: 'corp' }]),
  },
  { good: { status: 'OK' }, call: (client) => client.renameAccount({ username: ann, fullname: 'A' }) },
  { good: { status: 'OK' }, call: (client) => client.changeEmail({ username: ann, to: bob }) },
  {
    good: { status: 'OK', disabled_users: [ann], unchanged_users: [bob] },
    call: (client) => client.disableAccounts([ann, bob]),
  },
  {
    good: { status: 'OK', enabled_users: [ann], unchanged_users: { 0: bob } },
    call: (client) => client.enableAccounts([ann, bob]),
  },
  {
    good: { status: 'WARN', errors: [`no such user ${ann}`] },
    call: (client) => client.changeGroups([{ username: ann, add: ['x'], del: [] }]),
  },
  {
    good: { status: 'FAIL', error: [`${ann}: no`] },
    call: (client) => client.removeAccount({ username: ann, action: 'remove' }),
  },
  {
    good: { 1: { sharedfoldername: 'F', score: '7', users: [{ username: ann, sites: [] }] } },
    call: (_, reports) => reports.readFolders(),
  },
];

/** What comes of it: a result, or an error of ours that says nothing of the provhash. */
async function orRefused<T>(call: Promise<T>): Promise<T | LastPassError> {
  try {
    return await call;
  } catch (error) {
    assert.ok(error instanceof LastPassError, (error as Error).stack);
    assert.ok(!JSON.stringify([error.message, error.stack, error.messages]).includes(provhash));
    assert.doesNotMatch(error.message, /[\r\n]/);
    return error;
  }
}

const anyAnswer = (good: unknown) =>
  fc.oneof(
    nastyText,
    nastyJson.map((value) => JSON.stringify(value)),
    spoiltJson(fc.constant(good)).map((value) => JSON.stringify(value)),
    spoiltText(fc.constant(JSON.stringify(good))),
    fc.constantFrom(
      '<lastpass rc="FAIL"><error message="Authorization Error"/></lastpass>',
      `<html><title>${provhash}</title>`,
      `{"status":"FAIL","error":"${provhash}"}`,
    ),
  );

describe('an answer of whatever content', () => {
  for (const { good, call } of commands)
    test(`to ${call.toString().match(/(?:client|reports)\.(\w+)/)?.[1]} is a result or a LastPassError`, async (context) => {
      const property = fc.asyncProperty(anyAnswer(good), async (text) => {
        const send = async () => text;
        const clients = [new LastPassClient({ ...options, send }), new LastPassReports({ ...options, send })] as const;
        await orRefused(call(...clients));
      });
      await holds(context, property, { runs: 500 });
    });

  test('half a character, written as it is or as an escape, stands for nothing in a name', async () => {
    for (const half of ['\ud800', '\\ud800']) {
      const user = `{"username":"${half}ann@example.test","fullname":"Ann","disabled":false,"admin":false,"groups":["Staff"]}`;
      const text = `{"total":1,"count":1,"Users":{"101":${user}},"Groups":{},"invited":[]}`;
      const client = new LastPassClient({ ...options, send: async () => text });
      const { accounts } = await client.readAccounts({ pageIndex: 0, pageSize: 10 });
      assert.deepEqual(
        accounts.map(({ username }) => username),
        ['\ufffdann@example.test'],
      );
    }
  });

  test('to getuserdata makes accounts of the right form only, and none is lost', async (context) => {
    const property = fc.asyncProperty(anyAnswer(listed), async (text) => {
      const client = new LastPassClient({ ...options, send: async () => text });
      const page = await orRefused(client.readAccounts({ pageIndex: 0, pageSize: 10 }));
      if (page instanceof LastPassError) return;
      for (const each of page.accounts) {
        assert.deepEqual(account.parse(JSON.parse(JSON.stringify(each))), each);
        assert.ok(each.username.isWellFormed() && each.groups.every((name) => name.isWellFormed()));
      }
      const said = (JSON.parse(text) as { Users?: object }).Users;
      assert.equal(page.accounts.length, Object.keys(said ?? {}).length);
    });
    await holds(context, property, { runs: 1_500 });
  });
});

describe('pages of accounts that contradict each other', () => {
  const ids = fc.array(fc.nat({ max: 12 }), { maxLength: 8 });
  const page = fc.record({
    ids,
    total: fc.oneof(fc.nat({ max: 12 }), fc.constantFrom(1e15, '9'.repeat(400))),
    name: fc.constantFrom('own', 'one'),
  });
  const pageText = ({ ids: listedIds, total, name }: { ids: number[]; total: number | string; name: string }) =>
    JSON.stringify({
      total,
      Users: Object.fromEntries(listedIds.map((id) => [id, user(name === 'own' ? `u${id}@example.test` : ann)])),
    });

  test('are no list: only as many different accounts as LastPass says, each under a name of its own, are one', async (context) => {
    const property = fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 12 }), async (pages) => {
      let at = 0;
      const answers: typeof pages = [];
      const send = async () => {
        const next = pages[at++ % pages.length] ?? { ids: [], total: 0, name: 'own' };
        answers.push(next);
        return pageText(next);
      };
      const client = new LastPassClient({ ...options, send });
      const caller = { call: <T>(_: string, ask: (client: LastPassClient) => Promise<T>) => ask(client) };
      try {
        const list = await listAccounts(caller, AbortSignal.timeout(5_000));
        const [last] = answers.slice(-1);
        assert.equal(list.length, Number(last?.total));
        assert.equal(new Set(list.map(({ username }) => username)).size, list.length);
      } catch (error) {
        assert.ok(error instanceof AccountsIncomplete || error instanceof LastPassError, (error as Error).stack);
      }
      assert.ok(answers.length <= 3 * 2 * (pages.length + 1) + 3, `${answers.length} calls for ${pages.length} pages`);
    });
    await holds(context, property, { runs: 500 });
  });

  test('that repeat for ever come to an end', async () => {
    let calls = 0;
    const Users = Object.fromEntries(Array.from({ length: pageSize }, (_, id) => [id, user(`u${id}@example.test`)]));
    const text = JSON.stringify({ total: '9'.repeat(400), Users });
    const send = async () => {
      calls++;
      return text;
    };
    const client = new LastPassClient({ ...options, send });
    const caller = { call: <T>(_: string, ask: (client: LastPassClient) => Promise<T>) => ask(client) };
    await assert.rejects(listAccounts(caller, AbortSignal.timeout(60_000)), AccountsIncomplete);
    assert.ok(calls <= 9, `${calls} calls`);
  });
});

describe('an answer over HTTP', () => {
  const strays = watchForStrays();
  let server: Server;
  let respond: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end();
  let apiUrl = '';
  before(async () => {
    server = createServer((request, response) => {
      request.resume();
      respond(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/enterpriseapi.php`;
  });
  after(async () => {
    strays.end();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  test('of any status, type, length and place where it ends is a result or a LastPassError', async (context) => {
    const text = JSON.stringify(listed);
    const how = fc.record({
      status: fc.oneof(fc.constant(200), fc.integer({ min: 200, max: 599 })),
      type: fc.constantFrom('application/json', 'text/html', 'image/png', 'application/json; charset=utf-16', ''),
      encoding: fc.constantFrom('', 'gzip', 'br', 'deflate', 'nonsense'),
      retryAfter: fc.constantFrom('', '1', '-1', '9'.repeat(30), 'soon', 'Thu, 01 Jan 1970 00:00:00 GMT'),
      keep: fc.nat({ max: text.length }),
      junk: fc.uint8Array({ maxLength: 20 }),
      announced: fc.option(fc.nat({ max: 5_000 })),
      breaks: fc.boolean(),
    });
    const property = fc.asyncProperty(
      how,
      async ({ status, type, encoding, retryAfter, keep, junk, announced, breaks }) => {
        respond = (_, response) => {
          const body = Buffer.concat([Buffer.from(text.slice(0, keep)), junk]);
          const length = announced === null ? {} : { 'content-length': announced };
          const given = { 'content-type': type, 'content-encoding': encoding, 'retry-after': retryAfter };
          response.writeHead(status, {
            ...Object.fromEntries(Object.entries(given).filter(([, each]) => each !== '')),
            ...length,
          });
          response.write(body);
          if (breaks || announced !== null) response.socket?.end();
          else response.end();
        };
        const client = new LastPassClient({ ...options, apiUrl, timeoutMs: 1_000 });
        const page = await orRefused(client.readAccounts({ pageIndex: 0, pageSize: 10 }));
        if (page instanceof LastPassError) assert.ok(page.retryAfterMs === undefined || page.retryAfterMs >= 0);
        else assert.deepEqual([page.total, page.accounts.length], [2, 2]);
      },
    );
    await holds(context, property, { runs: 300 });
  });

  test('leaves no rejection that nobody handles', () => assert.deepEqual(strays.found, []));
});
