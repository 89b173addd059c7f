/**
 * How a fuzz test is run, and run again: every file prints the seed that it drew.
 *
 *   SEED=1234 RUNS=5000 node --test tests/fuzz/dns.test.ts
 *
 * `SEED` repeats a run exactly; `RUNS` is how many cases each property tries, in place of the moderate number that it has by itself.
 */
import { randomInt } from 'node:crypto';
import type { TestContext } from 'node:test';
import fc from 'fast-check';

const chosen = (name: string): number | null => {
  const text = process.env[name];
  if (text === undefined || text === '') return null;
  if (!/^\d+$/.test(text)) throw new Error(`${name}=${text} is no number; write digits`);
  return Number(text);
};

/** Of this process; `SEED` chooses it. */
export const seed = chosen('SEED') ?? randomInt(2 ** 31);

/** How many cases, unless `RUNS` says otherwise. */
export const runsOr = (moderate: number): number => chosen('RUNS') ?? moderate;

/**
 * Tries a property on so many cases; one that fails is made as small as possible, and told with the seed.
 * @param runs a moderate number: a file is to be over well within two minutes
 */
export async function holds<Ts extends [unknown, ...unknown[]]>(
  context: Pick<TestContext, 'diagnostic'>,
  property: fc.IAsyncProperty<Ts> | fc.IProperty<Ts>,
  { runs }: { runs: number },
): Promise<void> {
  context.diagnostic(`SEED=${seed}, ${runsOr(runs)} cases`);
  await fc.assert<Ts>(property, { seed, numRuns: runsOr(runs), endOnFailure: false });
}

/** An unhandled rejection or exception, which a test runner may count to another test, or to none. */
export function watchForStrays(): { readonly found: readonly unknown[]; readonly end: () => void } {
  const found: unknown[] = [];
  const note = (error: unknown) => void found.push(error);
  process.on('unhandledRejection', note).on('uncaughtException', note);
  return {
    found,
    end: () => void process.off('unhandledRejection', note).off('uncaughtException', note),
  };
}
