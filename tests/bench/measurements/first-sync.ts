/** The first sync: how long it takes, against what reading and writing alone take; what it costs in memory and calls. */
import { pageSize } from '@connector/sync/accounts/list-accounts.ts';
import { type ServiceName, serviceNames } from '../../support/stack.ts';
import type { Figure, Reading } from '../figure.ts';
import { type Measurement, megabytes, reading } from '../measurement.ts';
import { idleMemory } from '../yardsticks/idle.ts';
import { postAgain } from '../yardsticks/writing.ts';

/** The connector's default. */
const batchSize = 200;

const time: Figure = { what: 'first sync', unit: 'ms', target: { of: 'ratio', atMost: 1.25 } };
const readingFloor: Figure = { what: '  of its yardstick: ldapsearch', unit: 'ms' };
const writingFloor: Figure = { what: '  of its yardstick: posting', unit: 'ms' };
const writes: Figure = { what: 'first sync: calls that change something', unit: 'calls' };
const reads: Figure = { what: 'first sync: calls that read accounts', unit: 'calls' };
const memory = (service: ServiceName): Figure => ({
  what: `first sync: peak memory above idle, ${service}`,
  unit: 'MB',
  target: { of: 'value', atMost: 80 },
});

/** As many calls as batches and pages of accounts ask for, and five: the accounts are read before, when there are none, and after, for their ids. */
export const mostCalls = (people: number): number => people / batchSize + 1 + Math.ceil(people / pageSize) + 5;

const calls = (people: number): Figure => ({
  what: 'first sync: calls',
  unit: 'calls',
  target: { of: 'value', atMost: mostCalls(people) },
});

export const firstSync: Measurement = {
  name: 'first-sync',
  async measure(run) {
    const { firstSync: done, readingMs, size } = await run.synced();
    const changing = done.calls.filter(({ cmd }) => cmd !== 'getuserdata');
    const writingMs = await postAgain(changing);
    const readings: Reading[] = [
      { figure: time, value: done.tookMs, yardstick: readingMs + writingMs },
      reading(readingFloor, readingMs),
      reading(writingFloor, writingMs),
      reading(calls(size.people), done.calls.length),
      reading(writes, changing.length),
      reading(reads, done.calls.length - changing.length),
    ];
    for (const service of serviceNames)
      readings.push(reading(memory(service), megabytes(done.peaks[service] - (await idleMemory(service)))));
    return readings;
  },
};
