/** The queue dashboard on a real Redis: only for whoever has the token, without people, and to be looked at, but for trying failed jobs again. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { appRoutes } from '@bull-board/api/dist/routes.js';
import { answerBells, queueNames, ringerOf } from '@connector/shared/queues.ts';
import cookie from '@fastify/cookie';
import { type ConnectionOptions, Queue } from 'bullmq';
import Fastify, { type FastifyInstance } from 'fastify';
import { Redis } from 'ioredis';
import { type Logger, pino } from 'pino';
import { Door, sessionCookie } from '../../services/console/src/access/door.ts';
import type { OpenSession, Sessions } from '../../services/console/src/access/sessions.ts';
import { TokenCheck } from '../../services/console/src/access/token-check.ts';
import { addQueueDashboard } from '../../services/console/src/queues/queue-dashboard.ts';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const token = 'the-token-of-this-test-and-no-other';
const authorization = `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`;
const prefix = '{test}';
const guid = '11111111-2222-3333-4444-555555555555';
const csrfTokenOf = (role: string) => `the-csrf-token-of-${role}`;
/** What is in the cookies of an administrator's session, and of a viewer's. */
const [ofBoss, ofViewer] = ['boss', 'viewer'];

describe('the queue dashboard', () => {
  let dir: string;
  let server: RedisServer;
  let redis: Redis;
  let surface: FastifyInstance;
  const wrongTokens: string[] = [];
  /** What was logged. */
  const told: string[] = [];
  const log: Logger = pino({ base: null }, { write: (line: string) => void told.push(line) });
  /** Whether the session was used by the last request. */
  let isUsed: boolean | undefined;
  /** Sessions that have asked for people to be shown. */
  const shown = new Set<string>();

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'dashboard-'));
    server = await RedisServer.create({ dir: join(dir, 'redis') });
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
    surface = Fastify();
    const onWrongToken = (address: string) => void wrongTokens.push(address);
    const check = new TokenCheck(async (given) =>
      given === token ? { name: 'somebody', role: 'viewer' as const } : null,
    );
    const sessionOf = (role: 'administrator' | 'viewer'): OpenSession => ({
      who: { name: role, role },
      csrfToken: csrfTokenOf(role),
      endsAtMs: Number.POSITIVE_INFINITY,
    });
    const open = new Map([
      [ofBoss, sessionOf('administrator')],
      [ofViewer, sessionOf('viewer')],
    ]);
    const find: Sessions['find'] = async (secret, { isUse } = {}) => {
      isUsed = isUse;
      return open.get(secret) ?? null;
    };
    const sessions = { find } as Partial<Sessions> as Sessions;
    const door = new Door({ check, sessions, onWrongToken });
    await surface.register(cookie);
    const isShown = async (secret: string) => shown.has(secret);
    await addQueueDashboard(surface, { door, isShown, log, target: { url: server.url }, prefix });
  });
  after(async () => {
    await surface?.close();
    redis?.disconnect();
    await server?.[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });

  const look = (url: string, headers: Record<string, string> = { authorization }) =>
    surface.inject({ method: 'GET', url, headers });

  test('asks for the token everywhere, and tells of wrong ones', async () => {
    for (const url of ['/queues', '/queues/', '/queues/api/queues', '/queues/static/favicon.ico', '/queues/nothing']) {
      const { statusCode, headers, body } = await look(url, {});
      assert.equal(statusCode, 401, url);
      assert.match(String(headers['www-authenticate']), /^Basic realm=/);
      assert.match(body, /asks for a token, as "connector create-token" makes it/);
    }
    const { statusCode, headers } = await look('/queues/queue/people-to-plan?page=2', { accept: 'text/html,*/*' });
    assert.deepEqual(
      [statusCode, headers.location],
      [302, '/sign-in?to=%2Fqueues%2Fqueue%2Fpeople-to-plan%3Fpage%3D2'],
    );
    assert.deepEqual(wrongTokens, []);
    assert.equal((await look('/queues/', { authorization: 'Bearer wrong' })).statusCode, 401);
    assert.equal(wrongTokens.length, 1);
  });

  test('shows all our queues to whoever has it', async () => {
    assert.equal((await look('/queues/', { authorization: `Bearer ${token}` })).statusCode, 200);
    const { queues } = (await look('/queues/api/queues')).json<{ queues: { name: string; readOnlyMode: boolean }[] }>();
    assert.deepEqual(
      queues.map(({ name, readOnlyMode }) => [name, readOnlyMode]).sort(),
      [...queueNames].sort().map((name) => [name, true]),
    );
  });

  test('is used by being opened, and not by what its page asks by itself, whoever is at it', async () => {
    const headers = { cookie: `${sessionCookie}=${ofBoss}` };
    assert.equal((await look('/queues/', headers)).statusCode, 200);
    assert.equal(isUsed, true);
    assert.equal((await look('/queues/api/queues?activeQueue=people-to-plan', headers)).statusCode, 200);
    assert.equal(isUsed, false);
  });

  test('loads nothing from any other host, and lets nobody frame it', async () => {
    const { body, headers } = await look('/queues/');
    assert.match(body, /<script defer src="static\//, 'the page of bull-board');
    assert.doesNotMatch(body, /(?:href|src)="(?:https?:)?\/\//);
    const rules = String(headers['content-security-policy']).split('; ');
    for (const rule of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"])
      assert.ok(rules.includes(rule), rule);
    assert.doesNotMatch(rules.join(), /https?:|\*/);
    const script = /src="(static\/js\/main[^"]*)"/.exec(body)?.[1] ?? assert.fail('no script');
    assert.equal((await look(`/queues/${script}`)).statusCode, 200);
  });

  test('has no way to change anything else: every such route of bull-board is refused to everybody, and everything is as before', async () => {
    const queue = new Queue('people-to-plan', { connection: redis as ConnectionOptions, prefix });
    const { id } = await queue.add('people-to-plan', { people: [`corp/${guid}`] }, { delay: 3_600_000 });
    const before = await everything(redis);
    const mutating = appRoutes.api.flatMap(({ method, route }) =>
      [method]
        .flat()
        .flatMap((each) => (each === 'get' ? [] : [route].flat().map((path) => ({ method: each, path }))))
        .filter(({ path }) => !/\/retry(\/:queueStatus)?$/.test(path)),
    );
    assert.ok(mutating.length >= 20, 'bull-board has such routes');
    shown.add(ofBoss);
    const boss = { cookie: `${sessionCookie}=${ofBoss}`, 'x-xsrf-token': csrfTokenOf('administrator') };
    const everywhere = mutating.flatMap((each) => [
      { ...each, board: '/queues', headers: { authorization } },
      { ...each, board: '/queues', headers: boss },
      { ...each, board: '/queues-with-people', headers: boss },
    ]);
    for (const { method, path, board, headers } of everywhere) {
      const url = `${board}${path}`
        .replace(':queueName', 'people-to-plan')
        .replace(':jobId', String(id))
        .replace(':queueStatus', 'delayed')
        .replace(':schedulerId', 'any');
      const answer = await surface.inject({ method: method.toUpperCase() as 'PUT', url, headers, payload: {} });
      assert.equal(answer.statusCode, 405, `${method} ${url}`);
      assert.match(answer.json<{ error: string }>().error, /failed jobs can be tried again.*"connector pause" stops/);
    }
    shown.clear();
    for (const method of ['POST', 'DELETE', 'PATCH', 'PUT', 'OPTIONS'] as const) {
      const { statusCode } = await surface.inject({ method, url: '/queues/', headers: { authorization } });
      assert.ok([404, 405].includes(statusCode), method);
    }
    assert.deepEqual(await everything(redis), before);
    await queue.obliterate({ force: true });
    await queue.close();
  });

  test('an administrator’s session has what failed tried again, one job or all of a queue; nobody else, and no page of another site, has', async () => {
    const queue = new Queue('people-to-plan', { connection: redis as ConnectionOptions, prefix });
    const people = ringerOf('people-to-plan', { target: { url: server.url }, prefix });
    const answered: unknown[] = [];
    let works = false;
    const answering = answerBells('people-to-plan', {
      target: { url: server.url },
      prefix,
      concurrency: 1,
      onError: () => undefined,
      answer: async (bell) => {
        if (!works) throw new Error('not yet');
        answered.push(bell.people);
      },
    });
    const put = (path: string, headers: Record<string, string>) =>
      surface.inject({ method: 'PUT', url: `/queues/api/queues/people-to-plan/${path}`, headers });
    const by = (secret: string, csrfToken?: string) => ({
      cookie: `${sessionCookie}=${secret}`,
      ...(csrfToken === undefined ? {} : { 'x-xsrf-token': csrfToken }),
    });
    try {
      const bells = ['a', 'b', 'c'].map((name) => [`corp/${name}`]);
      for (const each of bells) await people.ring({ people: each });
      await waitUntil('all to fail', async () => (await queue.getFailedCount()) === 3);
      const failed = await queue.getFailed();
      const one = failed.find(({ data }) => data.people[0] === 'corp/b')?.id ?? assert.fail();
      works = true;
      const before = await everything(redis);
      const others = [
        ['a viewer', by(ofViewer, csrfTokenOf('viewer')), 403],
        ['a token', { authorization }, 403],
        ['another site’s page', by(ofBoss), 403],
        ['another site’s page that guesses', by(ofBoss, 'x'), 403],
        ['nobody', {}, 401],
      ] as const;
      for (const [who, headers, expected] of others)
        for (const path of [`${one}/retry`, 'retry/failed'])
          assert.equal((await put(path, { ...headers })).statusCode, expected, `${who}: ${path}`);
      assert.deepEqual(await everything(redis), before);

      const boss = by(ofBoss, csrfTokenOf('administrator'));
      assert.equal((await put(`${one}/retry`, boss)).statusCode, 204);
      await waitUntil('it to be answered', async () => answered.length === 1);
      assert.deepEqual(answered, [['corp/b']]);
      const all = await put('retry/failed', boss);
      assert.deepEqual([all.statusCode, all.json()], [200, { retried: 2, skipped: 0 }]);
      await waitUntil('all to be answered', async () => answered.length === 3);
      assert.deepEqual(answered.flat().sort(), bells.flat());
      const [done] = await queue.getCompleted();
      for (const path of [`${done?.id}/retry`, 'retry/completed', 'no-such-job/retry'])
        assert.equal((await put(path, boss)).statusCode, 409, path);
      await waitUntil('none to be failed', async () => (await queue.getFailedCount()) === 0);
      const lines = told.map((line): { by: string; msg: string; what: object } => JSON.parse(line));
      assert.deepEqual(
        lines.map(({ by: who, msg, what }) => [who, msg, what]),
        [
          ['administrator', 'failed jobs are tried again', { queueName: 'people-to-plan', jobId: one }],
          ['administrator', 'failed jobs are tried again', { queueName: 'people-to-plan', queueStatus: 'failed' }],
        ],
      );
    } finally {
      await answering.close();
      await people.close();
      await queue.obliterate({ force: true });
      await queue.close();
    }
  });

  test('its page shows what changes something to those only who may, and has the token from a cookie that is theirs', async () => {
    const asBoss = { cookie: `${sessionCookie}=${ofBoss}` };
    const readOnly = async (headers: Record<string, string>) => {
      const { queues } = (await look('/queues/api/queues', headers)).json<{ queues: { readOnlyMode: boolean }[] }>();
      return new Set(queues.map(({ readOnlyMode }) => readOnlyMode));
    };
    assert.deepEqual(await readOnly(asBoss), new Set([false]));
    for (const headers of [{ authorization }, { cookie: `${sessionCookie}=${ofViewer}` }]) {
      assert.deepEqual(await readOnly(headers), new Set([true]));
      assert.equal((await look('/queues/', headers)).headers['set-cookie'], undefined);
    }
    const cookieOf = await look('/queues/', asBoss);
    assert.equal(
      cookieOf.headers['set-cookie'],
      `XSRF-TOKEN=${csrfTokenOf('administrator')}; Path=/queues; Secure; SameSite=Strict`,
    );
  });

  test('tells how many people a bell names, and nothing of whatever could name one', async () => {
    const queue = new Queue('people-to-plan', { connection: redis as ConnectionOptions, prefix });
    const people = ringerOf('people-to-plan', { target: { url: server.url }, prefix });
    await people.ring({ people: [`corp/${guid}`, 'corp/other'] });
    const secret = 'ann.lee@example.com';
    const strange = await queue.add(secret, { mail: secret, people: secret }, { deduplication: { id: secret } });
    await strange.updateProgress({ secret });
    await strange.log(secret);
    const answering = answerBells('people-to-plan', {
      target: { url: server.url },
      prefix,
      concurrency: 1,
      onError: () => undefined,
      answer: () => Promise.reject(new Error(`no such user: ${secret}, CN=Ann Lee,DC=example`)),
    });
    try {
      await waitUntil('both to fail', async () => (await queue.getFailedCount()) === 2);
      const failed = await queue.getFailed();
      const urls = ['/queues/api/queues?activeQueue=people-to-plan'];
      for (const { id } of failed)
        for (const what of ['', '/logs', '/flow']) urls.push(`/queues/api/queues/people-to-plan/${id}${what}`);
      const texts = await Promise.all(urls.map(async (url) => (await look(url)).body));
      const all = texts.join('\n');
      for (const hidden of [secret, 'Ann Lee', guid]) assert.ok(!all.includes(hidden), `${hidden} is shown`);
      assert.match(all, /"data":\{"people":2\}/);
      assert.match(all, /"data":\{"hidden":true\}/);
      assert.match(all, /"failedReason":"The service that answered has told it in its log\."/);
    } finally {
      await answering.close();
      await people.close();
      await queue.close();
    }
  });

  test('beside it people are shown, to an administrator’s session that has asked for it, and to nobody else', async () => {
    const people = ringerOf('people-to-plan', { target: { url: server.url }, prefix });
    const url = '/queues-with-people/api/queues?activeQueue=people-to-plan';
    const by = (secret: string) => ({ cookie: `${sessionCookie}=${secret}` });
    try {
      await people.ring({ people: [`corp/${guid}`] });
      shown.add(ofViewer); // as if a viewer could have asked
      for (const headers of [by(ofBoss), by(ofViewer), { authorization }]) {
        const { statusCode, body } = await look(url, headers);
        assert.deepEqual([statusCode, /an administrator who has asked for it/.test(body)], [403, true]);
      }
      assert.equal((await look(url, {})).statusCode, 401);
      shown.add(ofBoss);
      assert.ok((await look(url, by(ofBoss))).body.includes(guid));
      assert.match((await look('/queues-with-people/', by(ofBoss))).body, /Queues, with people/);
      assert.ok(!(await look('/queues/api/queues?activeQueue=people-to-plan', by(ofBoss))).body.includes(guid));
      shown.clear();
      assert.equal((await look(url, by(ofBoss))).statusCode, 403);
    } finally {
      shown.clear();
      await people.close();
    }
  });

  test('looking writes nothing', async () => {
    await redis.flushall();
    await look('/queues/api/queues?activeQueue=account-updates');
    await look('/queues/api/redis/stats');
    assert.deepEqual(await everything(redis), {});
  });
});

/** All that Redis holds. */
async function everything(redis: Redis): Promise<Record<string, string>> {
  const keys = (await redis.keys('*')).sort();
  const texts = await Promise.all(keys.map(async (key) => (await redis.dumpBuffer(key))?.toString('hex') ?? ''));
  return Object.fromEntries(keys.map((key, index) => [key, texts[index] ?? '']));
}
