/** The time that passes, for whatever shows how long ago something was. */
import { useSyncExternalStore } from 'react';

const tickMs = 1_000;
let nowMs = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function listen(listener: () => void): () => void {
  if (listeners.size === 0) nowMs = Date.now(); // the clock has stood still while nobody looked at it
  listeners.add(listener);
  ticking ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** Now, ms since 1970; anew every second, by one clock for the whole page. */
export const useNow = (): number => useSyncExternalStore(listen, () => nowMs);
