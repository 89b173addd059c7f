/** Batch size and rate follow what LastPass bears: on a real Redis with the real planner and pushers. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { creations, repeats } from '../faults/call-log.ts';
import { type LoggedCall, type Run, Servers } from '../faults/pipeline.ts';
import { bases, directory, guidOf, person, surroundings } from '../faults/scenario.ts';
import { addressOf as originOf, recovered } from '../faults/service-report.ts';
import { waitUntil } from '../support/wait-until.ts';

let servers: Servers;
before(async () => {
  servers = await Servers.create();
});
after(() => servers[Symbol.asyncDispose]());

const people = (count: number): number[] => Array.from({ length: count }, (_, index) => 1_000 + index);
const addressOf = (n: number): string => `p${n}@company.test`;
const everybody = (count: number) => [...surroundings(), ...people(count).map((n) => person(n, `p${n}`))];
const mayLeave = { firstCreates: 10_000, maxLeavers: 5_000, maxLeaversPercent: 100, maxLeaversHard: 5_000 };

interface Company {
  readonly lastpass?: object;
  readonly pushers?: number;
  readonly tenant?: object;
}

/** A run whose reconciler and pushers are at work. */
async function begin({ lastpass = {}, pushers = 1, tenant = {} }: Company = {}): Promise<Run> {
  const run = await servers.run({ directory, policy: { memberships: 'all', guard: mayLeave }, lastpass, tenant });
  await Promise.all([run.inside('reconciler'), ...Array.from({ length: pushers }, () => run.inside('pusher'))]);
  await waitUntil(
    'the accounts to be read',
    async () => (await run.store.redis.exists(run.store.keys.accountsRead)) === 1,
  );
  return run;
}

/** What is remembered of what LastPass bears; `null`: nothing, so it is what is configured. */
async function borne({ store: { redis, keys } }: Run) {
  const [calls, batch] = await redis.hmget(keys.callRate, 'callsPerSecond', 'batchSize');
  return { calls: calls == null ? null : Number(calls), batch: batch == null ? null : Number(batch) };
}

const sizeOf = ({ data }: LoggedCall): number => (Array.isArray(data) ? data.length : 1);
const of = (calls: readonly LoggedCall[], cmd: string) => calls.filter((call) => call.cmd === cmd);

/** Everybody was created, once, and nothing was sent again without a reason. */
async function assertAllOnce(run: Run, count: number): Promise<readonly LoggedCall[]> {
  const calls = await run.calls();
  assert.deepEqual(creations(calls), Object.fromEntries(people(count).map((n) => [addressOf(n), 1])));
  assert.deepEqual(repeats(calls), []);
  assert.equal((await run.simulator.state()).users.length, count);
  return calls;
}

describe('when LastPass is well', () => {
  test('a first sync takes no more calls than batches, pages of accounts, and five', async () => {
    await using run = await begin({ lastpass: { batchSize: 100 } });
    await run.appendFullRead(everybody(1_000), bases);
    await run.quiet();
    const calls = await assertAllOnce(run, 1_000);
    assert.ok(calls.length <= 10 + 1 + 5, `${calls.length} calls`);
    assert.deepEqual(await borne(run), { calls: null, batch: null });
  });
});

describe('a batch that is too large', () => {
  const overLargest = (largestBatch: number | null) =>
    servers.simulator.settings({ largestBatch, overLargestBatch: '413' });
  after(() => overLargest(null));

  test('is halved for all pushers until it passes, and grows again when larger ones are taken', async () => {
    await using run = await begin({ lastpass: { batchSize: 160 }, pushers: 2 });
    await overLargest(30);
    await run.appendFullRead(everybody(300), bases);
    await run.quiet({ withinMs: 60_000 });
    const calls = of(await assertAllOnce(run, 300), 'batchadd');
    const tooLarge = calls.filter(({ httpStatus }) => httpStatus === 413).map(sizeOf);
    // Four batches of each pusher were on their way at most when the first answer came; then 80, 40 and what is just above 30.
    assert.ok(tooLarge.filter((size) => size > 80).length <= 8, `${tooLarge}`);
    assert.ok(tooLarge.length <= 24, `${tooLarge}`);
    const { batch } = await borne(run);
    assert.ok(batch !== null && batch >= 10 && batch <= 34, `${batch} in a batch`);
    assert.equal(await run.store.redis.hget(run.store.keys.callRate, 'pausedUntil'), null, 'nobody paused for it');

    await overLargest(null);
    const more = Array.from({ length: 400 }, (_, index) => person(5_000 + index, `q${index}`));
    await run.append({ type: 'changes', caughtUp: true, changes: more });
    await run.quiet({ withinMs: 60_000 });
    const grown = (await borne(run)).batch ?? 0;
    assert.ok(grown > batch, `${grown} in a batch, after ${batch}`);
    const { users } = await run.simulator.state();
    assert.equal(users.length, 700);
    assert.deepEqual(repeats(await run.calls()), []);
  });

  test('is halved in place where nothing adapts, and the next one is as large', async () => {
    await using run = await begin({ lastpass: { batchSize: 160, adaptive: false, callsInFlight: 1 } });
    await overLargest(100);
    await run.appendFullRead(everybody(200), bases);
    await run.quiet({ withinMs: 60_000 });
    const calls = of(await assertAllOnce(run, 200), 'batchadd');
    assert.ok(calls.filter(({ httpStatus }) => httpStatus === 413).length >= 1);
    assert.deepEqual(await borne(run), { calls: null, batch: null });
  });
});

