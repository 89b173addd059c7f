/** Administrators are told by webhook: by real consoles, from a real Redis, to a real receiver. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { credentialsDigest } from '@connector/shared/credentials.ts';
import { testBody } from '../../services/console/src/notifications/message.ts';
import { outgoingWrite } from '../../services/console/src/notifications/outbox.ts';
import { Workplace } from '../console/workplace.ts';
import type { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startConsole } from './console-process.ts';
import { isGenuine, signingSecret, WebhookReceiver } from './webhook-receiver.ts';

let place: Workplace;
let receiver: WebhookReceiver;
const consoles: Program[] = [];

before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());
beforeEach(async () => {
  receiver = await WebhookReceiver.create();
  await place.clear();
  for (const service of ['watcher', 'reconciler', 'pusher']) await place.tellCondition(service);
  await configure();
});
afterEach(async () => {
  for (const console of consoles.splice(0)) if (console.running) await console.kill();
  await receiver[Symbol.asyncDispose]();
});

const configure = (changes: object = {}) =>
  place.configure({
    notifications: {
      settleFor: '500ms',
      webhook: { endpoint: receiver.endpoint, secret: signingSecret },
      ...changes,
    },
  });

function start(): Program {
  const console = startConsole(place.configFile);
  consoles.push(console);
  return console;
}

/** Waits until the outbox is empty: nothing more is on its way. */
const allSent = () =>
  waitUntil('everything to be sent', async () => (await place.store.redis.hlen(place.store.keys.outbox)) === 0);

test('who is held, who more is held, and that nobody is any more is told, signed, and without a name', async () => {
  const { redis, keys } = place.store;
  await place.hold('a');
  await place.hold('b');
  start();
  const raised = await receiver.gets('people-held.raised');
  assert.equal(raised.path, '/a-secret-path');
  assert.ok(isGenuine(raised));
  assert.ok(!isGenuine({ ...raised, text: raised.text.replace('"count":2', '"count":1') }), 'a changed body passes');
  assert.ok(!isGenuine({ ...raised, headers: { ...raised.headers, 'webhook-timestamp': '1' } }), 'an old time passes');
  assert.ok(!isGenuine({ ...raised, headers: { ...raised.headers, 'webhook-id': 'x' } }), 'another id passes');
  const { data } = raised.body;
  assert.deepEqual([data.condition, data.count, data.before, data.page], ['people-held', 2, null, '/held']);
  assert.equal(data.people, undefined);
  assert.doesNotMatch(raised.text, /@x\.org/);
  await redis.zadd(keys.held, String(Date.now()), await place.hold('c'));
  const changed = await receiver.gets('people-held.changed');
  assert.deepEqual([changed.body.data.count, changed.body.data.before], [3, 2]);
  await redis.zrem(keys.held, ...(await redis.zrange(keys.held, '0', '-1')).slice(0, 1)); // fewer are no news
  await redis.del(keys.held);
  const over = await receiver.gets('people-held.over');
  assert.deepEqual([over.body.data.count, over.body.data.before], [0, 3]);
  await allSent();
  assert.deepEqual(receiver.types, ['people-held.raised', 'people-held.changed', 'people-held.over']);
  assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 3);
});

test('with names: true it is told who', async () => {
  await configure({ names: true });
  await place.hold('a', { name: 'Ann Lee', username: 'ann@x.org' });
  start();
  const { body } = await receiver.gets('people-held.raised');
  assert.deepEqual(body.data.people, [{ name: 'Ann Lee', mail: 'ann@x.org' }]);
});

