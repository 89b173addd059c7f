/** The `connector` command against a real Redis, with the services played by hand. */
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { after, before, beforeEach, test } from 'node:test';
import { credentialsDigest } from '@connector/shared/credentials.ts';
import { decision, type SetAside } from '@connector/shared/plan.ts';
import { waitUntil } from '../support/wait-until.ts';
import { guidOf, Workplace } from './workplace.ts';

let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());
beforeEach(async () => {
  await place.clear();
  await place.configure({});
});

const services = ['watcher', 'reconciler', 'pusher'] as const;
const startAll = async () => {
  for (const service of services) await place.tellCondition(service);
};

const answerRequests = () => place.answerRequests();

test('status without any service names what to start, and exits with 1', async () => {
  const { code, output } = await place.run('status');
  assert.equal(code, 1);
  for (const service of services) assert.match(output, new RegExp(`no ${service} is running: start it`));
  assert.match(output, /corp {2}no domain controller yet {2}never read completely/);
});

test('status with ready services tells directories, accounts and people, and exits with 0', async () => {
  const { redis, keys } = place.store;
  await startAll();
  await answerRequests();
  await redis.hset(keys.accounts, { 'a@x.org': '{}', 'b@x.org': '{}' });
  await redis.hset(keys.links, 'corp/x', '{}');
  await place.hold('a');
  const aside: SetAside = { name: 'Nomail', reason: 'has no mail', kind: 'data', sinceMs: Date.now() };
  await redis.hset(keys.setAside, 'corp/y', JSON.stringify(aside));
  const { code, output } = await place.run('status');
  assert.equal(code, 0, output);
  assert.match(output, /Nothing stands in the way/);
  assert.match(output, /corp {2}dc1\.corp {2}read completely .* ago .*, 0 log entries outstanding/);
  assert.match(output, /accounts {2}2, read .* ago/);
  assert.match(output, /linked +1\n/);
  assert.match(output, /held +1: see "connector held"/);
  assert.match(output, /Nomail .*has no mail/);
  assert.ok(!output.includes('\u001b'), 'no colours outside a terminal');
});

test("status shows a service's problem as it tells it, ignores the dead, and exits with 1", async () => {
  await startAll();
  await place.tellCondition('watcher', { ready: false, problems: ['no domain controller of corp answers'] });
  await place.tellCondition('pusher', { atMs: Date.now() - 11_000 });
  const { code, output } = await place.run('status', '--json');
  assert.equal(code, 1);
  const { ok, problems } = JSON.parse(output);
  assert.equal(ok, false);
  assert.deepEqual(problems, [
    'watcher: no domain controller of corp answers',
    'no pusher is running: start it (npm start -w services/pusher)',
  ]);
});

test('an alarm about the configured credentials exits with 1, one about others does not', async () => {
  const { redis, keys } = place.store;
  const alarm = JSON.stringify({ message: 'wrong provhash', sinceMs: Date.now(), tryAgainAtMs: Date.now() });
  await startAll();
  await redis.hset(keys.alarms, credentialsDigest({ cid: '1', provhash: 'corrected long ago' }), alarm);
  assert.equal((await place.run('status')).code, 0);
  await redis.hset(keys.alarms, credentialsDigest({ cid: '1', provhash: 'p' }), alarm);
  const { code, output } = await place.run('status');
  assert.equal(code, 1);
  assert.match(output, /LastPass: wrong provhash/);
});

test('held lists who is held, with steps and reasons', async () => {
  assert.deepEqual(await place.run('held'), { code: 0, output: 'Nobody is held.' });
  const person = await place.hold('a');
  const text = await place.run('held');
  assert.match(text.output, /too many at once \(1 person\)\n {2}Person a {2}a@x\.org .*disable \(was deleted/);
  const { held } = JSON.parse((await place.run('held', '--json')).output);
  assert.deepEqual(held, [
    {
      person,
      username: 'a@x.org',
      name: 'Person a',
      steps: [{ kind: 'disable', because: 'was deleted in Active Directory' }],
      because: 'too many at once',
      since: '2023-11-14T22:13:20.000Z',
      asShown: `${person}#digest-a`,
    },
  ]);
});

for (const { command, verdict } of [
  { command: 'release', verdict: 'released' },
  { command: 'reject', verdict: 'rejected' },
]) {
  test(`${command} writes the decision, makes the person be planned, and rings the planners`, async () => {
    const { redis, keys } = place.store;
    const [chosen, other] = [await place.hold('a'), await place.hold('b')];
    const { code, output } = await place.run(command, 'A@X.org');
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`^${verdict} +Person a +a@x.org +disable \\(was deleted`));

    const written = decision.parse(JSON.parse((await redis.hget(keys.decisions, chosen)) ?? 'null'));
    assert.deepEqual(
      { guarded: written.guarded, verdict: written.verdict, by: written.by },
      { guarded: 'digest-a', verdict, by: userInfo().username },
    );
    assert.ok(Math.abs(Date.now() - written.atMs) < 60_000);
    const tick = await redis.get(keys.clock);
    assert.equal(await redis.hget(keys.touched, chosen), tick);
    assert.equal(await redis.zscore(keys.toPlan, chosen), tick);
    assert.equal(await redis.get(keys.judgementInputs), tick);
    assert.deepEqual(await redis.zrange(keys.held, '0', '-1'), [other]);
    assert.deepEqual(await redis.zrange(keys.recentLeavers, '0', '-1'), [other]);
    assert.equal(await redis.hexists(keys.decisions, other), 0);
    const jobs = await redis.lrange(`${keys.queues}:people-to-plan:wait`, 0, -1);
    const bell = await redis.hget(`${keys.queues}:people-to-plan:${jobs[0]}`, 'data');
    assert.deepEqual(JSON.parse(bell ?? ''), { people: [chosen] });
  });
}

