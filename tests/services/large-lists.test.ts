/** With 100,000 people every list of the console's API answers in less than 200 ms: nine of ten times and more, once it has been asked before. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadConfiguration } from '@connector/shared/configuration.ts';
import { indexEntry } from '@connector/shared/people-with-mail.ts';
import type { Link, Plan } from '@connector/shared/plan.ts';
import { policy, policyVersion } from '@connector/shared/policy.ts';
import type { Service } from '@connector/shared/service.ts';
import type { MirrorObject } from '@connector/sync/mirror/mirror-object.ts';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { addPages } from '../../services/console/src/service/pages.ts';
import { guidOf, heldPlan, Workplace } from '../console/workplace.ts';
import { accountOf } from '../reconciler/reconciling.ts';

const everybody = 100_000;
/** Of whom so many are on each list. */
const listed = 2_000;
const withinMs = 200;
const times = 40;
const token = 'the-token-of-this-test-and-no-other';
const guid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

describe(`with ${everybody} people`, () => {
  let place: Workplace;
  let surface: FastifyInstance;

  before(async () => {
    place = await Workplace.create();
    await place.configure({ console: { token } });
    await fill(place);
    surface = Fastify();
    const configuration = loadConfiguration({ CONNECTOR_CONFIG: place.configFile });
    const { signal } = new AbortController();
    await addPages(surface, { configuration, store: place.store, log: pino({ level: 'silent' }), signal } as Service);
  });
  after(async () => {
    await surface?.close();
    await place?.[Symbol.asyncDispose]();
  });

  const get = async (url: string) => {
    const beganAtMs = performance.now();
    const headers = { authorization: `Bearer ${token}` };
    const answer = await surface.inject({ method: 'GET', url: `/api/v1${url}`, headers });
    assert.equal(answer.statusCode, 200, answer.body);
    return { tookMs: performance.now() - beganAtMs, body: answer.json() };
  };

  for (const [url, name, total] of [
    ['/held', 'held', listed],
    ['/held?offset=1900&limit=100', 'held', listed],
    ['/pending', 'pending', listed],
    ['/aside', 'aside', listed],
    ['/drift', 'drift', listed],
    ['/undoable', 'people', listed],
    ['/search', 'people', everybody],
    ['/search?offset=99900', 'people', everybody],
    ['/search?text=son%20777', 'people', 111],
    ['/search?text=p77@', 'people', 0],
  ] as const)
    test(`GET ${url}`, async () => {
      const { body } = await get(url);
      assert.equal(body.page.total, total);
      assert.equal(body[name].length, Math.min(100, total));
      const took: number[] = [];
      for (let time = 0; time < times; time++) took.push((await get(url)).tookMs);
      const p95 = took.sort((a, b) => a - b)[Math.ceil(0.95 * times) - 1] ?? Number.POSITIVE_INFINITY;
      assert.ok(p95 < withinMs, `p95 is ${p95.toFixed(0)} ms`);
    });
});

/** Puts everybody there as the services would have left them. */
async function fill(place: Workplace): Promise<void> {
  const { redis, keys } = place.store;
  await place.clear();
  const version = policyVersion(policy.parse({}), [{ id: 'corp', userBases: [], groupBases: [] }]);
  await redis.set(keys.policy, JSON.stringify({ version, settled: true, after: {}, firstRun: null }));
  await redis.set(keys.accountsRead, JSON.stringify({ atMs: 1, total: everybody, answered: null }));
  await place.mirror('0', { kind: 'container', rdn: 'DC=corp,DC=test', parent: null, mail: null });
  const mirror = keys.directory('corp').mirror(1);
  const each = everybody / listed;
  for (let from = 0; from < everybody; from += 1_000) {
    const pipeline = redis.pipeline();
    for (let n = from; n < from + 1_000; n++) {
      const [mail, person, name] = [`person${n}@corp.test`, `corp/${guid(n)}`, `Person ${n}`];
      const on = (list: number) => n % each === list;
      pipeline.hset(mirror.objects, guid(n), JSON.stringify(inDirectory(n, mail)));
      pipeline.zadd(mirror.mails, 0, indexEntry(mail, guid(n)));
      const account = accountOf({ username: mail, fullname: name, groups: ['Staff'] });
      pipeline.hset(keys.accounts, mail, JSON.stringify({ ...account, id: String(n), disabled: on(0) || on(4) }));
      const link: Link = { username: mail, id: String(n), disabledByUs: on(4), removedByUs: false };
      pipeline.hset(keys.links, person, JSON.stringify(link)).hset(keys.linked, mail, person);
      const step = { kind: 'disable', because: 'was deleted in Active Directory' } as const;
      const create = { kind: 'create' as const, because: 'is new', fullname: name, groups: [] };
      if (on(1)) pipeline.hset(keys.plans, person, planOf(n, mail, step)).zadd(keys.held, n, person);
      if (on(2)) pipeline.hset(keys.plans, person, planOf(n, mail, create)).zadd(keys.pending, n, person);
      const aside = { name, reason: 'has no mail', kind: 'data', sinceMs: n };
      if (on(3)) pipeline.hset(keys.setAside, person, JSON.stringify(aside));
      const disabling = { username: mail, name, because: step.because, digest: 'x', atMs: Date.now() };
      if (on(4)) pipeline.hset(keys.disablings, person, JSON.stringify(disabling));
    }
    await pipeline.exec();
  }
}

const inDirectory = (n: number, mail: string): MirrorObject => ({
  kind: 'user',
  rdn: `CN=Person ${n}`,
  parent: guidOf('0'),
  deleted: false,
  absent: false,
  mail,
  displayName: `Person ${n}`,
  givenName: null,
  sn: null,
  sAMAccountName: `p${n}`,
  userAccountControl: 512,
  accountExpiresMs: null,
  primaryGroupId: null,
  rid: null,
  isCriticalSystemObject: false,
});

const planOf = (n: number, username: string, step: Plan['steps'][number]): string =>
  JSON.stringify(heldPlan(String(n), { username, steps: [step] }));
