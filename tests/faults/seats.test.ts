/** LastPass's licences run out: said once, tried sparingly, and everybody goes on once there are some. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noSeat } from '@connector/shared/no-seat.ts';
import { readAside, retryPerson } from '../../services/console/src/aside/aside-people.ts';
import { waitUntil } from '../support/wait-until.ts';
import { creations } from './call-log.ts';
import { directoryId, type Run, Servers } from './pipeline.ts';
import { bases, directory, guidOf, person, policy, surroundings } from './scenario.ts';

const newcomers = Array.from({ length: 120 }, (_, index) => 100 + index);
const free = 90;
const strangers = { users: [{ username: 'stranger@elsewhere.test', fullname: 'A Stranger' }] };

const creates = async (run: Run) => (await run.calls()).filter(({ cmd }) => cmd === 'batchadd');
const accounts = async (run: Run) => (await run.simulator.state()).users.length - strangers.users.length;
const told = (run: Run, what: RegExp) => run.output.split('\n').filter((line) => what.test(line)).length;

/** Lets the minute pass after which LastPass is asked again. Whoever waits stays in the order in which they do. */
async function aMinutePasses({ store: { redis, keys } }: Run): Promise<void> {
  const state = noSeat.parse(JSON.parse((await redis.get(keys.noSeat)) ?? '{}'));
  await redis.set(keys.noSeat, JSON.stringify({ ...state, tryAgainAtMs: 0 }));
  for (const person of await redis.zrange(keys.toDeliver, '0', '-1'))
    await redis.zincrby(keys.toDeliver, '-61000', person);
}

const resumed = {
  'within a minute by themselves': aMinutePasses,
  'at once by a person’s word': async (run: Run) => {
    for (const each of await readAside(run.store))
      assert.equal(await retryPerson(run.store, each, { directories: [directoryId], by: 'test' }), 'retried');
  },
};

describe('no seat left: said once, tried with one account a minute, and the others go on', { concurrency: 2 }, () => {
  for (const seatRefusal of ['names-users', 'names-nobody'] as const)
    for (const [how, resume] of Object.entries(resumed))
      test(`${seatRefusal}; with new seats all go on ${how}`, async () => {
        await using servers = await Servers.create();
        await using run = await servers.run({ directory, policy, tenant: strangers, lastpass: { batchSize: 50 } });
        const { redis, keys } = run.store;
        await run.simulator.settings({ seats: free + strangers.users.length, seatRefusal });
        await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
        await run.appendFullRead([...surroundings(), ...newcomers.map((n) => person(n, `p${n}`))], bases);
        await waitUntil('the seats to be taken', async () => (await redis.hlen(keys.setAside)) === 30);
        await run.rest();
        assert.equal(await accounts(run), free);
        const waiting = await readAside(run.store);
        assert.equal(waiting.length, newcomers.length - free);
        for (const { kind, reason, username } of waiting) {
          assert.equal(kind, 'no-seat');
          assert.match(reason, /^LastPass has no seat free, and says: No licenses available/);
          assert.match(username ?? '', /^p\d+@company\.test$/);
        }
        assert.equal(told(run, /LastPass has no seat left/), 1);
        const most = 3 + 2 * Math.ceil(Math.log2(50)) + 4;
        const first = (await creates(run)).length;
        assert.ok(first <= most + 4, `${first} calls to find that the seats are taken`);

        const created = (await run.simulator.state()).users.find(({ username }) => /^p\d+@/.test(username));
        const renamed = Number(/\d+/.exec(created?.username ?? '')?.[0]);
        await run.append({
          type: 'changes',
          caughtUp: true,
          changes: [{ guid: guidOf(renamed), complete: false, displayName: 'Renamed' }],
        });
        await waitUntil('others to go on', async () =>
          (await run.simulator.state()).users.some(({ fullname }) => fullname === 'Renamed'),
        );
        await aMinutePasses(run);
        await waitUntil('another try', async () => (await creates(run)).length > first);
        await run.rest();
        const tried = (await creates(run)).slice(first);
        assert.deepEqual(
          tried.map(({ data }) => (Array.isArray(data) ? data.length : 0)),
          [1],
        );
        assert.equal(told(run, /LastPass has no seat left/), 1);

        await run.simulator.settings({ seats: null });
        await resume(run);
        await waitUntil('everybody to have an account', async () => (await accounts(run)) === newcomers.length);
        await run.quiet();
        assert.equal(await redis.hlen(keys.setAside), 0);
        assert.equal(await redis.exists(keys.noSeat), 0);
        assert.equal(told(run, /LastPass has seats again/), 1);
        const twice = Object.entries(creations(await run.calls())).filter(([, count]) => count !== 1);
        assert.deepEqual(twice, []);
        const last = (await creates(run)).length - first;
        assert.ok(last <= 2 + waiting.length, `${last} calls`); // a person's word rings for one after the other
      });
});

