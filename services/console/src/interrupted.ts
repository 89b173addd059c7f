/** Ctrl-C, and a supervisor's SIGTERM. */

/** A person didn't want to wait any longer for a command that only reads. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly code = 'INTERRUPTED';
  constructor() {
    super('interrupted; nothing was written');
  }
}

/** Given at the first Ctrl-C, with an {@link Interrupted} as its reason; a second one ends the process as usual. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort(new Interrupted()));
  return controller.signal;
}

/**
 * Runs what only reads, and leaves it where it is when it isn't wanted any more: an end that doesn't answer keeps nobody waiting.
 * @throws Interrupted
 */
export async function untilInterrupted<T>(read: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = interruption();
  const given = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return await Promise.race([given, read(signal)]);
}
