/** Signing in to the console as somebody of a real Active Directory domain: who may, who may not, and that nobody is locked out of AD by it. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import type { Service } from '@connector/shared/service.ts';
import { openStore, type Store } from '@connector/shared/store.ts';
import Fastify, { type FastifyInstance } from 'fastify';
import { Client } from 'ldapts';
import { pino } from 'pino';
import { addPages } from '../../services/console/src/service/pages.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { RedisServer } from '../support/redis-server.ts';
import { run } from '../support/samba/run.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { waitUntil } from '../support/wait-until.ts';

const password = 'Secret123!of-theirs';
const wrong = 'Wrong-password1';
const breakGlass = 'the-token-of-this-test-and-no-other';
/** In 100 ns since 1601: the first hour of 2020. */
const longAgo = '132223104000000000';

describe('signing in to the console', () => {
  let dir: string;
  let domain: SambaDomain;
  let admin: DirectoryAdmin;
  let redis: RedisServer;
  let store: Store;
  let surface: FastifyInstance;
  let viewersDn: string;
  const logged: string[] = [];
  const opened: [pages: FastifyInstance, store: Store][] = [];
  const dnOf = (name: string) => `CN=${name},CN=Users,${domain.baseDn}`;
  const people = [
    'connector',
    'ada',
    'vera',
    'otto',
    'tries',
    'elsewhere',
    'strict',
    'leaver',
    'prim',
    'gone',
    'ürsula',
  ];

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sign-in-'));
    domain = await SambaDomain.create({ dir: join(dir, 'samba') });
    admin = new DirectoryAdmin(domain);
    redis = await RedisServer.create({ dir: join(dir, 'redis') });
    for (const name of people) await domain.createServiceAccount({ name, password, seesDeleted: false });
    const ou = `CN=Users,${domain.baseDn}`;
    await admin.createGroup({ name: 'Night shift', ou, members: [dnOf('ada'), dnOf('tries'), dnOf('strict')] });
    await admin.createGroup({ name: 'Administrators, of it', ou, members: [dnOf('Night shift')] });
    await admin.createGroup({ name: 'Viewers', ou, members: ['vera', 'leaver', 'gone', 'ürsula'].map(dnOf) });
    viewersDn = dnOf('Viewers');
    await admin.modify(dnOf('ada'), { mail: 'ada.lovelace@elsewhere.test', userPrincipalName: 'ada.l@example.test' });
    await admin.addMember(viewersDn, dnOf('prim'));
    await admin.modify(dnOf('prim'), { primaryGroupID: await admin.ridOf(viewersDn) });
    const settings = ['--account-lockout-threshold=5', '-s', domain.configurationFile];
    await run('samba-tool', ['domain', 'passwordsettings', 'set', ...settings]);
    await open();
  });
  beforeEach(async () => {
    await store.redis.flushall();
    await store.notice();
  });
  after(async () => {
    for (const [pages, itsStore] of opened) {
      await pages.close();
      itsStore.close();
    }
    await admin?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
    await domain?.[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  const configured = (more: object = {}) => ({
    id: 'corp',
    urls: [domain.ldapsUrl],
    bindDn: dnOf('connector'),
    bindPassword: password,
    tls: { caFile: domain.caFile },
    ...more,
  });

  async function open(): Promise<void> {
    [surface, store] = await surfaceWith();
  }

  async function surfaceWith(directory: object = {}, signIn: object = {}): Promise<[FastifyInstance, Store]> {
    const text = JSON.stringify({
      directories: [configured(directory)],
      lastpass: { apiUrl: 'http://127.0.0.1:1/', cid: '1', provhash: 'unused' },
      redis: { url: redis.url },
      console: {
        token: breakGlass,
        signIn: { administrators: dnOf('Administrators\\, of it'), viewers: viewersDn, ...signIn },
      },
    });
    const configuration = parseConfiguration(text, { file: join(dir, 'connector.yaml'), environment: {} });
    const itsStore = openStore({ target: configuration.redis, prefix: configuration.redis.prefix, name: 'test' });
    const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
    const pages = Fastify();
    const { signal } = new AbortController();
    opened.push([pages, itsStore]);
    await addPages(pages, { configuration, store: itsStore, log, signal } as Service);
    return [pages, itsStore];
  }

  async function signIn(user: string, given = password) {
    const answer = await surface.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { user, password: given },
    });
    const [cookie] = answer.cookies;
    return {
      ...answer,
      code: answer.statusCode,
      said: answer.json(),
      cookie: cookie && `${cookie.name}=${cookie.value}`,
    };
  }
  const who = async (cookie: string | undefined) =>
    surface.inject({ method: 'GET', url: '/api/v1/session', headers: { cookie: cookie ?? '' } });

  async function ofAccount(name: string, attribute: string): Promise<string> {
    const client = new Client({ url: domain.ldapsUrl, tlsOptions: { ca: await readFile(domain.caFile) } });
    await client.bind(domain.adminDn, domain.adminPassword);
    const { searchEntries } = await client.search(dnOf(name), { scope: 'base', attributes: [attribute] });
    await client.unbind();
    return String(searchEntries[0]?.[attribute] ?? '');
  }

  test('an administrator is whoever is in the group, or in a group in it, by whatever name of theirs', async () => {
    for (const name of [
      'ada',
      'ADA',
      'EXAMPLE\\ada',
      'ada@example.test',
      'Ada.L@example.test',
      'ada.lovelace@elsewhere.test',
    ]) {
      const { code, said, cookie } = await signIn(name);
      assert.deepEqual([code, said.name, said.role], [200, 'ada.l@example.test', 'administrator'], name);
      assert.equal((await who(cookie)).statusCode, 200);
    }
    assert.deepEqual((await signIn('ürsula')).said.role, 'viewer', 'no letter of the world is in the way');
    assert.deepEqual((await signIn('prim')).said.role, 'viewer', 'as their primary group');
    const { cookie, said } = await signIn('ada');
    const headers = { cookie: cookie ?? '', 'x-csrf-token': said.csrfToken };
    const paused = await surface.inject({ method: 'POST', url: '/api/v1/pause', headers });
    assert.equal(paused.statusCode, 200, paused.body);
    const status = await surface.inject({ method: 'GET', url: '/api/v1/status', headers });
    assert.equal(status.json().pause.by, 'ada.l@example.test', 'what they do is done in their name');
  });

  test('a viewer may look only', async () => {
    const { code, said, cookie } = await signIn('vera');
    assert.deepEqual([code, said.role], [200, 'viewer']);
    const headers = { cookie: cookie ?? '', 'x-csrf-token': said.csrfToken };
    assert.equal((await surface.inject({ method: 'POST', url: '/api/v1/pause', headers })).statusCode, 403);
    assert.equal((await surface.inject({ method: 'GET', url: '/api/v1/status', headers })).statusCode, 200);
  });

  test('whoever is in neither group is told so, once it is known that it is them', async () => {
    const { code, said, cookie } = await signIn('otto');
    assert.deepEqual([code, said.error.code, cookie], [403, 'NOT_A_MEMBER', undefined]);
    assert.match(said.error.message, /^the account otto@example\.test is in neither of the groups/);
    assert.equal((await signIn('otto', wrong)).said.error.code, 'WRONG_PASSWORD');
  });

  test('a wrong name and a wrong password are told in the same words, and nothing is taken for a search', async () => {
    const names = [
      'ada',
      'nobody',
      '*',
      'a*',
      'ada)(objectClass=*',
      '',
      'nobody@example.test',
      '\\',
      'EXAMPLE\\',
      dnOf('ada'),
    ];
    const answers = await Promise.all(names.filter((name) => name !== '').map((name) => signIn(name, wrong)));
    for (const { code, body, cookie } of answers)
      assert.deepEqual([code, body, cookie], [401, answers[0]?.body, undefined]);
    for (const name of ['otto', 'prim']) await admin.modify(dnOf(name), { mail: 'shared@elsewhere.test' });
    assert.equal((await signIn('shared@elsewhere.test')).body, answers[0]?.body, 'which of the two is it?');
    const empty = await signIn('ada', '');
    assert.equal(empty.code, 400, 'AD would take it for a sign-in as nobody, and say yes');
    const [refused] = await Promise.all([
      signIn('gone', wrong),
      admin.modify(dnOf('gone'), { accountExpires: longAgo }),
    ]);
    assert.equal(refused.code, 401);
    assert.equal((await signIn('gone')).said.error.code, 'NOT_LET_IN');
  });

  test('ten wrong passwords at once: AD hears of two, the account isn’t locked, and the eleventh try has to wait', async () => {
    const attempts = await Promise.all(Array.from({ length: 9 }, () => signIn('tries', wrong)));
    const heard = attempts.filter(({ code }) => code === 401).length;
    assert.ok(heard === 1 || heard === 2, `${heard} were heard`);
    assert.ok(attempts.every(({ code }) => code === 401 || code === 429));
    assert.equal((await signIn('tries', wrong)).code, heard === 1 ? 401 : 429);
    assert.equal(await ofAccount('tries', 'badPwdCount'), '2');
    const eleventh = await signIn('tries');
    assert.deepEqual([eleventh.code, eleventh.said.error.code], [429, 'TOO_MANY']);
    assert.match(eleventh.said.error.message, /Try again in 31 min/);
    assert.ok(Number(eleventh.headers['retry-after']) > 1_700, String(eleventh.headers['retry-after']));
    assert.equal(await ofAccount('tries', 'lockoutTime'), '', 'they aren’t locked out of AD');
    await using _ = await connectDirectory({
      ...configured({ bindDn: dnOf('tries') }),
      tls: { ca: await readFile(domain.caFile, 'utf8') },
    });
    const [key = ''] = await store.redis.keys('*password-tries*');
    await store.redis.pexpire(key, 1); // half an hour later
    await waitUntil('that', async () => (await store.redis.exists(key)) === 0);
    assert.equal((await signIn('tries')).code, 200);
    assert.deepEqual(await store.redis.keys('*password-tries*'), [], 'a right password begins anew');
  });

  test('wrong passwords that AD has heard elsewhere count too', async () => {
    for (const _ of [1, 2, 3]) {
      const client = new Client({ url: domain.ldapsUrl, tlsOptions: { ca: await readFile(domain.caFile) } });
      await assert.rejects(client.bind(dnOf('elsewhere'), wrong));
      await client.unbind();
    }
    assert.equal((await signIn('elsewhere', wrong)).said.error.code, 'TOO_MANY');
    assert.equal(await ofAccount('elsewhere', 'badPwdCount'), '3', 'AD wasn’t asked');
    assert.equal(await ofAccount('elsewhere', 'lockoutTime'), '');
  });

  test('the connector’s own account isn’t locked either: refused once, it isn’t tried from here any more', async () => {
    const [other] = await surfaceWith({ bindDn: dnOf('strict'), bindPassword: wrong });
    const attempt = () => other.inject({ method: 'POST', url: '/api/v1/session', payload: { user: 'ada', password } });
    const attempts = await Promise.all([attempt(), attempt(), attempt()]);
    assert.deepEqual(
      attempts.map(({ statusCode }) => statusCode),
      [503, 503, 503],
    );
    assert.match(attempts[2]?.body ?? '', /can’t be asked.*bind-refused/);
    assert.equal(await ofAccount('strict', 'badPwdCount'), '1');
    assert.ok(logged.some((line) => /mend bindPassword, and restart pusher, console and watcher/.test(line)));
  });

  test('a group that isn’t there is one that nobody is in, and keeps nobody else out', async () => {
    const [other] = await surfaceWith({}, { viewers: dnOf('Nowhere') });
    const ask = (user: string) => other.inject({ method: 'POST', url: '/api/v1/session', payload: { user, password } });
    assert.deepEqual([(await ask('ada')).statusCode, (await ask('vera')).statusCode], [200, 403]);
    assert.ok(logged.some((line) => line.includes('CN=Nowhere') && line.includes('connector check')));
  });

  test('a password policy of their own counts for whom it is, where the connector may read it', async () => {
    const pso = ['domain', 'passwordsettings', 'pso'];
    const own = ['-s', domain.configurationFile];
    await run('samba-tool', [...pso, 'create', 'strict', '1', '--account-lockout-threshold=3', ...own]);
    await run('samba-tool', [...pso, 'apply', 'strict', 'strict', ...own]);
    const may = await connectDirectory({
      ...configured({ bindDn: domain.adminDn, bindPassword: domain.adminPassword }),
      tls: { ca: await readFile(domain.caFile, 'utf8') },
    });
    assert.equal((await may.findClaimant('strict'))?.lockOut.threshold, 3);
    assert.deepEqual((await may.findClaimant('ada'))?.lockOut, { threshold: 5, windowMs: 30 * 60_000 });
    await may.close();
  });

  test('whoever leaves the group, or is disabled, is signed out within minutes; while AD can’t be asked nobody is', async () => {
    const { cookie } = await signIn('leaver');
    const notAskedFor = async () => {
      for (const key of await store.redis.keys('*:session:*')) {
        const session = JSON.parse((await store.redis.get(key)) ?? '');
        await store.redis.set(key, JSON.stringify({ ...session, checkedAtMs: Date.now() - 300_001 }), 'KEEPTTL');
      }
    };
    await notAskedFor();
    assert.equal((await who(cookie)).statusCode, 200, 'nothing has changed');
    await admin.removeMember(viewersDn, dnOf('leaver'));
    assert.equal((await who(cookie)).statusCode, 200, 'AD was asked just now');
    await admin.hangUp();
    await domain.stop();
    await notAskedFor();
    assert.equal((await who(cookie)).statusCode, 200, 'AD can’t be asked');
    assert.ok(logged.some((line) => line.includes('still may can')));
    const away = await signIn('ada');
    assert.deepEqual([away.code, away.said.error.code], [503, 'DIRECTORY_UNAVAILABLE']);
    const token = await surface.inject({ method: 'POST', url: '/api/v1/session', payload: { token: breakGlass } });
    assert.equal(token.statusCode, 200, 'the token works when nothing else does');
    await domain.start();
    await notAskedFor();
    assert.equal((await who(cookie)).statusCode, 401);
    const second = await signIn('vera');
    await admin.modify(dnOf('vera'), { userAccountControl: '514' });
    await notAskedFor();
    assert.equal((await who(second.cookie)).statusCode, 401);
  });

  test('no password is kept or logged', async () => {
    await signIn('ada');
    await signIn('ada', wrong);
    await signIn(password, wrong); // typed into the wrong field
    const values = await Promise.all((await store.redis.keys('*')).map((key) => store.redis.dumpBuffer(key)));
    const kept = [...values.map(String), ...(await store.redis.keys('*')), ...logged].join('\n');
    for (const secret of [password, wrong]) assert.ok(!kept.includes(secret));
    assert.ok(logged.some((line) => line.includes('signed in to the console') && line.includes('ada.l@example.test')));
    assert.ok(logged.some((line) => line.includes('failed to sign in to the console')));
  });

  test('needs an encrypted directory that is configured', () => {
    const parse = (more: object, signIn: object, page: object = {}) =>
      parseConfiguration(
        JSON.stringify({
          directories: [configured(more)],
          lastpass: { cid: '1', provhash: 'x' },
          console: { ...page, signIn: { administrators: viewersDn, ...signIn } },
        }),
        { file: 'connector.yaml', environment: {} },
      );
    assert.throws(
      () => parse({}, { directory: 'other' }),
      /console\.signIn\.directory: there is no directory other; known are corp/,
    );
    for (const proxy of ['everybody', '0.0.0.0/0', '::/0', '10.0.0.0/33'])
      assert.throws(() => parse({}, {}, { trustedProxies: [proxy] }), /console\.trustedProxies\[0\]: is /, proxy);
    assert.deepEqual(
      parse({}, {}, { trustedProxies: ['10.0.0.5', '10.1.0.0/16', 'fd00::/8'] }).console?.trustedProxies.length,
      3,
    );
    const plain = { urls: [domain.ldapUrl], insecure: true };
    assert.throws(() => parse(plain, {}), /console\.signIn\.directory: corp isn't encrypted/);
    assert.throws(() => parse({}, { administrators: 'Admins' }), /console\.signIn\.administrators: /);
    assert.equal(parse({}, {}).console?.signIn?.administrators, viewersDn);
  });
});
