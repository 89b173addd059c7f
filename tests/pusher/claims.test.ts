/** Whose turn it is at LastPass, on a real Redis. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore, type Store } from '@connector/shared/store.ts';
import { type Batch, Claims } from '../../services/pusher/src/claims.ts';
import { planStands } from '../../services/pusher/src/last-look.ts';
import { putOff } from '../../services/pusher/src/put-off.ts';
import { Records } from '../../services/pusher/src/records.ts';
import { RedisServer } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const leaver = 'corp/leaver';
const joiners = ['corp/first', 'corp/second', 'corp/third'];

/** Three joiners have waited for long, a leaver has just come. */
async function claiming(): Promise<AsyncDisposable & { store: Store; claims: Claims; records: Records }> {
  const dir = await mkdtemp(join(tmpdir(), 'claims-'));
  const redis = await RedisServer.create({ dir: join(dir, 'redis'), settings: { appendfsync: 'no' } });
  const store = openStore({ target: { url: redis.url }, prefix: 'connector', name: 'test' });
  const claims = new Claims(store, 'pusher');
  await claims.giveSignOfLife();
  const nowMs = Date.now();
  for (const [index, joiner] of joiners.entries())
    await store.redis.zadd(store.keys.toDeliver, nowMs - 60_000 + index, joiner);
  await store.redis.zadd(store.keys.toDeliver, nowMs, leaver);
  await store.redis.zadd(store.keys.leavers, nowMs, leaver);
  return {
    store,
    claims,
    records: new Records({ store, claims, directories: [], onDelivered: () => undefined }),
    async [Symbol.asyncDispose]() {
      store.close();
      await redis[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const peopleOf = (batch: Batch | null): string[] => batch?.claimed.map(({ person }) => person) ?? [];

test('leavers are claimed before everybody who has waited longer, and by themselves: the calls of others may have to wait', async () => {
  await using its = await claiming();
  const first = await its.claims.take(2);
  assert.deepEqual([peopleOf(first), first?.ofLeavers], [[leaver], true]);
  const second = await its.claims.take(5);
  assert.deepEqual([peopleOf(second), second?.ofLeavers], [joiners, false]);
});

test('a leaver whose delivery was put off waits for that time, and then is first again', async () => {
  await using its = await claiming();
  const batch = (await its.claims.take(1)) ?? assert.fail('nobody was claimed');
  const untilMs = Date.now() + 1_000;
  await its.records.commit(batch, [{ person: leaver, username: 'l@x.org', claim: { kind: 'postpone', untilMs } }]);
  await its.claims.end(batch);
  assert.equal(await its.claims.take(1, { leaversOnly: true }), null);
  assert.deepEqual(peopleOf(await its.claims.take(1)), ['corp/first']);
  await waitUntil('the time to come', () => Date.now() >= untilMs);
  assert.deepEqual(peopleOf(await its.claims.take(2)), [leaver]);
  assert.deepEqual(peopleOf(await its.claims.take(2)), ['corp/second', 'corp/third']);
});

test('a leaver who is done with holds no place for later', async () => {
  await using its = await claiming();
  const batch = (await its.claims.take(1)) ?? assert.fail('nobody was claimed');
  await its.records.commit(batch, [{ person: leaver, username: 'l@x.org', claim: { kind: 'finish' } }]);
  await its.claims.end(batch);
  assert.equal(await its.store.redis.zcard(its.store.keys.leavers), 0);
});

test('whom a pusher has claimed is nobody else’s there either, before it has heard that it has', async () => {
  await using its = await claiming();
  const { store } = its;
  let second: Batch | null | undefined;
  const claims: Claims = new Claims(
    {
      ...store,
      commit: async (transaction) => {
        const outcome = await store.commit(transaction);
        if (second !== undefined) return outcome;
        second = null;
        await store.redis.zadd(store.keys.toDeliver, 'XX', 1, joiners[0] ?? ''); // as somebody else has read it right before
        await store.redis.del(store.keys.leavers);
        second = await claims.take(1);
        return outcome;
      },
    },
    'pusher',
  );
  await store.redis.del(store.keys.leavers);
  const first = await claims.take(1);
  assert.deepEqual(peopleOf(first), [joiners[0]]);
  assert.notDeepEqual(peopleOf(second ?? null), [joiners[0]]);
});

test('whoever finds somebody claimed by a pusher that is silent looks again when its time has run out, and not later', async () => {
  await using its = await claiming();
  const { redis, keys } = its.store;
  assert.deepEqual(peopleOf(await its.claims.take(1)), [leaver]);
  const leftMs = 1_200;
  await redis.pexpire(keys.alive('pusher'), leftMs);
  await redis.zadd(keys.leavers, Date.now(), leaver); // due again while the claim still holds
  const other = new Claims(its.store, 'other');
  assert.equal(await other.take(1, { leaversOnly: true }), null);
  const dueInMs = Number(await redis.zscore(keys.leavers, leaver)) - Date.now();
  assert.ok(dueInMs > 0 && dueInMs <= leftMs, `due again in ${dueInMs} ms`);
  await waitUntil('them to be due', async () => (await redis.zcount(keys.leavers, '-inf', Date.now())) > 0);
  assert.deepEqual(peopleOf(await other.take(1, { leaversOnly: true })), [leaver]);
});

test('a sign of life from before Redis’ clock went back keeps no claim for longer than any other', async () => {
  await using its = await claiming();
  const { redis, keys } = its.store;
  assert.deepEqual(peopleOf(await its.claims.take(1)), [leaver]);
  await redis.pexpire(keys.alive('pusher'), 3_600_000);
  await redis.zadd(keys.leavers, Date.now(), leaver);
  const other = new Claims(its.store, 'other');
  assert.equal(await other.take(1, { leaversOnly: true }), null);
  const next = await waitUntil('the claim to be free', () => other.take(1, { leaversOnly: true }), { withinMs: 8_000 });
  assert.deepEqual(next.claimed, [{ person: leaver, unsettled: true }]);
});

test('who has become a leaver meanwhile is due at once, whatever failed for them before; the others are put off', async () => {
  await using its = await claiming();
  const { redis, keys } = its.store;
  await its.claims.take(1); // the leaver
  const batch = (await its.claims.take(2)) ?? assert.fail('nobody was claimed');
  const [first = '', second = ''] = peopleOf(batch);
  for (const person of [first, second]) await redis.hset(keys.plans, person, 'a rename');
  await redis.hset(keys.plans, first, 'a disabling');
  await redis.zadd(keys.leavers, Date.now(), first);
  const untilMs = Date.now() + 900_000;
  const changes = [first, second].map((person) => ({
    ...{ person, username: person, misses: 1 },
    setAside: { name: person, reason: 'the rename is refused', kind: 'refused' as const, sinceMs: 1 },
    noted: [
      {
        ...{ atMs: 1, by: 'the connector', did: 'refused', of: { kind: 'person' as const, id: person, name: person } },
        ...{ source: null, was: null, is: null },
      },
    ],
    claim: { kind: 'postpone' as const, untilMs, isUnsettled: true },
  }));
  await putOff(its.records, batch, changes, ({ person }) => [planStands(keys, person, 'a rename')]);
  assert.deepEqual(await redis.hkeys(keys.setAside), [second]);
  const trail = JSON.stringify(await redis.xrange(keys.auditUnsealed, '-', '+'));
  for (const person of [first, second])
    assert.match(trail, new RegExp(person), 'what LastPass has answered stays on record');
  assert.deepEqual(await redis.zscore(keys.toDeliver, second), String(untilMs));
  const next = await its.claims.take(2);
  assert.deepEqual([next?.ofLeavers, next?.claimed], [true, [{ person: first, unsettled: true }]]);
});
