/** Nothing happens for a minute: what that takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceNames } from '../../support/stack.ts';
import type { Figure, Reading } from '../figure.ts';
import { type Measurement, reading } from '../measurement.ts';
import { processorTimeMs } from '../process-figures.ts';

const watchedForMs = 60_000;

const share = (what: string): Figure => ({ what: `idle: ${what}, of a core`, unit: '%' });
const together: Figure = { ...share('all services'), target: { of: 'value', atMost: 1 } };

export const idle: Measurement = {
  name: 'idle',
  async measure(run) {
    const { stack } = await run.synced();
    const pids = serviceNames.map((name) => stack.service(name).pid);
    const times = () => Promise.all(pids.map(processorTimeMs));
    const [before, beganMs] = [await times(), performance.now()];
    await sleep(watchedForMs);
    const [after, tookMs] = [await times(), performance.now() - beganMs];
    const shares = after.map((ms, index) => (100 * (ms - (before[index] ?? 0))) / tookMs);
    const readings: Reading[] = [
      reading(
        together,
        shares.reduce((sum, each) => sum + each, 0),
      ),
    ];
    for (const [index, name] of serviceNames.entries()) readings.push(reading(share(name), shares[index] ?? 0));
    return readings;
  },
};
