/** A wave of faults: one after the other begins, each ends in its own time, and they overlap. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../acceptance/random.ts';
import { hurry } from './bring-forward.ts';
import type { FaultKind } from './fault.ts';
import { lastPassFaults } from './lastpass-faults.ts';
import { serverFaults } from './server-faults.ts';
import { serviceFaults } from './service-faults.ts';
import { wireFaults } from './wire-faults.ts';
import type { ChaosWorld } from './world.ts';

export const faultKinds: readonly FaultKind[] = [...serviceFaults, ...serverFaults, ...wireFaults, ...lastPassFaults];

/** Between the beginnings of two faults, ms: from 0 to twice this. */
const pauseMs = 500;

/** One fault that was injected. */
export interface Injected {
  /** Its place in the wave. */
  readonly index: number;
  readonly name: string;
  readonly struck: string;
  readonly fromMs: number;
  toMs: number;
}

export interface WaveOptions {
  /** What decides about everything in it; of each fault by itself, so that one more or less changes nothing about the others. */
  readonly random: Random;
  readonly count: number;
  /** Places of those that are injected, all with the others' pauses between them. */
  readonly keep: (index: number) => boolean;
}

/** Injects faults and waits until all are over. @returns them, in the order in which they began */
export async function wave(world: ChaosWorld, { random, count, keep }: WaveOptions): Promise<Injected[]> {
  const injected: Injected[] = [];
  const ends: Promise<void>[] = [];
  const over = new AbortController();
  const hurrying = hurry(world.stack.store, over.signal);
  try {
    for (let index = 0; index < count; index++) {
      const own = random.fork(`fault ${index}`);
      await sleep(own.next() * 2 * pauseMs);
      if (!keep(index)) continue;
      const { fault, end } = await begin(world, own, index);
      injected.push(fault);
      ends.push(end);
      end.catch(() => undefined); // told below
    }
  } finally {
    await Promise.all(ends);
    over.abort();
    await hurrying;
  }
  return injected;
}

/** Lets a fault of some kind begin that can; it ends by itself. */
async function begin(
  world: ChaosWorld,
  random: Random,
  index: number,
): Promise<{ fault: Injected; end: Promise<void> }> {
  for (let attempt = 0; ; attempt++) {
    const own = random.fork(`attempt ${attempt}`);
    const { name, lastsMs, begin: strike } = own.weighted(faultKinds.map((each) => [each.weight, each]));
    const [from, to] = lastsMs;
    const lastingMs = from + own.next() * (to - from);
    const begun = await strike(world, own);
    if (begun === null) continue;
    const fault: Injected = { index, name, struck: begun.struck, fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY };
    const end = sleep(lastingMs).then(async () => {
      await begun.end();
      fault.toMs = Date.now();
    });
    return { fault, end };
  }
}
