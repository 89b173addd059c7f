/** The policy that counts, with where it comes from. */
import type { Configuration } from '@connector/shared/configuration.ts';
import {
  type Policy,
  type PolicyChange,
  policyChanges,
  type WrittenPolicy,
  written,
} from '@connector/shared/policy.ts';
import type { Store } from '@connector/shared/store.ts';
import { countingPolicy } from '@connector/sync/plan/policy-in-force.ts';
import { readHistory } from './policy-history.ts';

export interface PolicyNow {
  /** `null`: none is in force yet; 0: since before they were numbered. */
  readonly number: number | null;
  readonly policy: Policy;
  readonly written: WrittenPolicy;
  /** Somebody has set it. */
  readonly isSet: boolean;
  /** Who brought it into force, and when (ms since 1970), as far as it is known. */
  readonly by: string | null;
  readonly atMs: number | null;
  /** Whether a complete read under it is planned; until then leavers are held. */
  readonly settled: boolean;
  /** Where the configuration says otherwise: `was` is configured, `is` counts. */
  readonly differs: readonly PolicyChange[];
}

export async function readPolicyNow(store: Store, configuration: Pick<Configuration, 'policy'>): Promise<PolicyNow> {
  const { inForce, policy } = await countingPolicy(store, configuration.policy);
  const origin = (await readHistory(store)).find(({ number }) => number === inForce?.number);
  return {
    number: inForce?.number ?? null,
    policy,
    written: written(policy),
    isSet: inForce?.set != null,
    by: origin?.by ?? null,
    atMs: origin?.atMs ?? null,
    settled: inForce?.settled ?? false,
    differs: inForce?.set == null ? [] : policyChanges(configuration.policy, policy),
  };
}
