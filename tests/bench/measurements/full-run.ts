/** A full run over a directory and accounts that nobody has changed: everything is read, and nothing is to be done. */

import { figureIn } from '../../endurance/samples.ts';
import { addressOf } from '../../faults/service-report.ts';
import type { Stack } from '../../support/stack.ts';
import { waitUntil } from '../../support/wait-until.ts';
import type { Figure } from '../figure.ts';
import { accountsAreRead, directoryOf } from '../first-sync.ts';
import { type Measurement, reading } from '../measurement.ts';
import { readWithLdapsearch } from '../yardsticks/reading.ts';

const withinMs = 5 * 60_000;

const time: Figure = { what: 'full run, nothing changed', unit: 'ms', target: { of: 'ratio', atMost: 1.2 } };
const writes: Figure = {
  what: 'full run: calls that change something',
  unit: 'calls',
  target: { of: 'value', atMost: 0 },
};
const reads: Figure = { what: 'full run: calls that read accounts', unit: 'calls' };
const planned: Figure = { what: 'full run: people planned', unit: 'people' };

export interface FullRun {
  readonly tookMs: number;
  /** Calls that changed something, or wanted to. */
  readonly writes: number;
  readonly reads: number;
  /** How often somebody was planned. */
  readonly planned: number;
}

/** Asks for everything to be read again, as `connector sync --full` does, and waits until nothing is outstanding any more. */
export async function runFully(stack: Stack): Promise<FullRun> {
  const { redis, keys } = stack.store;
  const since = await stack.simulator.lastCall();
  const plannedBefore = await peoplePlanned(stack);
  const request = `bench ${performance.now()}`;
  const beganMs = performance.now();
  await redis.hset(keys.requests, { 'full-read': request, accounts: request });
  const isDone = async () => (await stack.cursor()).answered === request && (await accountsAreRead(stack));
  await waitUntil('everything to be read again', isDone, { withinMs, everyMs: 10 });
  await stack.quiet({ withinMs });
  const tookMs = performance.now() - beganMs;
  const calls = await stack.simulator.calls(since);
  const reads = calls.filter(({ cmd }) => cmd === 'getuserdata').length;
  return { tookMs, writes: calls.length - reads, reads, planned: (await peoplePlanned(stack)) - plannedBefore };
}

/** How many times the reconciler has planned somebody. */
export async function peoplePlanned(stack: Stack): Promise<number> {
  const metrics = await fetch(`${await addressOf(stack.service('reconciler'))}/metrics`);
  return figureIn(await metrics.text(), 'connector_people_planned_total');
}

export const fullRun: Measurement = {
  name: 'full-run',
  async measure(run) {
    const { stack } = await run.synced();
    const readingMs = await readWithLdapsearch(directoryOf(stack));
    const ran = await runFully(stack);
    return [
      { figure: time, value: ran.tookMs, yardstick: readingMs },
      reading(writes, ran.writes),
      reading(reads, ran.reads),
      reading(planned, ran.planned),
    ];
  },
};
