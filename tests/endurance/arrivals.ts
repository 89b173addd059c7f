/** When LastPass heard of each change: what is expected, matched with the simulator's log of calls. */
import type { SimulatedCall, SimulatorControl } from '../support/simulator.ts';
import type { Expected } from './workload.ts';

interface Waiting {
  readonly step: Expected['step'];
  /** When the directory had answered; `null` before that. */
  writtenAtMs: number | null;
  /** When LastPass was told, should that have been before we knew that it was written. */
  arrivedAtMs: number | null;
}

/** A change that has arrived. */
export interface Arrival {
  readonly atMs: number;
  /** From the directory's answer to the call. */
  readonly latencyMs: number;
  readonly step: Expected['step'];
}

/** Pure but for what it remembers: one change for each person at a time. */
export class Arrivals {
  readonly #waiting = new Map<string, Waiting>();
  readonly #arrived: Arrival[] = [];

  /** Expects a step. @returns to be called once the directory has taken the change */
  expect({ username, step }: Expected): () => void {
    const waiting: Waiting = { step, writtenAtMs: null, arrivedAtMs: null };
    this.#waiting.set(username, waiting);
    return () => {
      waiting.writtenAtMs = Date.now();
      this.#settle(username, waiting);
    };
  }

  isExpecting(username: string): boolean {
    return this.#waiting.has(username);
  }

  /** Changes that LastPass hasn't heard of, written so long ago or more. */
  overdue(nowMs: number, afterMs: number): number {
    return [...this.#waiting.values()].filter(
      ({ writtenAtMs }) => writtenAtMs !== null && nowMs - writtenAtMs >= afterMs,
    ).length;
  }

  /** What has arrived since this was asked the last time. */
  take(): Arrival[] {
    return this.#arrived.splice(0);
  }

  /** Takes note of calls. */
  note(calls: readonly Pick<SimulatedCall, 'timeMs' | 'changes'>[]): void {
    for (const { timeMs, changes } of calls) {
      for (const { username, step } of changes as readonly { username: string; step: string }[]) {
        const waiting = this.#waiting.get(username);
        if (waiting?.step !== step) continue;
        waiting.arrivedAtMs ??= timeMs;
        this.#settle(username, waiting);
      }
    }
  }

  #settle(username: string, { step, writtenAtMs, arrivedAtMs }: Waiting): void {
    if (writtenAtMs === null || arrivedAtMs === null) return;
    this.#waiting.delete(username);
    this.#arrived.push({ atMs: writtenAtMs, latencyMs: Math.max(0, arrivedAtMs - writtenAtMs), step });
  }
}

/** Follows a simulator's log of calls from where it is now. */
export async function followCalls(simulator: SimulatorControl, arrivals: Arrivals): Promise<() => Promise<void>> {
  let since = await simulator.lastCall();
  return async () => {
    const calls = await simulator.calls(since);
    // One that is still being answered is looked at again.
    const open = calls.findIndex(({ outcome }) => outcome === 'waiting');
    const done = open === -1 ? calls : calls.slice(0, open);
    since = done.at(-1)?.sequence ?? since;
    arrivals.note(done);
  };
}
