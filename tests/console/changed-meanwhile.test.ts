/** A decision is about exactly what was read: whatever changed since keeps it from being taken. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { decideAll } from '../../services/console/src/held/decide.ts';
import { readHeld } from '../../services/console/src/held/held-people.ts';
import { Workplace } from './workplace.ts';

let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());
beforeEach(() => place.clear());

const decider = { verdict: 'released', by: 'tester', atMs: 5 } as const;

test('a plan that changed and is held again is left alone; the others are released', async () => {
  const { store } = place;
  const [changed, same] = [await place.hold('a'), await place.hold('b')];
  const shown = await readHeld(store);
  await place.hold('a', { guarded: 'another', steps: [{ kind: 'delete', because: 'was deleted' }] });
  const decided = await decideAll(store, shown, decider);
  assert.deepEqual(
    new Map(decided.map(({ held, outcome }) => [held.person, outcome])),
    new Map([
      [changed, 'held again'],
      [same, 'released'],
    ]),
  );
  assert.equal(await store.redis.hexists(store.keys.decisions, changed), 0);
  assert.equal(await store.redis.zscore(store.keys.toPlan, changed), null);
  assert.notEqual(await store.redis.zscore(store.keys.held, changed), null);
});

test('somebody whose plan is the same to the letter but was held anew must be looked at again', async () => {
  const { store } = place;
  const person = await place.hold('a');
  const shown = await readHeld(store);
  await store.redis.zadd(store.keys.held, 1_700_000_000_001, person);
  assert.deepEqual((await decideAll(store, shown, decider))[0]?.outcome, 'held again');
});

test('somebody who came back, or about whom another person has decided, is not held any more', async () => {
  const { store } = place;
  const person = await place.hold('a');
  const shown = await readHeld(store);
  await decideAll(store, shown, { ...decider, verdict: 'rejected' });
  assert.deepEqual((await decideAll(store, shown, decider))[0]?.outcome, 'no longer held');
  assert.match((await store.redis.hget(store.keys.decisions, person)) ?? '', /"rejected"/);
});

test('more people than one round takes are all decided about', async () => {
  const { store } = place;
  await place.hold('a');
  const [one] = await readHeld(store);
  assert.ok(one);
  const many = Array.from({ length: 250 }, (_, index) => ({ ...one, person: `corp/${index}` }));
  for (const { person, read } of many) {
    await store.redis.hset(store.keys.plans, person, read.plan);
    await store.redis.zadd(store.keys.held, read.score, person);
  }
  const decided = await decideAll(store, many, decider);
  assert.equal(decided.filter(({ outcome }) => outcome === 'released').length, 250);
  assert.equal(await store.redis.hlen(store.keys.decisions), 250);
});