test('--all decides about everybody who is held, by JSON too', async () => {
  for (const digit of ['a', 'b', 'c']) await place.hold(digit);
  const { code, output } = await place.run('release', '--all', '--json');
  assert.equal(code, 0);
  const { people } = JSON.parse(output);
  assert.deepEqual(
    people.map(({ outcome }: { outcome: string }) => outcome),
    ['released', 'released', 'released'],
  );
  assert.equal(await place.store.redis.zcard(place.store.keys.held), 0);
});

test('somebody unknown is named, the others are done, and it exits with 1', async () => {
  const { redis, keys } = place.store;
  const person = await place.hold('a');
  const { code, output } = await place.run('reject', 'nobody@x.org', guidOf('a'));
  assert.equal(code, 1);
  assert.match(output, /unknown +nobody@x\.org .*see "connector held"/);
  assert.equal(await redis.hexists(keys.decisions, person), 1);
});

test('without names and without --all nothing happens, and it exits with 2', async () => {
  await place.hold('a');
  const { code, output } = await place.run('release');
  assert.equal(code, 2);
  assert.match(output, /say who to release, or --all/);
  assert.equal(await place.store.redis.zcard(place.store.keys.held), 1);
});

test('sync --no-wait asks for both readings and says which services are missing', async () => {
  const { redis, keys } = place.store;
  const { code, output } = await place.run('sync', '--full', '--no-wait');
  assert.equal(code, 0);
  assert.match(output, /Asked for a full read of corp/);
  assert.match(output, /problem: no watcher is running/);
  const { 'full-read': fullRead, accounts } = await redis.hgetall(keys.requests);
  assert.ok(fullRead);
  assert.equal(fullRead, accounts);
});

test('sync waits until all is read, planned and delivered, and tells what it has come to', async () => {
  const { redis, keys } = place.store;
  await startAll();
  await redis.zadd(keys.toPlan, 1, 'corp/x');
  await redis.hset(keys.links, 'corp/x', '{}');
  await using program = place.start('sync');
  await waitUntil('the progress', () => program.output.includes('reading corp, reading the accounts, planning 1'));
  await answerRequests();
  await waitUntil('the next phase', () => /^planning 1$/m.test(program.output));
  await redis.multi().zrem(keys.toPlan, 'corp/x').zadd(keys.toDeliver, Date.now(), 'corp/x').exec();
  await waitUntil('the delivery', () => /^delivering 1, time left unknown yet$/m.test(program.output));
  await redis.zrem(keys.toDeliver, 'corp/x');
  assert.equal(await program.ended, 0);
  assert.match(program.output, /Everything is in sync .*\n {2}delivered +nothing.*\n {2}people linked {2}1\n/);
});

test('sync does not wait for whom LastPass refuses, or who is postponed for long', async () => {
  const { redis, keys } = place.store;
  await startAll();
  const refused: SetAside = { name: 'R', reason: 'LastPass refuses: no', kind: 'refused', sinceMs: 1 };
  await redis.hset(keys.setAside, 'corp/r', JSON.stringify(refused));
  await redis.zadd(keys.toDeliver, Date.now() + 5_000, 'corp/r', Date.now() + 600_000, 'corp/later');
  await using program = place.start('sync', '--json');
  await waitUntil('the request', () => redis.hexists(keys.requests, 'accounts'));
  await answerRequests();
  assert.equal(await program.ended, 0, program.output);
  const { finished, summary } = JSON.parse(program.output);
  assert.deepEqual([finished, summary.setAside], [true, 1]);
});

