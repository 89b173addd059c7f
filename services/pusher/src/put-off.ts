/**
 * Giving people their next turn later. Whoever is to get something else by now, or to lose everything, gets it at once: what failed for them, or
 * isn't known of them, tells nothing of that.
 */
import type { Guard } from '@connector/shared/transaction.ts';
import type { Change } from '@connector/sync/accounts/account-changes.ts';
import type { Batch } from './claims.ts';
import type { Records } from './records.ts';

/** That somebody gets their next turn later. */
export type PutOff = Extract<Change['claim'], { untilMs: number }>;

const isPutOff = ({ claim }: Change): boolean => claim !== undefined && 'untilMs' in claim;

/** The same without the turn later, and without the reason for it. What LastPass has answered stays on record. */
const atOnce = ({ setAside: _, claim, ...change }: Change): Change => ({
  ...change,
  claim: { kind: 'give-back', isUnsettled: claim?.kind === 'postpone' && claim.isUnsettled === true },
});

/**
 * Records changes, of which some put somebody off.
 * @param guardsOf hold as long as somebody may be put off: else they are due at once
 */
export async function putOff(
  records: Records,
  batch: Batch,
  changes: readonly Change[],
  guardsOf: (change: Change) => readonly Guard[],
): Promise<void> {
  const put = await records.commit(batch, changes, (change) => (isPutOff(change) ? guardsOf(change) : []));
  const others = changes.filter((change) => !put.includes(change) && isPutOff(change));
  await records.commit(batch, others.map(atOnce));
}