describe('a refusal that is no want of seats', () => {
  test('of an address that holds the word sets its person aside, and nobody waits for a seat', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({ directory, policy });
    const { redis, keys } = run.store;
    const [mia, ann] = [11, 12];
    const mail = 'licenses@seat.test';
    await run.simulator.faults([{ kind: 'poison', cmd: 'batchadd', usernames: [mail], error: 'Not this one' }]);
    await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
    await run.appendFullRead([...surroundings(), person(mia, 'mia', { mail }), person(ann, 'ann')], bases);
    await waitUntil('the others to be created', async () => (await run.simulator.state()).users.length === 1);
    await waitUntil('one to be set aside', async () => (await redis.hlen(keys.setAside)) === 1);
    const [aside] = await readAside(run.store);
    assert.deepEqual([aside?.kind, aside?.username], ['refused', mail]);
    assert.equal(await redis.exists(keys.noSeat), 0);
    assert.equal(told(run, /LastPass has no seat left/), 0);
  });

  test('in words about licences, which strikes one person for good, lets each of the others be tried in turn', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({ directory, policy });
    const { redis, keys } = run.store;
    const people = [11, 12, 13];
    const addressOf = (n: number) => `p${n}@company.test`;
    const refuse = (...refused: number[]) =>
      run.simulator.faults(
        refused.map((n) => ({ kind: 'poison', cmd: 'batchadd', usernames: [addressOf(n)], error: 'No licence' })),
      );
    await refuse(...people);
    await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
    await run.appendFullRead([...surroundings(), ...people.map((n) => person(n, `p${n}`))], bases);
    await waitUntil('all to wait', async () => (await redis.hlen(keys.setAside)) === people.length);
    await run.rest();
    const before = (await creates(run)).length;
    for (let minute = 1; minute <= 2 * people.length; minute++) {
      await aMinutePasses(run);
      await waitUntil('another try', async () => (await creates(run)).length === before + minute);
      const isDueBefore = (ms: number) => redis.zcount(keys.toDeliver, '-inf', String(Date.now() + ms));
      await waitUntil('all to wait for the next minute', async () => (await isDueBefore(50_000)) === 0);
    }
    const tried = (await creates(run)).slice(before).flatMap(({ data }) => data as { username: string }[]);
    assert.deepEqual(
      tried.map(({ username }) => username),
      [...people, ...people].map(addressOf),
    );
    await refuse(people[0] ?? 0);
    for (let minute = 1; minute <= 2; minute++) {
      await waitUntil('a seat to be wanted', async () => (await redis.exists(keys.noSeat)) === 1);
      await aMinutePasses(run);
      await waitUntil('another try', async () => (await creates(run)).length > before + tried.length + minute - 1);
      await run.rest();
    }
    assert.deepEqual((await run.simulator.state()).users.map(({ username }) => username).sort(), [
      addressOf(12),
      addressOf(13),
    ]);
  });
});
