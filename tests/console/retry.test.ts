/** `connector aside`, `drift` and `retry` on a real Redis: whom a person's word tries again, and what it leaves alone. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { SetAside } from '@connector/shared/plan.ts';
import { noOwner } from '@connector/sync/accounts/account-changes.ts';
import { readAside, retryPerson } from '../../services/console/src/aside/aside-people.ts';
import { guidOf, Workplace } from './workplace.ts';

let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());
beforeEach(() => place.clear());

const mailOf = (digit: string) => `${digit}@x.org`;

/** Sets a linked person aside, with a delivery that failed and waits for long. @returns the person's key */
async function setAside(digit: string, kind: SetAside['kind'], changes: Partial<SetAside> = {}): Promise<string> {
  const { redis, keys } = place.store;
  const person = `corp/${guidOf(digit)}`;
  const aside: SetAside = { name: `Person ${digit}`, reason: 'why', kind, sinceMs: 1_700_000_000_000, ...changes };
  await redis.hset(keys.setAside, person, JSON.stringify(aside));
  const username = mailOf(digit);
  await redis.hset(keys.links, person, JSON.stringify({ username, id: digit, disabledByUs: false }));
  await redis.hset(keys.linked, username, person);
  await redis.hset(keys.attempts, person, '7');
  await redis.zadd(keys.toDeliver, later, person);
  return person;
}
const later = Date.now() + 3_600_000;

/** What a retry may change about a person. */
async function stateOf(person: string) {
  const { redis, keys } = place.store;
  const [link, aside, attempts, toPlan, due] = await Promise.all([
    redis.hexists(keys.links, person),
    redis.hexists(keys.setAside, person),
    redis.hexists(keys.attempts, person),
    redis.zscore(keys.toPlan, person),
    redis.zscore(keys.toDeliver, person),
  ]);
  const isDue = due !== null && Number(due) <= Date.now();
  return { link: link === 1, aside: aside === 1, attempts: attempts === 1, toPlan: toPlan !== null, isDue };
}
const untouched = { link: true, aside: true, attempts: true, toPlan: false, isDue: false };

test('whom LastPass refused is planned anew and due at once, by name, and nobody else is', async () => {
  const [ann, bob] = [await setAside('a', 'refused'), await setAside('b', 'refused')];
  const { code, output } = await place.run('retry', 'A@X.org');
  assert.equal(code, 0, output);
  assert.match(output, /^retried +Person a +a@x\.org +is planned again now$/);
  assert.deepEqual(await stateOf(ann), { link: true, aside: true, attempts: false, toPlan: true, isDue: true });
  assert.deepEqual(await stateOf(bob), untouched);
  const { redis, keys } = place.store;
  const [job] = await redis.lrange(`${keys.queues}:people-to-plan:wait`, 0, -1);
  const bell = await redis.hget(`${keys.queues}:people-to-plan:${job}`, 'data');
  assert.deepEqual(JSON.parse(bell ?? ''), { people: [ann] }, 'the planners are rung for');
});

test('somebody to whom something of unknown effect was sent is retried while nobody is at it, and asked about first', async () => {
  const { redis, keys } = place.store;
  const [free, busy] = [await setAside('a', 'refused'), await setAside('b', 'refused')];
  await redis.hset(keys.claims, free, noOwner, busy, 'pusher#1');
  const { code, output } = await place.run('retry', 'a@x.org', 'b@x.org');
  assert.equal(code, 1, output);
  assert.match(output, /^retried +Person a/m);
  assert.match(output, /^changed +Person b .*being delivered: look again$/m);
  assert.equal((await stateOf(free)).isDue, true);
  assert.equal(await redis.hget(keys.claims, free), noOwner, 'whoever claims them next asks LastPass');
});

test('somebody who has nothing to deliver gets nothing to deliver by a retry', async () => {
  const person = await setAside('a', 'data');
  await place.store.redis.zrem(place.store.keys.toDeliver, person);
  assert.equal((await place.run('retry', person)).code, 0);
  assert.equal(await place.store.redis.zscore(place.store.keys.toDeliver, person), null);
});

test('by name on drift it ends exactly that link, and the other drifted, set-aside and linked people keep theirs', async () => {
  const { redis, keys } = place.store;
  const [ann, bob, eve] = [await setAside('a', 'drift'), await setAside('b', 'drift'), await setAside('e', 'refused')];
  const { code, output } = await place.run('retry', mailOf('a'));
  assert.equal(code, 0, output);
  assert.match(output, /^retried +Person a .*the link to the deleted account has ended: policy onDetected decides$/);
  assert.deepEqual(await stateOf(ann), { link: false, aside: false, attempts: false, toPlan: true, isDue: true });
  for (const other of [bob, eve]) assert.deepEqual(await stateOf(other), untouched);
  assert.deepEqual(await redis.hgetall(keys.linked), { [mailOf('b')]: bob, [mailOf('e')]: eve });
});

