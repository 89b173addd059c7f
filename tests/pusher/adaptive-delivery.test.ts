/** Batch size and rate follow what LastPass bears: on a real Redis with the real planner and pushers. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { every } from '@connector/shared/every.ts';
import { readTimeLeftMs } from '@connector/sync/requests/pace.ts';
import { callTimeoutMs } from '../../services/pusher/src/settling.ts';
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
const joiners = (count: number, from: number) =>
  Array.from({ length: count }, (_, index) => person(from + index, `q${from + index}`));
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
  if (pushers === 0) return run;
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
    await run.quiet({ withinMs: 90_000 });
    const calls = await assertAllOnce(run, 1_000);
    assert.ok(calls.length <= 10 + 1 + 5, `${calls.length} calls`);
    assert.deepEqual(await borne(run), { calls: null, batch: null });
  });
});

test('pushers note what they have delivered, which tells how long the rest takes', async () => {
  await using run = await begin({ lastpass: { batchSize: 20 }, pushers: 2 });
  assert.equal(await readTimeLeftMs(run.store, 100, Date.now()), null, 'unknown yet');
  const fromMs = Date.now();
  await run.appendFullRead(everybody(100), bases);
  await run.quiet();
  const { redis, keys } = run.store;
  const noted = (await redis.zrange(keys.pace, '0', '-1')).map((member) => Number(member.split(':').at(-2)));
  assert.equal(
    noted.reduce((sum, people) => sum + people, 0),
    100,
  );
  const nowMs = Date.now();
  const leftMs = (await readTimeLeftMs(run.store, 100, nowMs)) ?? 0;
  assert.ok(leftMs > 0 && leftMs <= nowMs - fromMs, `${leftMs} ms for as many again, after ${nowMs - fromMs}`);
  await redis.hset(keys.callRate, 'pausedUntil', nowMs + 60_000);
  assert.equal(await readTimeLeftMs(run.store, 100, nowMs), leftMs + 60_000, 'a pause comes first');
});

describe('a batch that is too large', () => {
  const overLargest = (largestBatch: number | null) =>
    servers.simulator.settings({ largestBatch, overLargestBatch: '413' });
  after(() => overLargest(null));

  test('is halved for all pushers until it passes, and grows again when larger ones are taken', async () => {
    await using run = await begin({ lastpass: { batchSize: 160 }, pushers: 0 });
    const [first, second] = await Promise.all([run.inside('pusher'), run.inside('pusher')]);
    await overLargest(30);
    await run.appendFullRead(everybody(300), bases);
    await run.quiet({ withinMs: 60_000 });
    const calls = of(await assertAllOnce(run, 300), 'batchadd');
    const tooLarge = calls.filter(({ httpStatus }) => httpStatus === 413).map(sizeOf);
    // Four batches of each pusher were on their way at most when the first answer came; then 80, 40 and what is just above 30.
    assert.ok(tooLarge.filter((size) => size > 80).length <= 8, `${tooLarge}`);
    assert.ok(tooLarge.length <= 24, `${tooLarge}`);
    const { batch } = await borne(run);
    assert.ok(batch !== null && batch >= 10 && batch <= 44, `${batch} in a batch`);
    assert.equal(await run.store.redis.hget(run.store.keys.callRate, 'pausedUntil'), null, 'nobody paused for it');

    await Promise.all([first.stop(), second.stop()]);
    await run.inside('pusher');
    const before = (await run.calls()).length;
    await run.append({ type: 'changes', caughtUp: true, changes: joiners(100, 3_000) });
    await run.quiet({ withinMs: 60_000 });
    const sizes = of((await run.calls()).slice(before), 'batchadd').map(sizeOf);
    assert.ok(Math.max(...sizes) <= 44, `another pusher goes on with what they found: ${sizes}`);

    await overLargest(null);
    const atLast = (await borne(run)).batch ?? 0;
    await run.append({ type: 'changes', caughtUp: true, changes: joiners(400, 5_000) });
    await run.quiet({ withinMs: 60_000 });
    const grown = (await borne(run)).batch ?? 0;
    assert.ok(grown > atLast, `${grown} in a batch, after ${atLast}`);
    const { users } = await run.simulator.state();
    assert.equal(users.length, 800);
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

/** Of calls that took so long: how many begin when none of the others is under way. */
function sideBySide(calls: readonly LoggedCall[], { tookMs }: { tookMs: number }): number {
  let untilMs = 0;
  return calls.filter(({ timeMs }) => {
    if (timeMs <= untilMs) return false;
    untilMs = timeMs + tookMs;
    return true;
  }).length;
}

