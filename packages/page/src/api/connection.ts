/** Whether the console can be reached, as its answers and the live feed tell; the header shows it. */
import { useSyncExternalStore } from 'react';
import { Unreachable } from './request.ts';

/** `connecting`: nothing is known yet. `lost`: no answer. */
export type Connection = 'connecting' | 'connected' | 'lost';

let current: Connection = 'connecting';
/** Since when it is so, ms since 1970. */
let sinceMs = Date.now();
const listeners = new Set<() => void>();

/** Notes how it is now, for everybody who listens. */
export function noteConnection(next: Connection): void {
  if (next === current) return;
  current = next;
  sinceMs = Date.now();
  for (const listener of listeners) listener();
}

/** Notes what an error tells about it: whoever was refused was answered. */
export const noteError = (error: unknown): void => noteConnection(error instanceof Unreachable ? 'lost' : 'connected');

/** Is called whenever it changes, until what it returns is called. */
export function listenToConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const connectionNow = (): Connection => current;

/** How it is. */
export const useConnection = (): Connection => useSyncExternalStore(listenToConnection, connectionNow);

/** Since when it is so, ms since 1970. */
export const connectionSinceMs = (): number => sinceMs;
