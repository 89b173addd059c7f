/**
 * Several pushers side by side, one call in flight each, at a LastPass that takes its time over each call; and whether all of them together keep
 * to the rate that is configured.
 */
import { pauseDelivery, resumeDelivery } from '@connector/sync/requests/steering.ts';
import { addressOf } from '../../faults/service-report.ts';
import type { SimulatedCall } from '../../support/simulator.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { departmentOu, peopleInDepartment } from '../company.ts';
import type { Figure } from '../figure.ts';
import { accountsAreRead, emptyStack } from '../first-sync.ts';
import { type Measurement, type Run, reading } from '../measurement.ts';

const departments = 2;
const people = departments * peopleInDepartment;
const latencyMs = 200;
const batchSize = 50;
const withinMs = 5 * 60_000;
/** No limit for four pushers at this latency. */
const unlimited = 1_000;
/** Calls in any second, where there is one. */
const cap = 10;

const throughput = (pushers: number, atLeast: number): Figure => ({
  what: `${pushers} pushers: throughput, of one`,
  unit: '×',
  target: { of: 'value', atLeast },
});
const one: Figure = { what: '1 pusher: accounts a second', unit: 'people' };
const two = throughput(2, 1.9);
const four = throughput(4, 3.7);
const capped: Figure = {
  what: `4 pushers, ${cap} calls a second: most in any second`,
  unit: 'calls',
  target: { of: 'value', atMost: cap },
};

/** Has so many accounts created by so many pushers, from the moment when all are planned. @returns the calls that did it */
async function deliver(run: Run, { pushers, callsPerSecond }: { pushers: number; callsPerSecond: number }) {
  await using stack = await emptyStack({
    content: { snapshot: run.snapshot },
    bases: (base) => ({ userBases: Array.from({ length: departments }, (_, index) => departmentOu(index, base)) }),
    lastpass: { batchSize, callsPerSecond, callsInFlight: 1, adaptive: false },
  });
  const { store, simulator } = stack;
  const { redis, keys } = store;
  await pauseDelivery(store, { by: 'bench', atMs: Date.now() });
  const started = Array.from({ length: pushers }, (_, index) => stack.start('pusher', { replica: String(index) }));
  await Promise.all(started.map(addressOf));
  stack.start('reconciler');
  stack.start('watcher');
  const isPlanned = async () => (await redis.zcard(keys.toDeliver)) === people;
  await waitUntil('everybody to be planned', isPlanned, { withinMs, everyMs: 100 });
  await redis.hset(keys.requests, 'accounts', 'bench'); // they are known afresh when the creates begin
  await waitUntil('the accounts to be read', () => accountsAreRead(stack));
  await simulator.settings({ latencyMs });
  const since = await simulator.lastCall();
  await resumeDelivery(store, { by: 'test', atMs: Date.now() });
  const hasAll = async () => (await redis.hlen(keys.links)) === people;
  await waitUntil('everybody to have an account', hasAll, { withinMs, everyMs: 100 });
  return await simulator.calls(since);
}

/** Accounts a second, from the first create's arrival to the last one's answer. */
function speedOf(calls: readonly SimulatedCall[]): number {
  const creates = calls.filter(({ cmd }) => cmd === 'batchadd');
  const fromMs = Math.min(...creates.map(({ timeMs }) => timeMs));
  const toMs = Math.max(...creates.map(({ timeMs, durationMs }) => timeMs + (durationMs ?? 0)));
  return (1_000 * people) / (toMs - fromMs);
}

/** The most calls that arrived within a second, wherever that begins. */
export function mostInASecond(calls: readonly Pick<SimulatedCall, 'timeMs'>[]): number {
  const times = calls.map(({ timeMs }) => timeMs).sort((a, b) => a - b);
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + 1_000).length));
}

export const pushers: Measurement = {
  name: 'pushers',
  async measure(run) {
    await run.end();
    const speeds = new Map<number, number>();
    for (const count of [1, 2, 4]) {
      run.say(`${count} of them`);
      speeds.set(count, speedOf(await deliver(run, { pushers: count, callsPerSecond: unlimited })));
    }
    run.say(`4 of them, and ${cap} calls a second`);
    const limited = await deliver(run, { pushers: 4, callsPerSecond: cap });
    const alone = speeds.get(1) ?? 0;
    return [
      reading(one, alone),
      reading(two, (speeds.get(2) ?? 0) / alone),
      reading(four, (speeds.get(4) ?? 0) / alone),
      reading(capped, mostInASecond(limited)),
    ];
  },
};
