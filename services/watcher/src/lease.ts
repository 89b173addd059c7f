/**
 * Which watcher is the active one of a directory. The lease says who should read; the fence, a reading of the clock that grows with every
 * lease, says whose appends still count: a watcher that slept through its lease is refused by the script.
 */
import type { Store } from '@connector/shared/store.ts';
import { type Guard, TICK } from '@connector/shared/transaction.ts';

/** Without a renewal for so long, another watcher takes over, ms. */
const leaseMs = 4_000;
/** How often the active watcher renews its lease, ms. */
export const renewEveryMs = 1_000;

export interface Lease {
  /** Holds as long as nobody has taken over. */
  readonly guard: Guard;
  /** @returns whether the lease is still this watcher's */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** Takes the lease if it is free; `null` when another watcher is active. */
export async function takeLease(store: Store, directory: string, watcher: string): Promise<Lease | null> {
  const { keys, commit } = store;
  const { lease, fence } = keys.directory(directory);
  const taken = await commit({
    guards: [{ command: ['GET', lease], is: null }],
    writes: [
      ['SET', lease, watcher, 'PX', String(leaseMs)],
      ['SET', fence, TICK],
    ],
  });
  if (!taken.committed) return null;
  const guard: Guard = { command: ['GET', fence], is: String(taken.tick) };
  const own: Guard = { command: ['GET', lease], is: watcher };
  return {
    guard,
    renew: async () =>
      (await commit({ guards: [guard, own], writes: [['PEXPIRE', lease, String(leaseMs)]] })).committed,
    release: async () => void (await commit({ guards: [guard, own], writes: [['DEL', lease]] })),
  };
}