describe('trouble that a call has', () => {
  const troubles = [
    { fault: { kind: 'http-429' }, halves: ['calls'] },
    { fault: { kind: 'message' }, halves: ['calls', 'batch'] },
    { fault: { kind: 'hang' }, halves: ['calls', 'batch'] },
  ] as const;
  for (const { fault, halves } of troubles)
    test(`${fault.kind}: halves the ${halves.join(' and the ')}, once for all that were under way, and it grows back`, async () => {
      await using run = await begin({ lastpass: { batchSize: 10, callsPerSecond: 4, callsInFlight: 2 }, pushers: 2 });
      // What is under way side by side is struck together.
      await run.simulator.faults([
        { ...fault, cmd: 'batchadd', times: 3, latencyMs: fault.kind === 'hang' ? 0 : 1_000 },
      ]);
      await run.appendFullRead(everybody(30), bases);
      const halved = { calls: 2, batch: halves.some((each) => each === 'batch') ? 5 : null };
      await waitUntil(
        'it to be lowered, and to stay so while everybody pauses',
        async () => {
          const now = await borne(run);
          if (isDeepStrictEqual(now, halved)) return true;
          throw new Error(JSON.stringify(now));
        },
        { withinMs: 60_000 },
      );
      await run.quiet({ withinMs: 120_000 });
      await assertAllOnce(run, 30);
      const more = Array.from({ length: 60 }, (_, index) => person(5_000 + index, `q${index}`));
      await run.append({ type: 'changes', caughtUp: true, changes: more });
      await run.quiet({ withinMs: 120_000 });
      const grown = await borne(run);
      assert.ok((grown.calls ?? 0) > 2, `${grown.calls} calls a second`);
      assert.ok(grown.batch === null || grown.batch > 5, `${grown.batch} in a batch`);
      assert.deepEqual(repeats(await run.calls()), []);
    });

  test('changes nothing where nothing adapts, but that everybody pauses', async () => {
    await using run = await begin({ lastpass: { batchSize: 10, adaptive: false } });
    await run.simulator.faults([
      { kind: 'http-429', cmd: 'batchadd', times: 1 },
      { kind: 'message', cmd: 'batchadd', times: 1 },
    ]);
    await run.appendFullRead(everybody(30), bases);
    await run.quiet();
    await assertAllOnce(run, 30);
    assert.deepEqual(await borne(run), { calls: null, batch: null });
    assert.notEqual(await run.store.redis.hget(run.store.keys.callRate, 'pausedUntil'), null);
  });
});

test('the cap holds for all pushers together: the log of calls has no stretch with more', async () => {
  const names = people(60);
  const tenant = { users: names.map((n) => ({ username: addressOf(n), fullname: 'By hand' })) };
  const callsPerSecond = 10;
  await using run = await begin({ lastpass: { callsPerSecond }, pushers: 2, tenant });
  await run.appendFullRead(everybody(names.length), bases);
  await run.quiet({ withinMs: 60_000 });
  const calls = await run.calls();
  assert.equal(of(calls, 'updateuser').length, names.length, 'each is renamed by a call of its own');
  const times = calls.map(({ timeMs }) => timeMs).sort((one, other) => one - other);
  // A call takes a moment from its turn to LastPass, and not always the same: over some seconds that evens out.
  for (const seconds of [2, 3, 5])
    for (const [from, startMs] of times.entries()) {
      const within = times.slice(from).filter((time) => time < startMs + seconds * 1_000).length;
      assert.ok(within <= seconds * callsPerSecond, `${within} calls within ${seconds} s`);
    }
});

test('however little LastPass bears, a leaver waits for none of the others', async () => {
  const [leaver, renamed] = [1_000, 1_001];
  await using run = await begin();
  await run.appendFullRead(everybody(2), bases);
  await run.quiet();
  const { redis, keys } = run.store;
  const hourMs = 3_600_000;
  await redis.hset(keys.callRate, { callsPerSecond: 1, callsLoweredAt: Date.now(), 'due:borne': Date.now() + hourMs });
  await run.append({
    type: 'changes',
    caughtUp: true,
    changes: [
      { guid: guidOf(renamed), complete: false, displayName: 'Renamed' },
      { guid: guidOf(leaver), complete: false, userAccountControl: 514 },
    ],
  });
  const nameOf = async (n: number) =>
    (await run.simulator.state()).users.find(({ username }) => username === addressOf(n));
  await waitUntil('the leaver to be disabled', async () => (await nameOf(leaver))?.disabled);
  assert.equal((await nameOf(renamed))?.fullname, `Mx p${renamed}`);
  await redis.hdel(keys.callRate, 'due:borne');
  await run.quiet();
  assert.equal((await nameOf(renamed))?.fullname, 'Renamed');
});

test('a pusher tells Prometheus what is allowed', async () => {
  await using run = await servers.run({ directory, lastpass: { batchSize: 150, callsPerSecond: 12 } });
  const { redis, keys } = run.store;
  await redis.hset(keys.callRate, { callsPerSecond: 3.5, callsLoweredAt: 1, batchSize: 700, batchLoweredAt: 1 });
  const program = run.process('pusher');
  await recovered(program);
  const figures = await (await fetch(`${await originOf(program)}/metrics`)).text();
  assert.match(figures, /^connector_lastpass_allowed_calls_per_second 3\.5$/m);
  assert.match(figures, /^connector_lastpass_allowed_batch_size 150$/m, 'never more than is configured');
});
