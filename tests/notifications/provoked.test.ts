/** What administrators are told of happens for real: a domain, the services, the simulator that plays LastPass, and a receiver. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allowReading, denyReading } from '../support/samba/reading-right.ts';
import { directoryId, Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { isGenuine, signingSecret, WebhookReceiver } from './webhook-receiver.ts';

let stack: Stack;
let receiver: WebhookReceiver;
const minuteMs = 60_000;
const ou = () => `OU=Staff,${stack.domain.baseDn}`;
const person = (user: { name: string; mail?: string }) => stack.admin.createUser({ ...user, ou: ou() });

before(async () => {
  stack = await Stack.create({
    policy: { guard: { maxLeavers: 1, maxLeaversPercent: 1 } },
    directory: (base) => ({ userBases: [`OU=Staff,${base}`] }),
  });
  receiver = await WebhookReceiver.create();
  const webhook = { endpoint: receiver.endpoint, secret: signingSecret };
  await stack.configure({ notifications: { settleFor: '1s', webhook } });
  await stack.admin.createOu({ name: 'Staff' });
  for (const name of ['ann', 'bob', 'eve']) await person({ name, mail: `${name}@company.test` });
  stack.startAll();
  await stack.settled();
  stack.start('console');
});
after(async () => {
  await stack[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

/** What came since, by the type of the message. */
async function told(type: string, since: number) {
  const got = await receiver.gets(type, { since, withinMs: 60_000 });
  assert.ok(isGenuine(got));
  return got.body.data;
}

/** Has the watcher ask the directory now, and not only within a minute. */
const poll = () => stack.store.redis.hset(stack.keys.requests, 'changes', `poll ${performance.now()}`);

test('LastPass refuses the provhash: told with its words, and that it takes it again', async () => {
  const since = receiver.received.length;
  const { provhash } = await stack.simulator.settings(null);
  await stack.simulator.settings({ provhash: 'another' });
  await person({ name: 'joe', mail: 'joe@company.test' });
  const raised = await told('credentials-refused.raised', since);
  assert.equal(raised.problems.length, 1);
  assert.ok(!JSON.stringify(raised).includes(provhash));
  await stack.simulator.settings({ provhash });
  await told('credentials-refused.over', since);
  await stack.settled();
  assert.deepEqual(receiver.types.slice(since), ['credentials-refused.raised', 'credentials-refused.over']);
});

test('no seat is left: told with how many wait, and that there are seats again', async () => {
  const since = receiver.received.length;
  const { users } = await stack.simulator.state();
  await stack.simulator.settings({ seats: users.length });
  for (const name of ['kim', 'lou']) await person({ name, mail: `${name}@company.test` });
  const raised = await told('no-seat.raised', since);
  assert.ok((raised.count ?? 0) >= 1, JSON.stringify(raised));
  await stack.simulator.settings({ seats: null });
  const { redis, keys } = stack.store;
  await waitUntil('both to wait', async () => (await redis.hlen(keys.setAside)) === 2);
  const state = JSON.parse((await redis.get(keys.noSeat)) ?? '{}');
  await redis.set(keys.noSeat, JSON.stringify({ ...state, tryAgainAtMs: 0 })); // the minute has passed
  await redis.zadd(
    keys.toDeliver,
    'XX',
    ...(await redis.zrange(keys.toDeliver, '0', '-1')).flatMap((each) => [0, each]),
  );
  await told('no-seat.over', since);
});

test('somebody without a mail address is set aside: told, and that nobody is', async () => {
  const since = receiver.received.length;
  const guid = await person({ name: 'nomail' });
  assert.equal((await told('people-aside.raised', since)).count, 1);
  await stack.admin.modify(guid, { mail: 'nomail@company.test' });
  await told('people-aside.over', since);
});

test('more leave than the guard lets pass: told, with a command and a page, and without a name', async () => {
  const since = receiver.received.length;
  for (const name of ['ann', 'bob', 'eve']) await stack.admin.disable(`CN=${name},${ou()}`);
  const raised = await told('people-held.raised', since);
  assert.deepEqual([raised.command, raised.page], ['connector held', '/held']);
  assert.doesNotMatch(JSON.stringify(raised), /ann|bob|eve@/);
  await using release = stack.command('release', '--all');
  assert.equal(await release.ended, 0);
  await told('people-held.over', since);
});

test('the account may not see deletions any more: told as a lost right, and that it may again', async () => {
  const since = receiver.received.length;
  const right = {
    domain: stack.domain,
    account: stack.accountDn,
    object: `CN=Deleted Objects,${stack.domain.baseDn}`,
  };
  await denyReading(right);
  await poll();
  const raised = await told('rights-lost.raised', since);
  assert.match(raised.problems.join(), /doesn't see deleted objects/);
  await allowReading(right);
  await told('rights-lost.over', since);
});

test('the directory was not read for longer than noSuccessFor: told with why, and that it is read again', async () => {
  const since = receiver.received.length;
  const { redis, keys } = stack.store;
  const { readAt } = keys.directory(directoryId);
  assert.ok(Date.now() - Number(await redis.get(readAt)) < 3 * minuteMs, 'the watcher notes when it has read');
  await stack.stop('watcher');
  await redis.set(readAt, String(Date.now() - 31 * minuteMs));
  const raised = await told('directory-not-read.raised', since);
  assert.deepEqual([raised.subject, raised.problems], [directoryId, ['no watcher is running: start it']]);
  assert.match(raised.title, /^The directory corp was not read for 31 min/);
  stack.start('watcher');
  await told('directory-not-read.over', since);
});

test('a change does not reach LastPass for longer than noSuccessFor: told of how many, and that it has', async () => {
  const since = receiver.received.length;
  const { redis, keys } = stack.store;
  await stack.stop('pusher');
  await person({ name: 'max', mail: 'max@company.test' });
  const changed = () => redis.zrange(keys.changedAt, '0', '-1');
  const people = await waitUntil('the change to wait', async () => ((await changed()).length > 0 ? changed() : null));
  await redis.zadd(keys.changedAt, ...people.flatMap((person) => [Date.now() - 31 * minuteMs, person]));
  const raised = await told('not-delivered.raised', since);
  assert.deepEqual([raised.count, raised.problems], [people.length, ['no pusher is running: start it']]);
  stack.start('pusher');
  await told('not-delivered.over', since);
});
