/** LastPass itself fails: every fault that the simulator knows, and what else LastPass may do to its customers. */
import type { Random } from '../acceptance/random.ts';
import type { FaultKind } from './fault.ts';

const commands = ['batchadd', 'updateuser', 'updateemail', 'disableuser', 'enableuser', 'deluser', 'batchchangegrp'];

/** All calls, those of one command, or all that change something. */
const someCalls = (random: Random): object =>
  random.weighted<object>([
    [3, {}],
    [3, { cmd: random.pick(commands) }],
    [3, { cmd: commands }],
  ]);

const phase = (random: Random): object => ({ phase: random.pick(['before', 'after']) });
const perhaps = (random: Random): object => ({ probability: random.pick([1, 0.5, 0.2]) });

interface Kind {
  readonly kind: string;
  readonly weight?: number;
  readonly details?: (random: Random) => object;
}

const kinds: readonly Kind[] = [
  {
    kind: 'latency',
    weight: 4,
    details: (random) => ({ ...phase(random), latencyMs: 100 + random.below(2_500) }),
  },
  { kind: 'http-429', details: (random) => ({ retryAfterSeconds: random.below(3) }) },
  { kind: 'http-403' },
  { kind: 'http-413' },
  { kind: 'http-500', weight: 3, details: (random) => ({ ...phase(random), status: random.pick([500, 502, 503]) }) },
  { kind: 'html-page', details: phase },
  {
    kind: 'cut-body',
    weight: 2,
    details: (random) => ({ ...phase(random), ends: random.pick(['cleanly', 'abruptly']) }),
  },
  { kind: 'reset', weight: 3, details: phase },
  { kind: 'hang', weight: 3, details: phase },
  { kind: 'message' },
  { kind: 'fail', details: () => ({ error: 'Not now' }) },
];

const simulated = ({ kind, weight = 2, details = () => ({}) }: Kind): FaultKind => ({
  name: `LastPass: ${kind}`,
  weight,
  lastsMs: [300, 4_000],
  begin: async ({ simulatorFaults }, random) => {
    const fault = { kind, ...someCalls(random), ...perhaps(random), ...details(random) };
    return { struck: JSON.stringify(fault), end: await simulatorFaults.begin(fault) };
  },
});

const poison: FaultKind = {
  name: 'LastPass: poison',
  weight: 2,
  lastsMs: [1_000, 5_000],
  begin: async ({ simulatorFaults, oracle }, random) => {
    const usernames = [...oracle.tenant.accounts].map(({ username }) => username).filter(() => random.chance(0.1));
    const fault = { kind: 'poison', usernames: ['nobody@example.test', ...usernames] };
    return { struck: JSON.stringify(fault), end: await simulatorFaults.begin(fault) };
  },
};

/**
 * Whoever asked hears nothing, and asks again before LastPass has begun with what it was asked for. Not of changes of mail: which one was
 * the last is told by nothing that LastPass lists, so nobody could put it right.
 */
const late: FaultKind = {
  name: 'LastPass: what had no answer is carried out late',
  weight: 5,
  lastsMs: [1_000, 3_000],
  begin: async ({ simulatorFaults, wires }, random) => {
    const cmd = commands.filter((each) => each !== 'updateemail');
    const fault = { kind: 'latency', cmd, phase: 'before', latencyMs: 4_000 + random.below(5_000) };
    const end = await simulatorFaults.begin(fault);
    return {
      struck: JSON.stringify(fault),
      end: async () => {
        wires.lastpass.breakConnections();
        await end();
      },
    };
  },
};

/** A setting of LastPass that is another one for a while; only one fault at a time has it. */
const setting = (
  name: string,
  { during, after, weight }: { during: object; after: object; weight: number },
): FaultKind => ({
  name: `LastPass: ${name}`,
  weight,
  lastsMs: [300, 3_000],
  begin: async ({ stack, taken }) => {
    if (!taken.take(name)) return null;
    await stack.simulator.settings(during);
    return {
      struck: JSON.stringify(during),
      end: async () => {
        await stack.simulator.settings(after);
        taken.giveBack(name);
      },
    };
  },
});
const provhash = '5eed'.repeat(16);

export const lastPassFaults: readonly FaultKind[] = [
  ...kinds.map(simulated),
  poison,
  late,
  setting('the provhash is another one', { during: { provhash: 'f'.repeat(64) }, after: { provhash }, weight: 3 }),
  setting('no seat is left', { during: { seats: 1 }, after: { seats: null }, weight: 2 }),
  setting('batches are too large', {
    during: { largestBatch: 1, overLargestBatch: '413' },
    after: { largestBatch: null, overLargestBatch: 'message' },
    weight: 2,
  }),
];
