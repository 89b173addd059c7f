/** A group of thousands gains one member: only that person is anybody's business. */
import { waitUntil } from '../../support/wait-until.ts';
import { dnOfGroup, dnOfPerson } from '../company.ts';
import { type Figure, percentile } from '../figure.ts';
import type { Synced } from '../measurement.ts';
import { type Measurement, reading } from '../measurement.ts';
import { processorTimeMs } from '../process-figures.ts';

/** One after the other; the median tells of one that is like all others. */
const gains = 5;

const people: Figure = {
  what: 'large group gains one: people planned',
  unit: 'people',
  target: { of: 'value', atMost: 1 },
};
const steps: Figure = { what: 'large group gains one: steps', unit: 'steps', target: { of: 'value', atMost: 1 } };
const processor: Figure = {
  what: "large group gains one: reconciler's processor time",
  unit: 'ms',
  target: { of: 'value', atMost: 50 },
};

export interface Gain {
  /** Different people who were planned. */
  readonly people: number;
  readonly steps: number;
  /** Of the reconciler, until all is quiet, ms. */
  readonly processorMs: number;
}

/** Puts somebody into the large group, and sees what follows. */
export async function gainOne({ stack, size }: Pick<Synced, 'stack' | 'size'>, number: number): Promise<Gain> {
  const { admin, simulator, domain } = stack;
  const reconciler = stack.service('reconciler');
  const [since, lines] = [await simulator.lastCall(), reconciler.lines.length];
  const beforeMs = await processorTimeMs(reconciler.pid);
  await admin.addMember(dnOfGroup(0, domain.baseDn), dnOfPerson(size.largeGroup + number, domain.baseDn));
  await waitUntil('the call', async () => (await simulator.writes(since)).some(({ outcome }) => outcome === 'ok'));
  await stack.quiet();
  const processorMs = (await processorTimeMs(reconciler.pid)) - beforeMs;
  const planned = new Set(reconciler.lines.slice(lines).flatMap(peoplePlannedIn));
  const made = (await simulator.writes(since)).flatMap(({ changes }) => changes);
  return { people: planned.size, steps: made.length, processorMs };
}

/** Whom a line of the reconciler's log tells to be planned. */
function peoplePlannedIn(line: string): readonly string[] {
  const { msg, who } = JSON.parse(line) as { msg: string; who?: string[] };
  return msg === 'planned' && who ? who : [];
}

export const largeGroup: Measurement = {
  name: 'large-group',
  async measure(run) {
    const synced = await run.synced();
    const seen: Gain[] = [];
    for (let number = 0; number < gains; number++) seen.push(await gainOne(synced, number));
    return [
      reading(people, Math.max(...seen.map((gain) => gain.people))),
      reading(steps, Math.max(...seen.map((gain) => gain.steps))),
      reading(
        processor,
        percentile(
          seen.map(({ processorMs }) => processorMs),
          0.5,
        ),
      ),
    ];
  },
};
