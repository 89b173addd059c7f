/**
 * A million people: what each costs in time and in Redis, and how it goes on afterwards. It takes a quarter of an hour and some ten gigabytes, so it
 * is measured where it is asked for (`ONLY=million`), and for fewer people with `PEOPLE=300000`.
 */

import { addressOf } from '../../faults/service-report.ts';
import { DirectoryAdmin } from '../../support/directory-admin.ts';
import { GeneratedCompany } from '../../support/generated/company.ts';
import { LoopbackProcess } from '../../support/generated/loopback-process.ts';
import { loopbackPassword } from '../../support/generated/loopback-server.ts';
import { type ServiceName, type Stack, serviceNames } from '../../support/stack.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { type Figure, percentile, type Reading } from '../figure.ts';
import { emptyStack, idsAreRead, peaksOf } from '../first-sync.ts';
import { type Measurement, megabytes, reading } from '../measurement.ts';
import { idleMemory } from '../yardsticks/idle.ts';

const withinMs = 60 * 60_000;
const progressEveryMs = 30_000;
/** Changes that are made afterwards, one after the other. */
const changes = 20;

const people = Number(process.env['PEOPLE'] || 1_000_000);
const named = `${people.toLocaleString('en')} people`;
const whole: Figure = { what: `${named}: first sync`, unit: 'ms' };
const time: Figure = { what: `${named}: time for each`, unit: 'ms' };
const redisOfEach: Figure = { what: `${named}: Redis, for each`, unit: 'bytes' };
const calls: Figure = { what: `${named}: calls`, unit: 'calls' };
const median: Figure = { what: `${named}: one change, p50`, unit: 'ms' };
const memory = (service: ServiceName): Figure => ({
  what: `${named}: peak memory above idle, ${service}`,
  unit: 'MB',
});

const redisBytes = async ({ store }: Stack): Promise<number> =>
  Number(/^used_memory:(\d+)/m.exec(await store.redis.info('memory'))?.[1]);

/** How far it is, for whoever watches. */
async function progress(stack: Stack): Promise<string> {
  const { redis, keys } = stack.store;
  const [linked, toPlan, toDeliver] = await Promise.all([
    redis.hlen(keys.links),
    redis.zcard(keys.toPlan),
    redis.zcard(keys.toDeliver),
  ]);
  const peaks = await peaksOf(stack);
  const memories = serviceNames.map((service) => `${service} ${megabytes(peaks[service]).toFixed()} MB`);
  return `${linked} have an account, ${toPlan} to plan, ${toDeliver} to deliver; Redis ${megabytes(await redisBytes(stack)).toFixed()} MB, ${memories.join(', ')}`;
}

export const million: Measurement = {
  name: 'million',
  async measure(run) {
    await run.end();
    let directory: LoopbackProcess | undefined;
    await using stack = await emptyStack({
      bases: () => ({ bindPassword: loopbackPassword }),
      front: async ({ address, caFile, certificateFile, keyFile }) => {
        directory = await LoopbackProcess.start({ people, address, caFile, certificateFile, keyFile });
        return directory;
      },
    });
    const { redis, keys } = stack.store;
    const before = await redisBytes(stack);
    await Promise.all((['reconciler', 'pusher'] as const).map((name) => addressOf(stack.start(name))));
    const beganMs = Date.now();
    stack.start('watcher');
    const telling = setInterval(() => {
      progress(stack).then(run.say, (error: Error) => run.say(error.message));
    }, progressEveryMs);
    try {
      const hasAll = async () => (await redis.hlen(keys.links)) >= people;
      await waitUntil('everybody to have an account', hasAll, { withinMs, everyMs: 100 });
      const tookMs = Date.now() - beganMs;
      run.say(`everybody has an account after ${tookMs} ms`);
      await stack.quiet({ withinMs });
      await waitUntil('the ids of the new accounts to be read', () => idsAreRead(stack, people), { withinMs });
      await stack.quiet({ withinMs });
      run.say(`all is quiet after ${Date.now() - beganMs} ms: ${await progress(stack)}`);
      const made = await stack.simulator.lastCall();
      const redisUsed = (await redisBytes(stack)) - before;
      if (directory === undefined) throw new Error('no directory');
      const latencies = await changesOneByOne(stack, directory);
      const peaks = await peaksOf(stack);
      const readings: Reading[] = [
        reading(whole, tookMs),
        reading(time, tookMs / people),
        reading(calls, made),
        reading(redisOfEach, redisUsed / people),
        reading(median, percentile(latencies, 0.5)),
      ];
      for (const service of serviceNames)
        readings.push(reading(memory(service), megabytes(peaks[service] - (await idleMemory(service)))));
      return readings;
    } finally {
      clearInterval(telling);
    }
  },
};

/** Another display name for some people. @returns from each answer of the directory to the receipt at LastPass, ms */
async function changesOneByOne({ simulator }: Stack, directory: LoopbackProcess): Promise<number[]> {
  await using admin = new DirectoryAdmin(directory);
  const company = new GeneratedCompany({ people, baseDn: directory.baseDn });
  const latencies: number[] = [];
  for (let change = 0; change < changes; change++) {
    const { dn, mail } = personOf(company, Math.floor((change * people) / changes));
    const since = await simulator.lastCall();
    await admin.modify(dn, { displayName: `Renamed ${change}` });
    const answeredAtMs = Date.now();
    const call = await waitUntil(`the new name of ${mail}`, async () => (await simulator.writes(since))[0]);
    latencies.push(Math.max(0, call.timeMs - answeredAtMs));
  }
  return latencies;
}

function personOf(company: GeneratedCompany, index: number): { dn: string; mail: string } {
  const { rdn, above, attributes } = company.object(company.person(index));
  const department = above === null ? '' : company.object(above).rdn;
  return { dn: `${rdn},${department},OU=Staff,${company.baseDn}`, mail: attributes['mail'] ?? '' };
}
