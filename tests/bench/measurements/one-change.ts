/** One change at a time in a large directory, from the answer of the directory to the receipt at LastPass. */
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../support/wait-until.ts';
import { dnOfPerson, mailOf } from '../company.ts';
import { type Figure, percentile } from '../figure.ts';
import { type Measurement, reading } from '../measurement.ts';

const changes = 500;
/** LastPass takes 20 calls a second from us: one change after the other, but slower than that. */
const everyMs = 100;

const median: Figure = { what: 'one change: p50', unit: 'ms', target: { of: 'value', atMost: 60 } };
const slow: Figure = { what: 'one change: p95', unit: 'ms', target: { of: 'value', atMost: 200 } };

export const oneChange: Measurement = {
  name: 'one-change',
  async measure(run) {
    const { stack, size } = await run.synced();
    const { admin, simulator, domain } = stack;
    let since = await simulator.lastCall();
    const latencies: number[] = [];
    for (let change = 0; change < changes; change++) {
      const beganMs = performance.now();
      const person = (change * 7) % size.people;
      const displayName = `Renamed ${change} at ${Math.round(beganMs)}`;
      await admin.modify(dnOfPerson(person, domain.baseDn), { displayName });
      const answeredAtMs = Date.now();
      const call = await waitUntil(`the new name of ${mailOf(person)}`, async () => {
        const calls = await simulator.writes(since);
        return calls.find(({ changes: made }) => JSON.stringify(made).includes(`"${mailOf(person)}"`));
      });
      since = call.sequence;
      latencies.push(Math.max(0, call.timeMs - answeredAtMs));
      await sleep(Math.max(0, everyMs - (performance.now() - beganMs)));
    }
    await stack.quiet();
    return [reading(median, percentile(latencies, 0.5)), reading(slow, percentile(latencies, 0.95))];
  },
};
