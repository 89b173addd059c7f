/** Everything that a check knows to be wrong with federated log-in, with a real registrar and real keys: doing what it says makes the line turn ok. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fragmentIdOf } from '@connector/federation/derived.ts';
import { CompanyHalf } from '@connector/federation/key-halves.ts';
import type { Link } from '@connector/shared/plan.ts';
import { checkFederation } from '../../services/console/src/check/check-federation.ts';
import { freePort } from '../support/redis-server.ts';
import { Simulator } from '../support/simulator.ts';
import { Checked, configurationOf } from './checked.ts';
import { Workplace } from './workplace.ts';

const token = 'token-of-this-rehearsal';
const key = CompanyHalf.random().reveal();
const fragmentId = fragmentIdOf(CompanyHalf.from(key));
const another = CompanyHalf.random().reveal();

let place: Workplace;
let simulator: Simulator;
let file: string;
before(async () => {
  place = await Workplace.create();
  simulator = await Simulator.create({ args: ['--key-registrar-token', token] });
  file = join(dirname(place.configFile), 'company-key');
});
after(async () => {
  await simulator?.[Symbol.asyncDispose]();
  await place?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await place.clear();
  await writeFile(file, `${key}\n`);
});

interface Configured {
  readonly registrar?: object | null;
  readonly companyKeyFile?: string;
}

async function check({ registrar = {}, companyKeyFile = file }: Configured = {}): Promise<Checked> {
  const url = new URL('/key-registrar/', simulator.apiUrl).href;
  const section = {
    ...(registrar === null ? {} : { registrar: { url, token, ...registrar } }),
    ...{ companyKeyFile, companyKeyFragmentId: fragmentId },
  };
  const configuration = configurationOf({ redis: { url: place.redis.url }, federation: section });
  const { signal } = new AbortController();
  const policy = { federation: 'companyKey' } as const;
  return await Checked.by(checkFederation({ configuration, store: place.store, policy, redisAnswers: true, signal }));
}

test('a registrar that lets us in, and the key that people are provisioned with', async () => {
  const before = await check();
  assert.deepEqual([before.wrong, before.whats], [[], ['registrar', 'company-key']]);
  assert.match(before.line('registrar'), /^ok: the key registrar at 127\.0\.0\.1:\d+ answers, and lets us in$/);
  assert.ok(before.line('company-key').endsWith(`${fragmentId}, nobody is provisioned with it yet`));
  await place.store.redis.set(place.store.keys.companyKey, fragmentId);
  assert.ok((await check()).line('company-key').endsWith(', the one that people are provisioned with'));
});

test('a registrar that refuses the token, is no registrar, or isn’t there', async () => {
  const refused = await check({ registrar: { token: 'another' } });
  assert.match(
    refused.line('registrar'),
    /^failure: .* answered HTTP 401: it refuses the token; write the one that it was given$/,
  );
  const none = await check({ registrar: { url: new URL('/nothing/', simulator.apiUrl).href } });
  assert.match(none.line('registrar'), /^failure: .* answered HTTP 404: no key registrar is there; check its url$/);
  const away = await check({ registrar: { url: `http://127.0.0.1:${await freePort()}/` } });
  assert.match(
    away.line('registrar'),
    /^failure: .* can't be reached \(ECONNREFUSED\): check its url, its certificate, DNS and/,
  );
});

test('no registrar any more, while people are federated', async () => {
  const { redis, keys } = place.store;
  assert.deepEqual((await check({ registrar: null })).wrong, []);
  const link: Link = { username: 'a@x.org', id: '1', disabledByUs: false, removedByUs: false, federated: 'userKey' };
  await redis.hset(keys.links, 'corp/1', JSON.stringify(link));
  const checked = await check({ registrar: null });
  assert.match(checked.line('registrar'), /^warning: no key registrar is configured, and 1 person is federated: leave/);
  assert.deepEqual((await check()).wrong, []);
});

test('a file that holds another key, or none, or can’t be read', async () => {
  await writeFile(file, another);
  assert.match(
    (await check()).line('company-key'),
    /^failure: federation\.companyKeyFile holds another key \(fragment id /,
  );
  await writeFile(file, 'no key');
  assert.match((await check()).line('company-key'), /^warning: .* holds no key, as what is in it is not base64/);
  const unread = await check({ companyKeyFile: `${file}.not` });
  assert.match(unread.line('company-key'), /^warning: .* can't be read \(ENOENT\): .* only the pusher reads it$/);
  await writeFile(file, key);
  assert.deepEqual((await check()).wrong, []);
});

test('another key than people are provisioned with, as configured', async () => {
  await place.store.redis.set(place.store.keys.companyKey, fragmentIdOf(CompanyHalf.from(another)));
  const { wrong, ...checked } = await check().then((found) => ({
    wrong: found.wrong,
    line: found.line('company-key'),
  }));
  assert.deepEqual(wrong, ['failure company-key']);
  assert.match(checked.line, /isn't the one that people are provisioned with \(.*put that one back from its copy/);
});
