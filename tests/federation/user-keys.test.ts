/** K1 of a user: made once, whoever asks, and never where there may be another that hasn't come here yet. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fragmentIdOf } from '@connector/federation/derived.ts';
import { CompanyHalf } from '@connector/federation/key-halves.ts';
import { personKey } from '@connector/shared/keys.ts';
import { openStore, type Store } from '@connector/shared/store.ts';
import { KeyTrouble, type WantedHalf } from '../../services/pusher/src/federation/company-halves.ts';
import { UserKeys } from '../../services/pusher/src/federation/user-keys.ts';
import { configurationOf } from '../console/checked.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { RedisServer } from '../support/redis-server.ts';
import { obeyDsacls } from '../support/samba/give-right.ts';
import { addAttribute } from '../support/samba/secret-attribute.ts';
import { SambaDomain } from '../support/samba-domain.ts';

const attribute = 'lastPassK1';
const password = 'Secret123!svc';
let dir: string;
let domain: SambaDomain;
let admin: DirectoryAdmin;
let redis: RedisServer;
let store: Store;
let bindDn: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'user-keys-'));
  domain = await SambaDomain.create({ dir: join(dir, 'domain') });
  redis = await RedisServer.create({ dir: join(dir, 'redis') });
  store = openStore({ target: { url: redis.url }, prefix: 'connector', name: 'test' });
  await addAttribute(domain);
  bindDn = (await domain.createServiceAccount({ name: 'svc-lastpass', password })).dn;
  for (const right of ['WP', 'RPCA'])
    await obeyDsacls(domain, `dsacls "${domain.baseDn}" /I:S /G "EXAMPLE\\svc-lastpass:${right};${attribute};user"`);
  admin = new DirectoryAdmin(domain);
});
after(async () => {
  await admin?.[Symbol.asyncDispose]();
  store?.close();
  await redis?.[Symbol.asyncDispose]();
  await domain?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

/** As a pusher has it for one batch. */
function userKeys({ bindPassword = password, of = store } = {}): UserKeys {
  const directory = { id: 'corp', urls: [domain.ldapsUrl], bindDn, bindPassword, tls: { caFile: domain.caFile } };
  const { directories } = configurationOf({ directories: [directory], redis: { url: redis.url } });
  return new UserKeys({ store: of, directories, attribute, signal: new AbortController().signal });
}

let made = 0;
async function somebody(): Promise<WantedHalf> {
  const name = `u${++made}`;
  const guid = await admin.createUser({ name, ou: `CN=Users,${domain.baseDn}` });
  return { person: personKey('corp', guid), username: `${name}@company.test`, registered: null };
}

const keyOf = async (wanted: WantedHalf, options = {}): Promise<string> => {
  await using keys = userKeys(options);
  using k1 = await keys.of(wanted);
  return k1.reveal();
};
const troubleOf = async (wanted: WantedHalf, options = {}): Promise<KeyTrouble> => {
  const error = await keyOf(wanted, options).then(
    () => assert.fail('there is a key'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof KeyTrouble, String(error));
  return error;
};

test('many pushers at once come to one key, and to the same one later', async () => {
  const wanted = await somebody();
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => keyOf(wanted)));
  const keys = new Set(outcomes.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])));
  assert.equal(keys.size, 1);
  for (const one of outcomes)
    if (one.status === 'rejected') assert.match(String(one.reason), /another pusher is about to/);
  assert.deepEqual([...keys], [await keyOf(wanted)]);
});

test('a key that is being written at another domain controller is waited for, for a day', async () => {
  const wanted = await somebody();
  const { userKeysAt } = store.keys;
  const write = { url: 'ldaps://dc9.corp.test', host: 'dc9.corp.test', atMs: Date.now() };
  await store.redis.hset(userKeysAt, wanted.person, JSON.stringify(write));
  const trouble = await troubleOf(wanted);
  assert.match(trouble.message, /was being written at dc9\.corp\.test, which can't be reached now/);
  assert.ok(trouble.ofOne);
  const old = { ...write, atMs: Date.now() - 25 * 3_600_000 };
  await store.redis.hset(userKeysAt, wanted.person, JSON.stringify(old));
  assert.equal(await keyOf(wanted), await keyOf(wanted));
});

test('a pusher that another one was quicker than, at another domain controller, writes nothing', async () => {
  const wanted = await somebody();
  const { userKeysAt } = store.keys;
  const quicker = JSON.stringify({ url: 'ldaps://dc9.corp.test', host: 'dc9.corp.test', atMs: Date.now() });
  const paused: Store = {
    ...store,
    commit: async (transaction) => {
      await store.redis.hset(userKeysAt, wanted.person, quicker);
      return await store.commit(transaction);
    },
  };
  assert.match((await troubleOf(wanted, { of: paused })).message, /^another pusher is about to write this key/);
  assert.equal(await store.redis.hget(userKeysAt, wanted.person), quicker);
  await store.redis.hdel(userKeysAt, wanted.person);
  const [first, second] = [await keyOf(wanted), await keyOf(wanted)];
  assert.equal(first, second);
});

test('where a K2 is registered and the attribute looks empty no key is made', async () => {
  const registered = fragmentIdOf(CompanyHalf.random());
  const wanted = { ...(await somebody()), registered };
  assert.ok((await troubleOf(wanted)).message.includes(`has no K1 to go with it (fragment id ${registered})`));
  assert.equal(await store.redis.hget(store.keys.userKeysAt, wanted.person), null);
});

test('what is no key of ours is left alone', async () => {
  const wanted = await somebody();
  await admin.modify(wanted.person.split('/')[1] ?? '', { [attribute]: 'not a key' });
  assert.match((await troubleOf(wanted)).message, /holds what is no key of ours, as it is not base64/);
});

test('a wrong password is tried once, and then nobody tries', async () => {
  const wanted = await somebody();
  const wrong = { bindPassword: 'Wrong123!svc' };
  assert.match((await troubleOf(wanted, wrong)).message, /refuse/);
  assert.match((await troubleOf(wanted, wrong)).message, /refuses the connector's own account/);
  assert.match((await troubleOf(wanted)).message, /refuses the connector's own account/);
});