describe('trouble that a call has', () => {
  const troubles = [
    { fault: { kind: 'http-429' }, halves: ['calls'] },
    { fault: { kind: 'message' }, halves: ['calls', 'batch'] },
    { fault: { kind: 'hang' }, halves: ['calls', 'batch'] },
  ] as const;
  for (const { fault, halves } of troubles)
    test(`${fault.kind}: halves the ${halves.join(' and the ')}, once for all that were under way, and it grows back`, async () => {
      await using run = await begin({ lastpass: { batchSize: 10, callsPerSecond: 20, callsInFlight: 2 }, pushers: 2 });
      // What is under way side by side is struck together.
      const tookMs = fault.kind === 'hang' ? callTimeoutMs : 3_000;
      const latencyMs = fault.kind === 'hang' ? 0 : tookMs;
      await run.simulator.faults([{ ...fault, cmd: 'batchadd', times: 3, latencyMs }]);
      await run.appendFullRead(everybody(30), bases);
      const halved = { calls: 10, batch: halves.some((each) => each === 'batch') ? 5 : null };
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
      const struck = (await assertAllOnce(run, 30)).filter((call) => call.fault === fault.kind);
      assert.equal(struck.length, 3);
      const together = sideBySide(struck, { tookMs });
      assert.ok(together < 3, 'none were under way side by side: this proves nothing');
      const { calls } = await borne(run);
      assert.ok(calls !== null && calls >= 20 / 2 ** together, `${calls} calls a second, halved ${together} times`);
      await run.append({ type: 'changes', caughtUp: true, changes: joiners(60, 5_000) });
      await run.quiet({ withinMs: 120_000 });
      const grown = await borne(run);
      assert.ok((grown.calls ?? 0) > calls, `${grown.calls} calls a second, after ${calls}`);
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

test('however little LastPass bears, and however many wait for that, a leaver waits for none of them', async () => {
  const [leaver = 0, ...renamed] = people(7);
  await using run = await begin({ lastpass: { batchSize: 1, callsInFlight: 2 } });
  await run.appendFullRead(everybody(7), bases);
  await run.quiet();
  const { redis, keys } = run.store;
  const allBorneIsTaken = async () => {
    const nowMs = Date.now();
    await redis.hset(keys.callRate, { callsPerSecond: 1, callsLoweredAt: nowMs, 'due:borne': nowMs + 1_250 });
  };
  const over = new AbortController();
  await allBorneIsTaken();
  const taking = every({ pauseMs: 100, signal: over.signal, onError: () => undefined }, allBorneIsTaken);
  const renames = renamed.map((n) => ({ guid: guidOf(n), complete: false, displayName: 'Renamed' }));
  await run.append({ type: 'changes', caughtUp: true, changes: renames });
  await waitUntil('all batches to wait for their turn', async () => (await redis.hlen(keys.claims)) === 3);
  const leaves = { guid: guidOf(leaver), complete: false, userAccountControl: 514 };
  await run.append({ type: 'changes', caughtUp: true, changes: [leaves] });
  const userOf = async (n: number) =>
    (await run.simulator.state()).users.find(({ username }) => username === addressOf(n));
  await waitUntil('the leaver to be disabled', async () => (await userOf(leaver))?.disabled);
  for (const n of renamed) assert.equal((await userOf(n))?.fullname, `Mx p${n}`);
  over.abort();
  await taking;
  await run.quiet({ withinMs: 60_000 });
  for (const n of renamed) assert.equal((await userOf(n))?.fullname, 'Renamed');
});

test('the console tells Prometheus what is allowed, of all pushers together', async () => {
  await using run = await servers.run({ directory, lastpass: { batchSize: 150, callsPerSecond: 12 } });
  const { redis, keys } = run.store;
  const hence = Date.now() + 3_600_000; // so that none of the calls that it begins with allows a little more
  await redis.hset(keys.callRate, {
    callsPerSecond: 3.5,
    callsLoweredAt: hence,
    batchSize: 700,
    batchLoweredAt: hence,
  });
  const program = run.process('console');
  await recovered(program);
  const figures = await (await fetch(`${await originOf(program)}/metrics`)).text();
  assert.match(figures, /^connector_lastpass_allowed_calls_per_second 3\.5$/m);
  assert.match(figures, /^connector_lastpass_allowed_batch_size 150$/m, 'never more than is configured');
});