test('sync tells a problem that comes and goes, and waits on', async () => {
  const { redis, keys } = place.store;
  await startAll();
  await using program = place.start('sync');
  await waitUntil('the request', () => redis.hexists(keys.requests, 'accounts'));
  await place.tellCondition('pusher', { ready: false, problems: ['LastPass refuses the credentials'] });
  await waitUntil('the problem', () => program.output.includes('problem: pusher: LastPass refuses the credentials'));
  await place.tellCondition('pusher');
  await waitUntil('its end', () => program.output.includes('solved: pusher: LastPass refuses the credentials'));
  await answerRequests();
  assert.equal(await program.ended, 0);
});

test('sync that runs out of time says what is outstanding, and exits with 1', async () => {
  await startAll();
  const { code, output } = await place.run('sync', '--timeout', '0.5');
  assert.equal(code, 1);
  assert.match(output, /Not finished within .* Outstanding: reading corp, reading the accounts\./);
  assert.match(output, /goes on by itself/);
});

test('Ctrl-C leaves a sync, which goes on by itself', async () => {
  await startAll();
  await using program = place.start('sync');
  await waitUntil('the progress', () => program.output.includes('reading corp'));
  program.signal('SIGINT');
  assert.equal(await program.ended, 1);
  assert.match(program.output, /goes on by itself/);
});

test('sync asks again when Redis has lost the request', async () => {
  const { redis, keys } = place.store;
  await startAll();
  await redis.hset(keys.requests, 'full-read', 'old', 'accounts', 'old');
  await using program = place.start('sync', '--full');
  await waitUntil('the request', async () => (await redis.hget(keys.requests, 'accounts')) !== 'old');
  const asked = await redis.hget(keys.requests, 'accounts');
  await redis.hset(keys.requests, 'full-read', 'old', 'accounts', 'old');
  await waitUntil('the request again', async () => (await redis.hget(keys.requests, 'accounts')) === asked);
  await answerRequests();
  assert.equal(await program.ended, 0);
});

test('a wrong key in the configuration is one clear line', async () => {
  await place.configure({ polcy: {} });
  const { code, output } = await place.run('status');
  assert.equal(code, 1);
  assert.match(output, /^connector: [^\n]*polcy: unknown key; did you mean policy\?$/);
});

test('a Redis that does not answer is one clear line, in JSON too', async () => {
  await place.configure({ redis: { url: 'redis://127.0.0.1:1' } });
  for (const command of [['status'], ['held'], ['release', '--all'], ['sync']]) {
    const { code, output } = await place.run(...command);
    assert.equal(code, 1);
    assert.match(
      output,
      /^connector: Redis at 127\.0\.0\.1:1 can't be reached \(ECONNREFUSED\): start it, or check redis\.url$/,
    );
  }
  const { code, output } = await place.run('status', '--json');
  assert.equal(code, 1);
  assert.equal(JSON.parse(output).error.code, 'REDIS_UNREACHABLE');
});

test('a Redis that would evict data is one clear line', async () => {
  const { redis } = place.store;
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  try {
    const { code, output } = await place.run('status');
    assert.equal(code, 1);
    assert.match(output, /^connector: Redis would evict data .*set maxmemory-policy to noeviction$/);
  } finally {
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
  }
});

test('a Redis that takes no writes is told as such, with what to do', async () => {
  await place.store.redis.config('SET', 'maxmemory', '1');
  try {
    const { code, output } = await place.run('pause');
    assert.equal(code, 1);
    assert.match(output, /^connector: Redis at 127\.0\.0\.1:\d+ has reached its maxmemory: raise it, or free memory; /);
  } finally {
    await place.store.redis.config('SET', 'maxmemory', '0');
  }
});

test('a Redis that refuses the password is one clear line that does not tell it', async () => {
  await using locked = await Workplace.create();
  await locked.store.redis.config('SET', 'requirepass', 'the-right-one');
  for (const redis of [{ url: locked.redis.url }, { url: locked.redis.url, password: 'wrong-secret' }]) {
    await locked.configure({ redis });
    const { code, output } = await locked.run('status');
    assert.equal(code, 1);
    assert.match(output, /^connector: Redis at 127\.0\.0\.1:\d+ refuses the password: check redis\.password$/);
  }
  await locked.store.redis.config('SET', 'requirepass', '');
});

test('a sync outlives a restart of Redis', async () => {
  const { redis, keys } = place.store;
  await startAll();
  await using program = place.start('sync');
  await waitUntil('the request', () => redis.hexists(keys.requests, 'accounts'));
  await place.redis.stop();
  await waitUntil('the outage', () => program.output.includes("can't be reached"));
  await place.redis.start();
  await waitUntil('its end', () => program.output.includes('solved: Redis at'));
  await waitUntil('Redis to answer', async () => (await redis.ping()) === 'PONG');
  await answerRequests();
  assert.equal(await program.ended, 0);
});
