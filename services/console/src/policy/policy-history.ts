/** Every policy that is, or was, in force. */
import {
  type NumberedPolicy,
  numberedPolicy,
  type PolicyChange,
  policyChanges,
  policy as schema,
} from '@connector/shared/policy.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';

/** Reads all of them, the newest first. */
export async function readHistory({ redis, keys }: Store): Promise<NumberedPolicy[]> {
  const all = (await redis.hvals(keys.policyHistory)).flatMap(
    (raw) => parseStored(numberedPolicy, keys.policyHistory, raw).value ?? [],
  );
  return all.sort((a, b) => b.number - a.number);
}

/** A policy, and what it changed. */
export interface Revision extends NumberedPolicy {
  /** Since the one before; of the first, nothing is told. */
  readonly changes: readonly PolicyChange[];
}

/** What each changed, the newest first. */
export const revisionsOf = (history: readonly NumberedPolicy[]): Revision[] =>
  history.map((each, index) => {
    const before = history[index + 1];
    return {
      ...each,
      changes: before === undefined ? [] : policyChanges(schema.parse(before.written), schema.parse(each.written)),
    };
  });