test('what fails is sent again, with the same id and a new time; a redirect is not followed; the log names no secret', async () => {
  await using elsewhere = await WebhookReceiver.create();
  receiver.location = elsewhere.endpoint;
  receiver.answers.push(307);
  await place.hold('a');
  const console = start();
  await receiver.gets('people-held.raised');
  const again = await receiver.gets('people-held.raised', { since: 1 });
  await allSent();
  const [first] = receiver.received;
  assert.equal(again.headers['webhook-id'], first?.headers['webhook-id']);
  assert.notEqual(again.headers['webhook-timestamp'], first?.headers['webhook-timestamp']);
  assert.equal(again.text, first?.text);
  assert.ok(isGenuine(again));
  assert.deepEqual(elsewhere.received, []);
  assert.match(console.output, /answered HTTP 307: redirects are not followed/);
  assert.match(console.output, /"attempts":2,"msg":"a notification was sent"/);
  assert.ok(!console.output.includes('a-secret-path') && !console.output.includes(signingSecret));
});

test('of two consoles one tells, and the other one once that one is gone', async () => {
  const both = [start(), start()];
  await waitUntil('both to be up', () => both.every(({ output }) => output.includes('the console is up')));
  await place.hold('a');
  await receiver.gets('people-held.raised');
  await allSent(); // killed before, it tells once more
  const { redis, keys } = place.store;
  const holder = await redis.get(keys.notifier);
  const teller = both.find(({ pid }) => holder?.includes(`-${pid}-`)) ?? assert.fail(`${holder} is none of them`);
  await teller.kill();
  await redis.del(keys.held);
  await receiver.gets('people-held.over', { withinMs: 40_000 });
  await allSent();
  assert.deepEqual(receiver.types, ['people-held.raised', 'people-held.over']);
});

test('a console that is killed between telling and noting it tells again, with the same id, and then no more', async () => {
  receiver.answers.push('hang');
  await place.hold('a');
  const killed = start();
  const first = await receiver.gets('people-held.raised');
  await killed.kill();
  start();
  const again = await receiver.gets('people-held.raised', { since: 1, withinMs: 40_000 });
  assert.equal(again.headers['webhook-id'], first.headers['webhook-id']);
  await allSent();
  await place.store.redis.del(place.store.keys.held);
  await receiver.gets('people-held.over');
  assert.deepEqual(receiver.types, ['people-held.raised', 'people-held.raised', 'people-held.over']);
});

test('a console that ends hands its turn over at once; what was told is not told again, and what came meanwhile is', async () => {
  await place.hold('a');
  const first = start();
  await receiver.gets('people-held.raised');
  await allSent();
  assert.equal(await first.stop(), 0);
  assert.equal(await place.store.redis.get(place.store.keys.notifier), null);
  const { redis, keys } = place.store;
  const alarm = JSON.stringify({
    message: 'wrong provhash: correct lastpass.provhash',
    sinceMs: Date.now(),
    tryAgainAtMs: 2,
  });
  await redis.hset(keys.alarms, credentialsDigest({ cid: '1', provhash: 'p' }), alarm);
  start();
  const { body } = await receiver.gets('credentials-refused.raised');
  assert.deepEqual(body.data.problems, ['wrong provhash: correct lastpass.provhash']);
  await allSent();
  assert.deepEqual(receiver.types, ['people-held.raised', 'credentials-refused.raised']);
});

test('after Redis has lost everything it is told what holds then', async () => {
  await place.hold('a');
  start();
  await receiver.gets('people-held.raised');
  await allSent();
  await place.clear();
  for (const service of ['watcher', 'reconciler', 'pusher']) await place.tellCondition(service);
  await place.hold('b');
  await receiver.gets('people-held.raised', { since: 1, withinMs: 40_000 });
});

test('what could not be told for four days is given up, and the log says so', async () => {
  const { redis, keys } = place.store;
  receiver.answers.push(500, 500);
  const daysAgo = (days: number) => Date.now() - days * 24 * 3_600_000;
  for (const [id, days] of [
    ['msg_old', 4.1],
    ['msg_young', 3.9],
  ] as const) {
    const message = { id, body: testBody({ connector: 'connector', atMs: daysAgo(days) }) };
    await redis.hset(...rest(outgoingWrite(keys, 'webhook', message, { name: id, atMs: daysAgo(days) })));
  }
  const console = start();
  const isDecided = () => /given up: .*HTTP 500/.test(console.output) && /tried again in 5 s/.test(console.output);
  await waitUntil('both to be tried', isDecided);
  await allSent();
  const sent = receiver.received.map(({ headers }) => headers['webhook-id']);
  assert.deepEqual(sent, ['msg_old', 'msg_young', 'msg_young']);
});

