/**
 * A run of reviewed steps: in manual mode a person has asked for exactly these steps of these people, and nothing else is delivered.
 * It ends by itself once none of them is left to be done. A run that `connector sync` opens is about everything, and goes before it.
 */
import { auditWrite } from '@connector/shared/audit.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { manyValues } from '@connector/shared/transaction.ts';
import { z } from 'zod';
import { type Left, readLeft } from './reviewed-left.ts';
import { readReviewed, reviewedText } from './reviewed-steps.ts';
import { longestWaitMs } from './steering.ts';

/** Somebody has asked for what a plan file says. */
export const reviewedRun = z.strictObject({
  by: z.string(),
  atMs: z.number(),
  /** How many people it is about. */
  people: z.number().int(),
});
export type ReviewedRun = z.infer<typeof reviewedRun>;

export async function readReviewedRun({ redis, keys }: State): Promise<ReviewedRun | null> {
  return parseStored(reviewedRun, keys.reviewed, await redis.get(keys.reviewed)).value;
}

/**
 * Opens a run, unless one is open already, of whichever kind.
 * @param digests of the steps that may be delivered (`stepDigest`), by person
 * @returns whether it was opened
 */
export async function openReviewedRun(
  { keys, commit }: State,
  digests: ReadonlyMap<PersonKey, Iterable<string>>,
  { by, atMs }: { by: string; atMs: number },
): Promise<boolean> {
  const opened: ReviewedRun = { by, atMs, people: digests.size };
  const fields = [...digests].flatMap(([person, steps]) => [person, reviewedText(steps)]);
  const { committed } = await commit({
    guards: [keys.run, keys.reviewed].map((key) => ({ command: ['GET', key], is: null })),
    writes: [
      ['SET', keys.reviewed, JSON.stringify(opened)],
      ['DEL', keys.reviewedSteps],
      ...manyValues(['HSET', keys.reviewedSteps], fields, { perValue: 2 }),
      auditWrite(keys, {
        ...{ by, atMs, did: 'applied a plan file', was: null, is: { people: digests.size }, source: null },
        of: { kind: 'deliveries', id: '', name: '' },
      }),
    ],
  });
  return committed;
}

/**
 * Ends the run of reviewed steps once nothing of it is left, or nothing can be done about it.
 * @returns what is left; `null` when no such run is open any more
 */
export async function endReviewedRunIfDone(store: Store, nowMs: number): Promise<Left | null> {
  const { redis, keys, commit } = store;
  for (;;) {
    const { raw, value } = parseStored(reviewedRun, keys.reviewed, await redis.get(keys.reviewed));
    if (value === null) return null;
    const { left, clock } = await readLeft(store, await readReviewed(store), nowMs);
    const isStuck = nowMs - value.atMs > longestWaitMs && left.toDeliver === 0;
    if (!isStuck && left.toPlan + left.toJudge + left.toDeliver > 0) return left;
    // Whatever was committed since the look may have put somebody on the way again: then it is looked once more.
    await commit({
      guards: [
        { command: ['GET', keys.reviewed], is: raw },
        { command: ['GET', keys.clock], is: clock },
      ],
      writes: [['DEL', keys.reviewed, keys.reviewedSteps]],
    });
  }
}
