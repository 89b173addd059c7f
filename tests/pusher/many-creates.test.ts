/** Many people to create: every pusher is at it, and LastPass isn't asked for all its accounts before each batch. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { personKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { accountsRead } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import { pageSize } from '@connector/sync/accounts/list-accounts.ts';
import { pauseDelivery, resumeDelivery } from '@connector/sync/requests/steering.ts';
import { creations } from '../faults/call-log.ts';
import { directoryId, type Run, Servers } from '../faults/pipeline.ts';
import { bases, directory, guidOf, person, surroundings } from '../faults/scenario.ts';
import { waitUntil } from '../support/wait-until.ts';

let servers: Servers;
before(async () => {
  servers = await Servers.create();
});
after(() => servers[Symbol.asyncDispose]());

const batchSize = 10;
const people = 80;
const numbers = Array.from({ length: people }, (_, index) => 1_000 + index);
const everybody = [...surroundings(), ...numbers.map((n) => person(n, `p${n}`))];

/** Everybody is planned, deliveries are paused, and the accounts were read. */
async function planned({ pushers }: { pushers: number }) {
  const run = await servers.run({
    directory,
    policy: { memberships: 'all', guard: { firstCreates: 10_000 } },
    lastpass: { batchSize, callsInFlight: 1 },
    tenant: {},
  });
  const { redis, keys } = run.store;
  await pauseDelivery(run.store, { by: 'test', atMs: Date.now() });
  const reconciler = await run.inside('reconciler');
  await Promise.all(Array.from({ length: pushers }, () => run.inside('pusher')));
  await waitUntil('the accounts to be read', async () => (await redis.exists(keys.accountsRead)) === 1);
  await run.appendFullRead(everybody, bases);
  await waitUntil('everybody to be planned', async () => (await redis.zcard(keys.toDeliver)) === people);
  return { run, reconciler, [Symbol.asyncDispose]: () => run[Symbol.asyncDispose]() };
}

async function assertAllCreatedOnce(run: Run) {
  const calls = await run.calls();
  assert.deepEqual(creations(calls), Object.fromEntries(numbers.map((n) => [`p${n}@company.test`, 1])));
  return calls;
}

test('whoever gets an account is planned once, and not again when the ids of the accounts are read', async () => {
  await using begun = await planned({ pushers: 1 });
  const { run } = begun;
  const { redis, keys } = run.store;
  const planning = () => redis.hgetall(keys.touched);
  const before = await planning();
  await resumeDelivery(run.store, { by: 'test', atMs: Date.now() });
  await run.quiet();
  const idsAreRead = async () => (await redis.hlen(keys.linkedIds)) === people;
  await waitUntil('the ids to be read', idsAreRead);
  await run.quiet();
  assert.deepEqual(await planning(), before);
  assert.deepEqual([await redis.hlen(keys.plans), await redis.hlen(keys.decisions)], [0, 0]);
});

test('whom the directory changes while their account is made is planned again', async () => {
  await using begun = await planned({ pushers: 1 });
  const { run } = begun;
  await run.simulator.settings({ latencyMs: 500 });
  await resumeDelivery(run.store, { by: 'test', atMs: Date.now() });
  const [first = assert.fail('nobody')] = numbers;
  const address = `p${first}@company.test`;
  const isUnderWay = async () =>
    (await run.calls()).some(({ cmd, data }) => cmd === 'batchadd' && JSON.stringify(data).includes(address));
  await waitUntil('their create to be under way', isUnderWay, { everyMs: 10 });
  const changes = [{ guid: guidOf(first), complete: false, displayName: 'Renamed' }];
  await run.append({ type: 'changes', caughtUp: true, changes });
  await run.simulator.settings({ latencyMs: 0 });
  await run.quiet();
  const { users } = await run.simulator.state();
  assert.equal(users.find(({ username }) => username === address)?.fullname, 'Renamed');
});

test('after a pause all pushers deliver, though it is one bell that rings for everybody', async () => {
  await using begun = await planned({ pushers: 3 });
  const { run } = begun;
  await run.simulator.settings({ latencyMs: 300 });
  await resumeDelivery(run.store, { by: 'test', atMs: Date.now() });
  await run.quiet();
  const creates = (await assertAllCreatedOnce(run)).filter(({ cmd }) => cmd === 'batchadd');
  const underWay = creates.map(
    ({ timeMs }) => creates.filter((other) => other.timeMs <= timeMs && timeMs < other.timeMs + 300).length,
  );
  assert.equal(Math.max(...underWay), 3, `calls under way when each began: ${underWay.join(' ')}`);
});

test('accounts that were read a while ago are listed once for all batches that follow each other', async () => {
  await using begun = await planned({ pushers: 1 });
  const { run } = begun;
  const { redis, keys } = run.store;
  const last = parseStored(accountsRead, keys.accountsRead, await redis.get(keys.accountsRead)).value;
  await redis.set(keys.accountsRead, JSON.stringify({ ...last, atMs: Date.now() - 60_000 }));
  const byHand = `p${numbers.at(-1)}@company.test`;
  await run.simulator.byHand('batchadd', [{ username: byHand, fullname: 'Made by hand' }]);
  const since = await run.simulator.lastCall();
  await resumeDelivery(run.store, { by: 'test', atMs: Date.now() });
  await run.quiet();
  const calls = await run.simulator.calls(since);
  const creates = calls.filter(({ cmd }) => cmd === 'batchadd');
  const before = calls.slice(0, calls.indexOf(creates.at(-1) ?? assert.fail('nobody was created')));
  const lists = before.filter(
    ({ cmd, data }) => cmd === 'getuserdata' && JSON.stringify(data).includes('"pageindex":0'),
  );
  assert.equal(lists.length, 1, JSON.stringify(before.map(({ cmd }) => cmd)));
  assert.ok(
    !JSON.stringify(creates.map(({ data }) => data)).includes(byHand),
    'an existing account went through batchadd',
  );
});

test('ids are read once, when all are planned: what is read before the last account is made has to be read again', async () => {
  await using begun = await planned({ pushers: 1 });
  const { run, reconciler } = begun;
  const { redis, keys } = run.store;
  await reconciler.stop();
  const stillToPlan = touch(keys, [personKey(directoryId, 'somebody')]);
  await run.store.commit({ guards: [], writes: stillToPlan });
  await resumeDelivery(run.store, { by: 'test', atMs: Date.now() });
  const isDelivered = async () =>
    (await redis.zcard(keys.toDeliver)) === 0 && (await redis.hlen(keys.links)) === people;
  await waitUntil('all to be delivered', isDelivered);
  const since = await run.simulator.lastCall();
  const looks = async () => Number(/^cmdstat_zcount:calls=(\d+)/m.exec(await redis.info('commandstats'))?.[1]);
  const before = await looks();
  await waitUntil('the pusher to look what is to be done a few times', async () => (await looks()) >= before + 6);
  assert.equal(await redis.hlen(keys.linkedIds), 0);
  await run.inside('reconciler');
  await waitUntil('the ids to be read', async () => (await redis.hlen(keys.linkedIds)) === people);
  const calls = await run.simulator.calls(since);
  assert.deepEqual(
    calls.map(({ data }) => data),
    [{ pagesize: pageSize, pageindex: 0 }],
  );
  await run.quiet();
});
