/** The live feed on a real Redis, over HTTP: who listens gets what is done about people, and nobody listens longer than they may. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { auditWrites, type NewAuditEntry } from '@connector/shared/audit.ts';
import type { Store } from '@connector/shared/store.ts';
import { sealAudit } from '@connector/sync/audit/seal-audit.ts';
import cookie from '@fastify/cookie';
import Fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { pino } from 'pino';
import {
  createToken,
  holderOf,
  isTokenOfOurs,
  proofOf,
  revokeToken,
} from '../../services/console/src/access/access-tokens.ts';
import { Door, sessionCookie } from '../../services/console/src/access/door.ts';
import { Sessions } from '../../services/console/src/access/sessions.ts';
import { TokenCheck } from '../../services/console/src/access/token-check.ts';
import { addEvents } from '../../services/console/src/api/events-route.ts';
import type { Sealed } from '../../services/console/src/audit/audit-trail.ts';
import { LiveFeed } from '../../services/console/src/live/live-feed.ts';
import { Workplace } from '../console/workplace.ts';
import { waitUntil } from '../support/wait-until.ts';

const entryAbout = (name: string, kind: 'person' | 'token' = 'person'): NewAuditEntry => ({
  ...{ atMs: 1, by: 'connector', did: 'renamed', of: { kind, id: `corp/${name}`, name } },
  ...{ was: null, is: null, source: null },
});

/** Somebody who listens. */
class Listening implements AsyncDisposable {
  readonly status: number;
  text = '';
  ended = false;
  readonly #closing: AbortController;

  private constructor(answer: Response, closing: AbortController) {
    this.status = answer.status;
    this.#closing = closing;
    void this.#follow(answer);
  }

  static async begin(origin: string, headers: Record<string, string>): Promise<Listening> {
    const closing = new AbortController();
    return new Listening(await fetch(`${origin}/events`, { headers, signal: closing.signal }), closing);
  }