test('a user name that has passed to somebody else stays theirs when the old link ends', async () => {
  const { redis, keys } = place.store;
  await setAside('a', 'drift');
  await redis.hset(keys.linked, mailOf('a'), 'corp/another');
  assert.equal((await place.run('retry', mailOf('a'))).code, 0);
  assert.deepEqual(await redis.hgetall(keys.linked), { [mailOf('a')]: 'corp/another' });
});

test('--all takes the set aside and leaves drift, --all-drift takes drift and leaves the set aside', async () => {
  const [data, refused, drift] = [
    await setAside('a', 'data'),
    await setAside('b', 'refused'),
    await setAside('e', 'drift'),
  ];
  const retried = async (flag: string) => {
    const { people } = JSON.parse((await place.run('retry', flag, '--json')).output);
    return people.map(({ person }: { person: string }) => person).sort();
  };
  assert.deepEqual(await retried('--all'), [data, refused].sort());
  assert.deepEqual(await stateOf(drift), untouched);
  assert.deepEqual(await retried('--all-drift'), [drift]);
  assert.equal((await stateOf(data)).link, true);
});

test('somebody unknown is named, the others are done, and it exits with 1', async () => {
  const person = await setAside('a', 'refused');
  const { code, output } = await place.run('retry', 'nobody@x.org', guidOf('a'));
  assert.equal(code, 1);
  assert.match(output, /unknown +nobody@x\.org .*see "connector aside" and "connector drift"/);
  assert.equal((await stateOf(person)).toPlan, true);
});

test('somebody whom a pusher is delivering right now is left to it, told as changed, and it exits with 1', async () => {
  const person = await setAside('a', 'drift');
  await place.store.redis.hset(place.store.keys.claims, person, 'pusher-1');
  const { code, output } = await place.run('retry', mailOf('a'), '--json');
  assert.equal(code, 1);
  assert.equal(JSON.parse(output).people[0].outcome, 'changed');
  assert.deepEqual(await stateOf(person), untouched);
});

for (const { what, meanwhile } of [
  { what: 'set aside for something else', meanwhile: () => setAside('a', 'data') },
  {
    what: 'not set aside any more',
    meanwhile: () => place.store.redis.hdel(place.store.keys.setAside, `corp/${guidOf('a')}`),
  },
]) {
  test(`somebody who is ${what} since they were shown keeps the link`, async () => {
    const person = await setAside('a', 'drift');
    const [shown] = await readAside(place.store);
    assert.ok(shown);
    await meanwhile();
    assert.equal(await retryPerson(place.store, shown, { directories: ['corp'], by: 'test' }), 'changed');
    assert.equal((await stateOf(person)).link, true);
    assert.equal((await stateOf(person)).toPlan, false);
  });
}

test('of two who retry the same person at once, one ends the link and the other is told that it changed', async () => {
  await setAside('a', 'drift');
  const [shown] = await readAside(place.store);
  assert.ok(shown);
  const outcomes = await Promise.all([
    retryPerson(place.store, shown, { directories: ['corp'], by: 'test' }),
    retryPerson(place.store, shown, { directories: ['corp'], by: 'test' }),
  ]);
  assert.deepEqual(outcomes.sort(), ['changed', 'retried']);
});

test('aside lists those in whose way something stands, longest first, without those deleted by hand, whom drift lists', async () => {
  await setAside('b', 'refused', { sinceMs: 1_700_000_000_001 });
  const ann = await setAside('a', 'data');
  await setAside('e', 'drift');
  const { aside } = JSON.parse((await place.run('aside', '--json')).output);
  assert.deepEqual(
    aside.map(({ username, kind }: Record<string, string>) => [username, kind]),
    [
      [mailOf('a'), 'data'],
      [mailOf('b'), 'refused'],
    ],
  );
  assert.equal(aside[0].person, ann);
  const { drift } = JSON.parse((await place.run('drift', '--json')).output);
  assert.deepEqual(
    drift.map(({ username, kind, since }: Record<string, string>) => [username, kind, since]),
    [[mailOf('e'), 'deleted', '2023-11-14T22:13:20.000Z']],
  );
});
