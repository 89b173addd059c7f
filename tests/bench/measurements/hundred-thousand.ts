/**
 * Ten times as many people, more than Samba holds: what one more costs, and what all of them take in memory. Their directory is generated
 * (`tests/support/generated`), and so is that of the 10,000 beside them: it answers faster than Samba.
 */
import { LoopbackProcess } from '../../support/generated/loopback-process.ts';
import { loopbackPassword } from '../../support/generated/loopback-server.ts';
import { type ServiceName, serviceNames } from '../../support/stack.ts';
import type { Figure, Reading } from '../figure.ts';
import { emptyStack, type FirstSync, syncFirst } from '../first-sync.ts';
import { type Measurement, megabytes, reading } from '../measurement.ts';
import { idleMemory } from '../yardsticks/idle.ts';

const few = 10_000;
const many = 100_000;

const whole: Figure = { what: '100,000 people: first sync', unit: 'ms' };
const time: Figure = { what: '100,000 people: time for each', unit: 'ms', target: { of: 'ratio', atMost: 1.3 } };
const calls: Figure = { what: '100,000 people: calls', unit: 'calls' };
const redis: Figure = { what: '100,000 people: Redis, for each', unit: 'bytes' };
const memory = (service: ServiceName): Figure => ({
  what: `100,000 people: peak memory above idle, ${service}`,
  unit: 'MB',
  target: { of: 'ratio', atMost: 1.2 },
});

interface Generated {
  readonly firstSync: FirstSync;
  /** How much more Redis holds than before, bytes. */
  readonly redis: number;
}

/** The first sync of a generated company. */
async function syncGenerated(people: number): Promise<Generated> {
  await using stack = await emptyStack({
    bases: () => ({ bindPassword: loopbackPassword }),
    front: ({ address, caFile, certificateFile, keyFile }) =>
      LoopbackProcess.start({ people, address, caFile, certificateFile, keyFile }),
  });
  const used = async () => Number(/^used_memory:(\d+)/m.exec(await stack.store.redis.info('memory'))?.[1]);
  const before = await used();
  const firstSync = await syncFirst(stack, people);
  return { firstSync, redis: (await used()) - before };
}

export const hundredThousand: Measurement = {
  name: 'hundred-thousand',
  async measure(run) {
    await run.end();
    run.say(`${few} generated people`);
    const small = await syncGenerated(few);
    run.say(`${many} generated people`);
    const large = await syncGenerated(many);
    const readings: Reading[] = [
      reading(whole, large.firstSync.tookMs),
      { figure: time, value: large.firstSync.tookMs / many, yardstick: small.firstSync.tookMs / few },
      reading(calls, large.firstSync.calls.length),
      { figure: redis, value: large.redis / many, yardstick: small.redis / few },
    ];
    for (const service of serviceNames) {
      const idle = await idleMemory(service);
      const above = ({ firstSync }: Generated) => megabytes(firstSync.peaks[service] - idle);
      readings.push({ figure: memory(service), value: above(large), yardstick: above(small) });
    }
    return readings;
  },
};
