/** The console's API on a real Redis: its whole description is walked, and it says and does what the command does. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { loadConfiguration } from '@connector/shared/configuration.ts';
import { decision, plan } from '@connector/shared/plan.ts';
import type { Service } from '@connector/shared/service.ts';
import { openStore } from '@connector/shared/store.ts';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createToken } from '../../services/console/src/access/access-tokens.ts';
import { addPages } from '../../services/console/src/service/pages.ts';
import { janesMail, putJaneToWork } from '../console/jane-at-work.ts';
import { guidOf, Workplace } from '../console/workplace.ts';
import { waitUntil } from '../support/wait-until.ts';

const breakGlass = 'the-token-of-this-test-and-no-other';
const hour = 3_600_000;

interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly hasBody: boolean;
  /** It takes no token and no session. */
  readonly isOpen: boolean;
}

describe('the API', () => {
  let place: Workplace;
  let surface: FastifyInstance;
  let tokens: { viewer: string; administrator: string };
  const logged: string[] = [];
  /** A LastPass that is out of order, and how often it was called. */
  let lastpass: Server;
  let calls = 0;

  before(async () => {
    place = await Workplace.create();
    lastpass = createServer((_, response) => {
      calls++;
      response.writeHead(500).end();
    });
    lastpass.listen(0, '127.0.0.1');
    await once(lastpass, 'listening');
  });
  beforeEach(async () => {
    await surface?.close();
    const { port } = lastpass.address() as AddressInfo;
    const ends = { lastpass: { apiUrl: `http://127.0.0.1:${port}/enterpriseapi.php`, cid: '1', provhash: 'p' } };
    await putJaneToWork(place, { console: { token: breakGlass }, ...ends });
    const configuration = loadConfiguration({ CONNECTOR_CONFIG: place.configFile });
    surface = Fastify();
    const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
    await addPages(surface, {
      configuration,
      store: place.store,
      log,
      signal: new AbortController().signal,
    } as Service);
    tokens = { viewer: await token('viewer'), administrator: await token('administrator') };
  });
  after(async () => {
    await surface?.close();
    lastpass?.close();
    await place?.[Symbol.asyncDispose]();
  });

  async function token(
    role: 'viewer' | 'administrator',
    { name = role as string, forMs = hour } = {},
  ): Promise<string> {
    const made = await createToken(place.store, { name, role, by: 'test', nowMs: Date.now(), forMs });
    return made.token;
  }
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
  const get = (url: string, by = tokens.viewer) =>
    surface.inject({ method: 'GET', url: `/api/v1${url}`, headers: bearer(by) });
  const post = (url: string, body: object, by = tokens.administrator) =>
    surface.inject({ method: 'POST', url: `/api/v1${url}`, headers: bearer(by), payload: body });

  async function described(): Promise<Operation[]> {
    const { paths } = (await get('/openapi.json')).json<{
      paths: Record<string, Record<string, { requestBody?: object; security?: object[] }>>;
    }>();
    return Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { requestBody, security }]) => ({
        method: method.toUpperCase() as Operation['method'],
        url: path.replaceAll(/\{\w+\}/g, 'nothing'),
        hasBody: requestBody !== undefined,
        isOpen: security?.length === 0,
      })),
    );
  }

  test('is described in docs/api.md, route by route, with who may use it', async () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../docs/api.md'), 'utf8');
    const written = [...text.matchAll(/^\| `(GET|POST|PUT|DELETE) (\S+)` \| (?:an? )?(\w+) \|/gm)];
    const told = written.map(([, method, url, role]) => `${method} ${url?.replaceAll(/\{\w+\}/g, 'nothing')} ${role}`);
    const real = await Promise.all(
      (await described()).map(async ({ method, url, isOpen }) => {
        if (isOpen) return `${method} ${url} anybody`;
        const asked = { method, url, headers: bearer(tokens.viewer), payloadAsStream: true } as const; // one never ends
        const answer = await surface.inject(asked);
        const { statusCode } = answer;
        answer.stream().destroy();
        return `${method} ${url} ${statusCode === 403 ? 'administrator' : 'viewer'}`;
      }),
    );
    assert.deepEqual(told.sort(), real.sort());
  });

  test('describes every route, and opens none without a token, or with one that is wrong, over or revoked', async () => {
    const over = await token('administrator', { name: 'over', forMs: 1 });
    const revoked = await token('administrator', { name: 'revoked' });
    assert.equal((await place.run('revoke-token', 'revoked')).code, 0);
    const all = await described();
    const operations = all.filter(({ isOpen }) => !isOpen);
    assert.ok(operations.length > 15, 'the description lacks routes');
    const open = all.filter(({ isOpen }) => isOpen).map(({ method, url }) => `${method} ${url}`);
    assert.deepEqual(open, ['POST /api/v1/session']);
    for (const { method, url } of [...operations, { method: 'GET' as const, url: '/api/v1/nothing' }]) {
      for (const [what, headers] of Object.entries({ none: {}, over: bearer(over), revoked: bearer(revoked) })) {
        if (what !== 'none' && url !== '/api/v1/status' && url !== '/api/v1/pause') continue; // each wrong one waits
        const { statusCode, body } = await surface.inject({ method, url, headers });
        assert.equal(statusCode, 401, `${method} ${url} with ${what}`);
        assert.match(body, /"code":"UNAUTHORIZED"/);
      }
    }
    assert.ok(logged.some((line) => line.includes('wrong token')));
  });

  test('takes no token that a browser would send by itself, which another site’s page could make it do', async () => {
    const authorization = `Basic ${Buffer.from(`admin:${tokens.administrator}`).toString('base64')}`;
    const { statusCode } = await surface.inject({ method: 'POST', url: '/api/v1/pause', headers: { authorization } });
    assert.equal(statusCode, 401);
    assert.equal((await get('/status')).json().pause, null);
  });

  test('refuses a viewer whatever changes something, and a body that doesn’t fit, whoever sends it', async () => {
    const before = await everything();
    const ownSessions = /\/sessions?$/; // of whoever asks: a token has none
    const changing = (await described()).filter(({ method, url }) => method !== 'GET' && !ownSessions.test(url));
    assert.ok(changing.length >= 9);
    for (const { method, url, hasBody } of changing) {
      const refused = await surface.inject({ method, url, headers: bearer(tokens.viewer), payload: {} });
      assert.equal(refused.statusCode, 403, `${method} ${url}`);
      assert.match(refused.body, /may only look: this takes an administrator/);
      if (!hasBody) continue;
      for (const payload of ['{', '[]', '{"nonsense":1}', '{"who":[]}', '{"who":["a"],"all":["held"]}', '"text"']) {
        const headers = { ...bearer(tokens.administrator), 'content-type': 'application/json' };
        const unfit = await surface.inject({ method, url, headers, payload });
        assert.equal(unfit.statusCode, 400, `${method} ${url} ${payload}: ${unfit.body}`);
        assert.ok(unfit.json().error.message.length > 0);
      }
    }
    assert.deepEqual(await everything(), before);
  });

  test('tells nobody a secret, and keeps none', async () => {
    const secrets = [breakGlass, tokens.viewer, tokens.administrator, ...(await digests())];
    assert.equal(secrets.length, 5);
    for (const { method, url } of await described()) {
      if (method !== 'GET' || url.endsWith('/events')) continue; // which never ends: events.test.ts reads it
      const { body, headers } = await surface.inject({ method, url, headers: bearer(tokens.administrator) });
      for (const secret of secrets) assert.ok(!body.includes(secret), url);
      assert.match(String(headers['content-security-policy']), /default-src 'none'/);
      assert.equal(headers['cache-control'], 'no-store');
    }
    const { redis, keys } = place.store;
    const kept = JSON.stringify([
      await redis.hgetall(keys.accessTokens),
      await redis.hgetall(keys.accessTokenNames),
      logged,
    ]);
    for (const secret of [breakGlass, tokens.viewer, tokens.administrator]) assert.ok(!kept.includes(secret));
  });

  test('means everybody once, however often a list is named, and tells what it answers', async () => {
    await place.hold('c');
    const twice = await post('/reject', { all: ['held', 'held'] });
    assert.deepEqual([twice.statusCode, twice.json().people.length], [200, 1]);
    assert.equal((await get(`/people?${'who=a&'.repeat(21)}`)).statusCode, 400);
    const { paths } = (await get('/openapi.json')).json();
    assert.deepEqual(Object.keys(paths['/api/v1/sync'].post.responses), ['202', '409', '503', '4XX']);
    const headers = { 'content-type': 'application/json' };
    const unread = await surface.inject({ method: 'POST', url: '/api/v1/nothing', headers, payload: '{' });
    assert.equal(unread.statusCode, 401, 'nothing is read of whoever has no token');
  });

  test('says what the command says', async () => {
    const { status: _, ...same } = {
      status: '/status',
      explain: `/people?who=${encodeURIComponent(janesMail)}&who=corp/${guidOf('b')}`,
      held: '/held',
      pending: '/pending',
      aside: '/aside',
      drift: '/drift',
      undo: '/undoable',
    };
    await place.hold('c');
    const asked: Record<string, string[]> = { explain: ['explain', janesMail, `corp/${guidOf('b')}`] };
    for (const [command, url] of Object.entries(same)) {
      const { output } = await place.run(...(asked[command] ?? [command]), '--json');
      const answer = await get(url);
      const { page, ...document } = answer.json();
      assert.deepEqual([answer.statusCode, document], [200, JSON.parse(output)], url);
      if (command === 'held') assert.deepEqual(page, { offset: 0, limit: 100, total: 1 });
    }
    const [typed, sent] = [JSON.parse((await place.run('status', '--json')).output), (await get('/status')).json()];
    assert.deepEqual(Object.keys(sent), Object.keys(typed));
    assert.deepEqual([sent.people, sent.problems], [typed.people, typed.problems]);
    const nobody = await get('/people?who=nobody@corp.test');
    assert.deepEqual([nobody.statusCode, nobody.json().notFound[0].problem], [404, 'unknown']);
  });

  test('finds people by any part of what they are called, page by page', async () => {
    const names = async (query: string) =>
      (await get(`/search?${query}`)).json().people.map(({ name }: { name: string }) => name);
    assert.deepEqual(await names(''), ['Jane Doe', 'Jane Double']);
    assert.deepEqual(await names('text=NE%20douB'), ['Jane Double']);
    assert.deepEqual(await names('text=jane@corp'), ['Jane Doe', 'Jane Double']);
    assert.deepEqual(await names(`text=${guidOf('b')}`), ['Jane Double']);
    assert.deepEqual(await names('text=nobody'), []);
    const { people, page } = (await get('/search?offset=1&limit=1')).json();
    assert.deepEqual([people.length, people[0].name, page], [1, 'Jane Double', { offset: 1, limit: 1, total: 2 }]);
    assert.deepEqual(people[0], {
      person: `corp/${guidOf('b')}`,
      name: 'Jane Double',
      mail: janesMail,
      logOnName: 'jane',
      deleted: false,
    });
    for (const wrong of ['limit=0', 'limit=1001', 'offset=-1', 'offset=x', 'nonsense=1', `text=${'x'.repeat(257)}`])
      assert.equal((await get(`/search?${wrong}`)).statusCode, 400, wrong);
    await place.clear();
    const [too] = [await get('/search', breakGlass)];
    assert.deepEqual([too.statusCode, too.json().error.code], [409, 'NOT_PLANNED']);
  });

  test('tells lists page by page', async () => {
    for (const digit of ['c', 'd', 'e']) await place.hold(digit);
    const { held, page, groups } = (await get('/held?offset=1&limit=1')).json();
    assert.deepEqual([held.length, page, groups], [1, { offset: 1, limit: 1, total: 3 }, []]);
    assert.equal((await get('/held?limit=0')).statusCode, 400);
  });

  test('does what the command does, in the name of the token', async () => {
    const { redis, keys } = place.store;
    const person = await place.hold('c');
    const first = await post('/release', { who: ['c@x.org'] });
    assert.deepEqual([first.statusCode, first.json().people[0].outcome], [200, 'released']);
    const decided = decision.parse(JSON.parse((await redis.hget(keys.decisions, person)) ?? ''));
    const planned = plan.parse(JSON.parse((await redis.hget(keys.plans, person)) ?? ''));
    assert.deepEqual(decided, {
      guarded: planned.guarded,
      verdict: 'released',
      by: 'the token "administrator"',
      atMs: decided.atMs,
    });
    const again = await post('/release', { who: ['c@x.org'] });
    assert.deepEqual([again.statusCode, again.json().notFound[0].problem], [409, 'unknown']);
    await place.hold('d');
    assert.equal((await post('/reject', { all: ['held'] })).json().people.length, 1);

    assert.equal((await post('/pause', {})).json().paused, true);
    assert.equal((await get('/status')).json().pause.by, 'the token "administrator"');
    assert.equal((await post('/resume', {}, breakGlass)).json().wasPaused, true);
    assert.equal((await post('/sync', { full: true })).statusCode, 202);
    assert.match((await redis.hget(keys.requests, 'full-read')) ?? '', /^sync-/);
  });

  test('decides about what a list has shown, and about nothing else that has come of it meanwhile', async () => {
    const { redis, keys } = place.store;
    const [changed, same] = [await place.hold('c'), await place.hold('d')];
    const shown: { person: string; asShown: string }[] = (await get('/held')).json().held;
    const who = shown.map(({ asShown }) => asShown);
    await place.hold('c', { guarded: 'another', steps: [{ kind: 'delete', because: 'was deleted' }] });
    const released = await post('/release', { who });
    assert.equal(released.statusCode, 409, released.body);
    const { people, notFound } = released.json();
    assert.deepEqual(
      new Map(people.map(({ person, outcome }: Record<string, string>) => [person, outcome])),
      new Map([
        [changed, 'held again'],
        [same, 'released'],
      ]),
    );
    assert.deepEqual(notFound, []);
    assert.equal(await redis.hexists(keys.decisions, changed), 0);
    assert.notEqual(await redis.zscore(keys.held, changed), null);
    const [again] = (await get('/held')).json().held;
    assert.equal((await post('/release', { who: [again.asShown] })).statusCode, 200);
  });

  test('shows what an edit of the policy would do, and makes it if nobody has made another meanwhile', async () => {
    const { redis, keys } = place.store;
    const before = await everything();
    const shown = await post('/policy/blast-radius', { set: { groupFilter: ['Nobody'] } });
    assert.equal(shown.statusCode, 200, shown.body);
    const { replaces, number, radius } = shown.json();
    assert.deepEqual([replaces, number, radius.unresolved], [0, null, ['Nobody']]);
    assert.deepEqual(
      radius.held.map(({ username }: { username: string }) => username),
      [janesMail],
    );
    assert.deepEqual(await everything(), before, 'nothing is written for looking');
    const edit = { set: { onDetected: 'approve', guard: { maxLeavers: 3 } }, replaces };
    for (const { body, status, said } of [
      { body: { ...edit, replaces: 7 }, status: 409, said: /"POLICY_MOVED".*policy 0 is in force by now/ },
      {
        body: { set: { onDetected: 'aprove' }, replaces },
        status: 400,
        said: /policy\.onDetected: must be one of create/,
      },
      { body: { set: edit.set }, status: 400, said: /replaces/ },
      { body: { rollback: 9, replaces }, status: 400, said: /there is no policy 9/ },
      { body: { ...edit, reset: true }, status: 400, said: /either/ },
    ]) {
      const refused = await post('/policy', body);
      assert.deepEqual([refused.statusCode, said.test(refused.body)], [status, true], refused.body);
    }
    assert.deepEqual(await everything(), before);
    const made = await post('/policy', edit);
    assert.deepEqual([made.statusCode, made.json().number], [200, 1], made.body);
    const { from, by, policy, differs } = (await get('/policy')).json();
    assert.deepEqual(
      [from, by, policy.onDetected, policy.guard.maxLeavers],
      ['set', 'the token "administrator"', 'approve', 3],
    );
    assert.deepEqual(
      differs.map(({ key }: { key: string }) => key),
      ['onDetected', 'guard.maxLeavers'],
    );
    assert.equal((await post('/policy', edit)).statusCode, 409, 'the same again is about a policy that is gone');
    assert.ok((await redis.zcard(keys.toPlan)) > 0, 'everybody is planned again');
    const { history, page } = (await get('/policy/history')).json();
    assert.deepEqual([history.length, page.total], [1, 1]);
  });

  test('checks every end, as the command does, and who asks meanwhile is told the same', async () => {
    calls = 0;
    const [first, second] = await Promise.all([post('/check', {}), post('/check', {}, breakGlass)]);
    assert.equal(calls, 1, 'each of them called LastPass');
    const typed = JSON.parse((await place.run('check', '--json')).output);
    assert.deepEqual([first.statusCode, first.json()], [200, typed]);
    assert.deepEqual(second.json(), typed);
    const ends = typed.findings.map(({ end }: { end: string }) => end);
    assert.deepEqual([...new Set(ends)].slice(0, 3), ['Redis', 'directory corp', 'LastPass']);
  });

  test('gives a support bundle to an administrator, and the audit trail tells who made it', async () => {
    const answer = await get('/support-bundle', tokens.administrator);
    assert.equal(answer.statusCode, 200, answer.body);
    assert.match(String(answer.headers['content-disposition']), /^attachment; filename="connector-support\.json"$/);
    const typed = JSON.parse((await place.run('support-bundle', '--json')).output);
    assert.deepEqual(Object.keys(answer.json()), Object.keys(typed));
    assert.deepEqual([answer.json().missing, answer.json().configuration], [[], typed.configuration]);
    assert.equal((await get('/support-bundle')).statusCode, 403);
    const { audit } = JSON.parse((await place.run('audit', '--json')).output);
    const made = audit.filter(({ did }: { did: string }) => did === 'made a support bundle');
    assert.deepEqual(
      made.map(({ by }: { by: string }) => by),
      [userInfo().username, 'the token "administrator"'],
    );
  });

  test('tells why a preview failed, and forgets it when it is given up', async () => {
    const none = await get('/preview');
    assert.deepEqual([none.statusCode, none.json().state, none.json().preview], [200, 'none', null]);
    const begun = await post('/preview', {});
    assert.deepEqual([begun.statusCode, begun.json().state], [202, 'under way']);
    assert.equal(begun.json().by, 'the token "administrator"');
    const ended = await waitUntil('it to end', async () => {
      const state = (await get('/preview')).json();
      return state.state !== 'under way' && state;
    });
    assert.equal(ended.state, 'failed');
    const typed = JSON.parse((await place.run('preview', '--json')).output);
    assert.deepEqual(ended.error, typed.error);
    const giveUp = () =>
      surface.inject({ method: 'DELETE', url: '/api/v1/preview', headers: bearer(tokens.administrator) });
    assert.deepEqual((await giveUp()).json(), { givenUp: true });
    assert.deepEqual((await giveUp()).json(), { givenUp: false });
    assert.equal((await get('/preview')).json().state, 'none');
  });

  test('its tokens are made, listed and revoked, each under a name of its own', async () => {
    const made = await place.run('create-token', 'nightly script', '--role', 'administrator', '--json');
    const { token: text, expires } = JSON.parse(made.output);
    assert.ok(Date.parse(expires) - Date.now() > 89 * 24 * hour);
    assert.equal((await get('/status', text)).statusCode, 200);
    const taken = await place.run('create-token', 'nightly script');
    assert.deepEqual([taken.code, /already: revoke it first/.test(taken.output)], [1, true]);
    assert.match((await place.run('tokens')).output, /nightly script +administrator +until/);
    const gone = await surface.inject({
      method: 'DELETE',
      url: `/api/v1/tokens/${encodeURIComponent('nightly script')}`,
      headers: bearer(tokens.administrator),
    });
    assert.equal(gone.statusCode, 200);
    assert.equal((await get('/status', text)).statusCode, 401);
    assert.equal((await place.run('revoke-token', 'nightly script')).code, 1);
  });

  test('while Redis is away, the configured token is told so', async () => {
    const configuration = loadConfiguration({ CONNECTOR_CONFIG: place.configFile });
    const store = openStore({ target: { url: 'redis://127.0.0.1:1' }, prefix: 'connector', name: 'test' });
    const lonely = Fastify();
    try {
      await addPages(lonely, { configuration, store, log: pino({ level: 'silent' }) } as Service);
      const { statusCode, body } = await lonely.inject({
        method: 'GET',
        url: '/api/v1/status',
        headers: bearer(breakGlass),
      });
      assert.equal(statusCode, 503, body);
      assert.match(body, /"REDIS_UNREACHABLE".*can't be reached/);
    } finally {
      await lonely.close();
      store.close();
    }
  });

  test('without a token or a session pages lead to where one signs in, and that is all there is', async () => {
    for (const [url, to] of [
      ['/', ''],
      ['/held?offset=100', '?to=%2Fheld%3Foffset%3D100'],
    ] as const) {
      const { statusCode, headers } = await surface.inject({ method: 'GET', url });
      assert.deepEqual([statusCode, headers.location], [302, `/sign-in${to}`]);
    }
    const page = await surface.inject({ method: 'GET', url: '/sign-in' });
    assert.deepEqual(
      [page.statusCode, page.body.includes('by-token'), page.body.includes('by-password')],
      [200, true, false],
    );
    for (const [, script = ''] of page.body.matchAll(/src="([^"]+)"/g))
      assert.equal((await surface.inject({ method: 'GET', url: script })).statusCode, 200);
    assert.equal((await surface.inject({ method: 'GET', url: '/queues/' })).statusCode, 401);
    const seen = await surface.inject({ method: 'GET', url: '/queues/', headers: bearer(tokens.viewer) });
    assert.equal(seen.statusCode, 200);
  });

  describe('a session', () => {
    const open = async (body: object) => {
      const answer = await surface.inject({ method: 'POST', url: '/api/v1/session', payload: body });
      const [cookie] = answer.cookies;
      return {
        answer,
        cookie,
        headers: { cookie: `${cookie?.name}=${cookie?.value}`, 'x-csrf-token': answer.json().csrfToken },
      };
    };
    const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, headers: Record<string, string>) =>
      surface.inject({ method, url: `/api/v1${url}`, headers });

    test('is opened with a token, by a cookie that no script reads and no other site sends', async () => {
      const { answer, cookie, headers } = await open({ token: tokens.administrator });
      assert.equal(answer.statusCode, 200);
      assert.deepEqual([answer.json().name, answer.json().role], ['the token "administrator"', 'administrator']);
      const { httpOnly, secure, sameSite, path } = cookie ?? {};
      assert.deepEqual(
        { httpOnly, secure, sameSite, path },
        { httpOnly: true, secure: true, sameSite: 'Strict', path: '/' },
      );
      const { cookie: only } = headers;
      assert.equal((await ask('GET', '/status', { cookie: only })).statusCode, 200);
      assert.deepEqual((await ask('GET', '/session', { cookie: only })).json(), answer.json());
      assert.equal((await surface.inject({ method: 'GET', url: '/', headers: { cookie: only } })).statusCode, 200);
      assert.equal(
        (await surface.inject({ method: 'GET', url: '/queues/', headers: { cookie: only } })).statusCode,
        200,
      );
      const { redis } = place.store;
      const kept = await Promise.all((await redis.keys('*session*')).map((key) => redis.dumpBuffer(key)));
      for (const secret of [cookie?.value ?? '', tokens.administrator])
        assert.ok(![...kept, ...logged].join().includes(secret), 'a secret is kept');
    });

    test('changes nothing without its CSRF token, whatever the route', async () => {
      const { headers } = await open({ token: tokens.administrator });
      const { headers: others } = await open({ token: tokens.administrator });
      const before = await everything();
      const changing = (await described()).filter(({ method, isOpen }) => method !== 'GET' && !isOpen);
      for (const { method, url } of changing)
        for (const token of [undefined, '', 'wrong', others['x-csrf-token']]) {
          const sent = { cookie: headers.cookie, ...(token === undefined ? {} : { 'x-csrf-token': token }) };
          const { statusCode, body } = await surface.inject({ method, url, headers: sent, payload: {} });
          assert.deepEqual([statusCode, body.includes('"CSRF"')], [403, true], `${method} ${url} ${token}`);
        }
      assert.deepEqual(await everything(), before);
      assert.equal((await ask('POST', '/pause', headers)).json().paused, true);
    });

    test('shows people in the queues once its owner has asked for it, an administrator, and the audit trail tells', async () => {
      const board = (headers: Record<string, string>) =>
        surface.inject({ method: 'GET', url: '/queues-with-people/api/queues', headers });
      const [boss, other, viewer] = [
        await open({ token: tokens.administrator }),
        await open({ token: tokens.administrator }),
        await open({ token: tokens.viewer }),
      ];
      assert.equal((await board(boss.headers)).statusCode, 403);
      const asked = await ask('POST', '/queues/reveal', boss.headers);
      assert.equal(asked.statusCode, 200, asked.body);
      const leftMs = Date.parse(asked.json().until) - Date.now();
      assert.ok(leftMs > 14 * 60_000 && leftMs <= 15 * 60_000, `${leftMs} ms`);
      assert.equal(asked.json().at, '/queues-with-people/');
      assert.equal((await board(boss.headers)).statusCode, 200);
      assert.equal((await ask('POST', '/queues/reveal', viewer.headers)).statusCode, 403);
      assert.equal((await post('/queues/reveal', {})).json().error.code, 'NO_SESSION');
      for (const headers of [other.headers, viewer.headers, bearer(tokens.administrator)])
        assert.equal((await board(headers)).statusCode, 403);
      const { audit } = (await get('/audit', tokens.administrator)).json();
      const looked = audit.filter(({ did }: { did: string }) => did === 'looked at people in the queues');
      assert.deepEqual(
        looked.map(({ by, of }: { by: string; of: { kind: string } }) => [by, of.kind]),
        [['the token "administrator"', 'queues']],
      );
      const { redis } = place.store;
      const [key = ''] = await redis.keys('*people-shown*');
      assert.ok((await redis.pttl(key)) <= 15 * 60_000);
      await redis.pexpire(key, 1); // a quarter of an hour later
      await waitUntil('it to end', async () => (await board(boss.headers)).statusCode === 403);
    });

    test('isn’t used by what a page asks by itself while nobody is at it, nor by listening; by anything else it is', async () => {
      const { headers } = await open({ token: tokens.administrator });
      const { redis } = place.store;
      const [key = ''] = await redis.keys('*:session:*');
      const setBack = async () => {
        const value = JSON.parse((await redis.get(key)) ?? '');
        await redis.set(key, JSON.stringify({ ...value, usedAtMs: 1 }), 'PX', hour / 2);
      };
      const isUsedBy = async (asking: () => Promise<{ statusCode: number }>) => {
        await setBack();
        assert.equal((await asking()).statusCode, 200);
        const { usedAtMs } = JSON.parse((await redis.get(key)) ?? '');
        assert.equal((await redis.pttl(key)) > hour / 2, usedAtMs > 1);
        return usedAtMs > 1;
      };
      const unattended = { ...headers, 'x-unattended': '1' };
      assert.equal(await isUsedBy(() => ask('GET', '/status', unattended)), false);
      assert.equal(await isUsedBy(() => ask('GET', '/status', headers)), true);
      assert.equal(await isUsedBy(() => ask('POST', '/pause', unattended)), true);
      const listening = async () => {
        const asked = { method: 'GET', url: '/api/v1/events', headers, payloadAsStream: true } as const;
        const answer = await surface.inject(asked);
        answer.stream().destroy();
        return answer;
      };
      assert.equal(await isUsedBy(listening), false);
    });

    test('may what its token may, and ends with it', async () => {
      const { headers } = await open({ token: tokens.viewer });
      assert.equal((await ask('POST', '/pause', headers)).statusCode, 403);
      assert.equal((await ask('GET', '/status', headers)).statusCode, 200);
      assert.equal((await place.run('revoke-token', 'viewer')).code, 0);
      assert.equal((await ask('GET', '/status', headers)).statusCode, 401);
    });

    test('ends when its owner signs out; others of theirs go on, unless it is everywhere', async () => {
      const [first, second, third] = [
        await open({ token: tokens.viewer }),
        await open({ token: tokens.viewer }),
        await open({ token: breakGlass }),
      ];
      const states = async () =>
        Promise.all(
          [first, second, third].map(async ({ headers }) => (await ask('GET', '/status', headers)).statusCode),
        );
      assert.deepEqual(await states(), [200, 200, 200]);
      assert.deepEqual((await ask('DELETE', '/session', first.headers)).json(), { ended: 1 });
      assert.deepEqual(await states(), [401, 200, 200]);
      const again = await open({ token: tokens.viewer });
      assert.deepEqual((await ask('DELETE', '/sessions', again.headers)).json(), { ended: 2 });
      assert.deepEqual(await states(), [401, 401, 200]);
    });

    test('isn’t opened by a wrong token, nor by a name and password where nobody signs in that way', async () => {
      const wrong = await open({ token: 'wrong' });
      assert.deepEqual([wrong.answer.statusCode, wrong.cookie], [401, undefined]);
      const nobody = await open({ user: 'jane', password: 'x' });
      assert.deepEqual([nobody.answer.statusCode, nobody.answer.json().error.code], [403, 'NO_SIGN_IN']);
      for (const payload of [
        '{',
        '[]',
        '{"user":"jane"}',
        '{"user":"jane","password":""}',
        '{"token":"a","user":"b"}',
      ]) {
        const headers = { 'content-type': 'application/json' };
        const { statusCode } = await surface.inject({ method: 'POST', url: '/api/v1/session', headers, payload });
        assert.equal(statusCode, 400, payload);
      }
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const posted = await surface.inject({
        method: 'POST',
        url: '/api/v1/session',
        headers: form,
        payload: 'token=x',
      });
      assert.equal(posted.statusCode, 415, 'what another site’s form could send');
    });
  });

  /** What the tokens come to in SHA-256. */
  const digests = async (): Promise<string[]> =>
    (await place.store.redis.hvals(place.store.keys.accessTokens)).map((raw) => JSON.parse(raw).digest);

  /** All that Redis holds of ours. */
  async function everything(): Promise<Record<string, unknown>> {
    const { redis } = place.store;
    const names = (await redis.keys('*')).filter((name) => !name.includes('bull')).sort();
    const values = await Promise.all(
      names.map(async (name) => (await redis.dumpBuffer(name))?.toString('latin1') ?? ''),
    );
    return Object.fromEntries(names.map((name, index) => [name, values[index]]));
  }
});
