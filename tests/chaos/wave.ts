/** A wave of faults: one after the other begins, each ends in its own time, and they overlap. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../acceptance/random.ts';
import { hurry } from './bring-forward.ts';
import type { FaultKind } from './fault.ts';
import { lastPassFaults } from './lastpass-faults.ts';
import { hidden } from './reading-faults.ts';
import { serverFaults } from './server-faults.ts';
import { serviceFaults } from './service-faults.ts';
import { wireFaults } from './wire-faults.ts';
import type { ChaosWorld } from './world.ts';

export const faultKinds: readonly FaultKind[] = [
  ...serviceFaults,
  ...serverFaults,
  hidden,
  ...wireFaults,
  ...lastPassFaults,
];

/** Between the beginnings of two faults, ms: from 0 to twice this. */
const pauseMs = 500;

/** One fault that was injected. */
export interface Injected {
  readonly name: string;
  readonly struck: string;
  readonly fromMs: number;
  toMs: number;
}

/** Injects so many faults and waits until all are over. @returns them, in the order in which they began */
export async function wave(
  world: ChaosWorld,
  { random, count, only }: { random: Random; count: number; only?: (kind: FaultKind) => boolean },
): Promise<Injected[]> {
  const kinds = faultKinds.filter((kind) => only?.(kind) ?? true);
  const injected: Injected[] = [];
  const ends: Promise<void>[] = [];
  const over = new AbortController();
  const hurrying = hurry(world.stack.store, over.signal);
  try {
    while (injected.length < count) {
      await sleep(random.next() * 2 * pauseMs);
      const kind = random.weighted(kinds.map((each) => [each.weight, each]));
      const begun = await kind.begin(world, random);
      if (begun === null) continue;
      const fault = { name: kind.name, struck: begun.struck, fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY };
      injected.push(fault);
      const [from, to] = kind.lastsMs;
      ends.push(
        sleep(from + random.next() * (to - from)).then(async () => {
          await begun.end();
          fault.toMs = Date.now();
        }),
      );
      ends.at(-1)?.catch(() => undefined); // told below
    }
  } finally {
    await Promise.all(ends);
    over.abort();
    await hurrying;
  }
  return injected;
}
