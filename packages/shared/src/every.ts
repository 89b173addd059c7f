/** Work that comes round again and again until it is told to stop. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface EveryOptions {
  /** Pause between the end of one round and the start of the next, ms. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  /** A round that threw; the next one comes all the same. */
  readonly onError: (error: Error) => void;
}

/** Runs `round` at once and then after every pause; resolves when the signal is given and the round under way has ended. */
export async function every({ pauseMs, signal, onError }: EveryOptions, round: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await round().catch(onError);
    await pause(pauseMs, signal);
  }
}

/** A signal that follows another so much later. */
export function later(signal: AbortSignal, { byMs }: { byMs: number }): AbortSignal {
  const following = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => following.abort(), byMs).unref(), { once: true });
  return following.signal;
}

/** Sleeps, or less when the signal is given. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await sleep(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}
