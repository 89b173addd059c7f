/** Waiting for a condition, never for luck. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `condition` gives something true, and returns it.
 * @throws Error that says what was waited for, and the last error of the condition
 */
export async function waitUntil<T>(
  what: string,
  condition: () => T | Promise<T>,
  { withinMs = 20_000, everyMs = 20 } = {},
): Promise<NonNullable<T>> {
  const giveUpAt = performance.now() + withinMs;
  let failure: unknown;
  for (;;) {
    try {
      const found = await condition();
      if (found) return found;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > giveUpAt) throw new Error(`waited ${withinMs} ms for ${what}`, { cause: failure });
    await sleep(everyMs);
  }
}