  async #follow({ body }: Response): Promise<void> {
    try {
      for await (const part of body ?? []) this.text += Buffer.from(part).toString();
    } catch {
      // cut off, by either side
    }
    this.ended = true;
  }

  /** Names of those whom it has heard of, and the numbers of the entries. */
  get heard(): [number, string][] {
    return [...this.text.matchAll(/^id: (\d+)\nevent: person\ndata: (.*)$/gm)].map(([, id, data = '{}']) => [
      Number(id),
      JSON.parse(data).of.name,
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await waitUntil('the end of listening', () => this.ended);
  }
}

describe('the live feed', () => {
  let place: Workplace;
  let surface: FastifyInstance;
  let sessions: Sessions;
  let origin: string;
  let token: string;
  let looks = 0;
  let listeners: AsyncDisposableStack;

  before(async () => {
    place = await Workplace.create();
  });
  beforeEach(async () => {
    await place.clear();
    listeners = new AsyncDisposableStack();
    const { store } = place;
    const holder = holderOf(store, undefined);
    const check = new TokenCheck((text: string) => holder(proofOf(text)), { isUnguessable: isTokenOfOurs });
    sessions = new Sessions({ store, holderOf: holder, roleOf: async () => null, onUnknown: () => undefined });
    const door = new Door({ check, sessions, onWrongToken: () => undefined });
    const get = (key: string) => {
      if (key === store.keys.auditHead) looks++;
      return store.redis.get(key);
    };
    const counted: Store = { ...store, redis: Object.assign(Object.create(store.redis), { get }) };
    surface = Fastify();
    await surface.register(cookie);
    surface.setValidatorCompiler(validatorCompiler);
    surface.setSerializerCompiler(serializerCompiler);
    addEvents(surface, { door, session: { store: counted }, log: pino({ level: 'silent' }), heartbeatMs: 100 });
    origin = await surface.listen({ port: 0, host: '127.0.0.1' });
    token = await tokenCalled('viewer');
  });
  afterEach(async () => {
    await listeners.disposeAsync();
    await surface.close();
  });
  after(() => place[Symbol.asyncDispose]());

  const tokenCalled = async (name: string) =>
    (await createToken(place.store, { name, role: 'viewer', by: 'test', nowMs: Date.now(), forMs: 3_600_000 })).token;
  const listen = async (headers: Record<string, string> = {}, by = token) =>
    listeners.use(await Listening.begin(origin, { authorization: `Bearer ${by}`, ...headers }));
  const tell = async (...entries: NewAuditEntry[]) => {
    const { store } = place;
    await store.commit({ guards: [], writes: auditWrites(store.keys, entries) });
    return sealAudit(store);
  };
  const namesOf = (each: Listening) => each.heard.map(([, name]) => name);
  const hears = (each: Listening, count: number) => waitUntil('the news', () => each.heard.length >= count);

  test('tells everybody of what is done about people, and of nothing else, from when they came', async () => {
    await tell(entryAbout('before'));
    const first = await listen();
    await tell(entryAbout('ann'), entryAbout('nightly', 'token'), entryAbout('bob'));
    await hears(first, 2);
    const second = await listen();
    await tell(entryAbout('cyd'));
    await Promise.all([hears(first, 3), hears(second, 1)]);
    assert.deepEqual([namesOf(first), namesOf(second)], [['ann', 'bob', 'cyd'], ['cyd']]);
    assert.doesNotMatch(first.text, /nightly/);
    await waitUntil('a sign of life', () => first.text.includes(': alive'));
  });

  test('goes on after the last one that somebody has had, each once, also while more is sealed', async () => {
    await tell(...Array.from({ length: 700 }, (_, n) => entryAbout(`p${n}`)));
    await listen(); // the feed is at work
    const { sequence } = await tell(entryAbout('p700'));
    const late = listen({ 'last-event-id': String(sequence - 600) });
    for (let n = 701; n < 720; n++) await tell(entryAbout(`p${n}`));
    const listening = await late;
    await hears(listening, 619);
    assert.deepEqual(
      namesOf(listening),
      Array.from({ length: 619 }, (_, n) => `p${101 + n}`),
    );
  });

  test('gives whoever still catches up nothing twice and nothing out of order, when the others are given more', async () => {
    const { sequence } = await tell(entryAbout('ann'), entryAbout('bob'));
    const { store } = place;
    const goOn = Promise.withResolvers<void>();
    let reads = 0;
    const xrange = async (...asked: Parameters<Store['redis']['xrange']>) => {
      if (++reads === 1) await goOn.promise; // the first to read is who catches up
      return store.redis.xrange(...asked);
    };
    const slow = { ...store, redis: Object.assign(Object.create(store.redis), { xrange }) };
    const feed = new LiveFeed({ store: slow, onError: (error) => assert.fail(error) });
    const heard = { early: [] as string[], late: [] as string[] };
    const listener = (who: keyof typeof heard, after: number | null) => ({
      ...{ after, miss: () => undefined, end: () => undefined },
      take: (entries: readonly Sealed[]) => void heard[who].push(...entries.map(({ entry }) => entry.of.name)),
    });
    const leave = await feed.listen(listener('early', null));
    const late = feed.listen(listener('late', sequence - 2));
    await waitUntil('it to catch up', () => reads === 1);
    await tell(entryAbout('cyd'));
    await waitUntil('the news', () => heard.early.length === 1);
    goOn.resolve();
    for (const leaves of [leave, await late]) leaves();
    assert.deepEqual(heard, { early: ['cyd'], late: ['ann', 'bob', 'cyd'] });
  });

  test('goes back by a thousand entries at most, and says how many are missing', async () => {
    const { sequence } = await tell(...Array.from({ length: 1_200 }, (_, n) => entryAbout(`p${n}`)));
    const listening = await listen({ 'last-event-id': '0' });
    await hears(listening, 1_000);
    assert.equal(listening.heard.length, 1_000);
    assert.ok(listening.text.startsWith(`event: missed\ndata: {"entries":${sequence - 1_000}}\n\n`));
  });

  test('ends when the token is revoked', async () => {
    const listening = await listen({}, await tokenCalled('short'));
    const stays = await listen();
    await revokeToken(place.store, { name: 'short', by: 'test', atMs: Date.now() });
    await waitUntil('the end', () => listening.ended);
    assert.equal(stays.ended, false);
  });

  test('ends with the session, which isn’t used by listening', async () => {
    const { secret } = await sessions.beginWith(token, { name: 'ann', role: 'viewer' });
    const { redis, keys } = place.store;
    const [key = ''] = await redis.keys(keys.session('*'));
    const old = { ...JSON.parse((await redis.get(key)) ?? '{}'), usedAtMs: 1 };
    const cookies = { cookie: `${sessionCookie}=${secret}`, authorization: '' };
    const listening = await listen(cookies);
    await redis.set(key, JSON.stringify(old), 'PX', 60_000);
    const before = listening.text.length;
    await waitUntil('three signs of life', () => listening.text.length > before + 3 * ': alive'.length);
    assert.equal(JSON.parse((await redis.get(key)) ?? '{}').usedAtMs, 1);
    await sessions.end(secret);
    await waitUntil('the end', () => listening.ended);
  });

  test('lets fifty listen, and the next one once somebody has left', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => listen()));
    assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]));
    assert.equal((await listen()).status, 429);
    await all[0]?.[Symbol.asyncDispose]();
    await waitUntil('a free place', async () => (await listen()).status === 200);
  });

  test('has no place taken by whoever asks for its head alone', async () => {
    const headers = { authorization: `Bearer ${token}` };
    for (let asked = 0; asked < 50; asked++)
      await fetch(`${origin}/events`, { method: 'HEAD', headers, signal: AbortSignal.timeout(5_000) });
    assert.equal((await listen()).status, 200);
  });

  test('asks Redis for all together, and nothing while nobody listens', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => listen()));
    const [from, beganAtMs] = [looks, Date.now()];
    await waitUntil('some looks', () => looks >= from + 3);
    assert.ok(Date.now() - beganAtMs > 900, 'they come too fast for one look each half second');
    for (const each of all) await each[Symbol.asyncDispose]();
    await waitUntil('rest', async () => {
      const before = looks;
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      return looks === before;
    });
  });

  test('ends when the console does', async () => {
    const listening = await listen();
    await surface.close();
    await waitUntil('the end', () => listening.ended);
  });

  test('is for nobody without a token', async () => {
    assert.equal((await listen({ authorization: '' })).status, 401);
  });
});