test('what another release has written into the outbox or noticed stops neither the status nor other messages, and is dropped after four days', async () => {
  const { redis, keys } = place.store;
  const unknown = { kind: 'of another release', subject: null, sinceMs: 1 };
  await redis.set(keys.noticed, JSON.stringify({ conditions: { unknown }, andMore: 1 }));
  const daysAgo = (days: number) => JSON.stringify({ id: 'x', atMs: Date.now() - days * 24 * 3_600_000, andMore: 1 });
  await redis.hset(keys.outbox, 'webhook/young', daysAgo(3.9), 'webhook/old', daysAgo(4.1), 'webhook/junk', '}');
  const { code, output } = await place.run('status', '--json');
  assert.deepEqual([code, JSON.parse(output).untold], [0, []], output);
  await place.hold('a');
  const console = start();
  await receiver.gets('people-held.raised');
  await waitUntil('the message to be noted', async () => (await redis.hlen(keys.outbox)) === 1);
  assert.equal(await redis.hexists(keys.outbox, 'webhook/young'), 1);
  for (const field of ['webhook/old', 'webhook/junk'])
    assert.match(console.output, new RegExp(`"notification":"${field}","msg":"a notification is given up`));
  await redis.set(keys.noticed, 'junk');
  await receiver.gets('people-held.raised', { since: 1 });
});

test('without notifications what waited is forgotten, and the status is silent; switched on again, nothing old is over', async () => {
  const { redis, keys } = place.store;
  const remembered = async () => (await redis.exists(keys.noticed)) + (await redis.exists(keys.outbox));
  receiver.answers.push(...Array.from({ length: 5 }, () => 500));
  await place.hold('a');
  const first = start();
  await waitUntil('a try to fail', () => /wasn't sent.*HTTP 500/.test(first.output));
  const untold = async () => JSON.parse((await place.run('status', '--json')).output).untold.length;
  await waitUntil('the failure to be noted', async () => (await untold()) === 1);
  await place.configure({});
  assert.equal(await untold(), 0);
  const silent = start();
  await waitUntil('it to be up', () => silent.output.includes('the console is up'));
  assert.equal(await remembered(), 2, 'another console still tells');
  assert.equal(await first.stop(), 0);
  await waitUntil('everything to be forgotten', async () => (await remembered()) === 0);
  await silent.stop();
  receiver.answers.length = 0;
  const since = receiver.received.length;
  await redis.del(keys.held);
  const alarm = JSON.stringify({ message: 'wrong provhash', sinceMs: Date.now(), tryAgainAtMs: 2 });
  await redis.hset(keys.alarms, credentialsDigest({ cid: '1', provhash: 'p' }), alarm);
  await configure();
  start();
  await receiver.gets('credentials-refused.raised', { since });
  await allSent();
  assert.deepEqual(receiver.types.slice(since), ['credentials-refused.raised']);
});

test('a receiver that never answers keeps no console from ending, and from handing over its turn; the message stays', async () => {
  const { redis, keys } = place.store;
  receiver.answers.push('hang');
  await place.hold('a');
  const console = start();
  const first = await receiver.gets('people-held.raised');
  assert.equal(await console.stop(), 0);
  assert.doesNotMatch(console.output, /waits no longer/);
  assert.match(console.output, /had no answer at the end, and is sent again/);
  assert.equal(await redis.get(keys.notifier), null);
  assert.deepEqual(
    (await redis.hkeys(keys.services)).filter((name) => name.startsWith('console/')),
    [],
  );
  start();
  const again = await receiver.gets('people-held.raised', { since: 1 });
  assert.equal(again.headers['webhook-id'], first.headers['webhook-id']);
});

/** The arguments of a write that is one HSET. */
function rest([, key = '', field = '', value = '']: readonly string[]): [key: string, field: string, value: string] {
  return [key, field, value];
}
