/** Editing the policy: first what it would do to people, then the deed. */
import type { Policy, PolicyChange } from '@connector/shared/policy.ts';
import { policyChanges } from '@connector/shared/policy.ts';
import { replacePolicy } from '@connector/sync/plan/policy-in-force.ts';
import { type BlastRadius, blastRadius } from '@connector/sync/preview/blast-radius.ts';
import type { HowFar } from '@connector/sync/preview/how-far.ts';
import { NotPlanned } from '../apply/read-afresh.ts';
import type { Context } from '../context.ts';
import { readHistory } from './policy-history.ts';
import { readPolicyNow } from './policy-now.ts';
import { type Wanted, wantedPolicy } from './wanted-policy.ts';

/** Another policy has come into force than the one that somebody has looked at. */
export class PolicyMoved extends Error {
  override readonly name = 'PolicyMoved';
  readonly code = 'POLICY_MOVED';
}

/** An edit that isn't made yet. */
export interface Edit {
  /** The policy that it replaces, by its number. */
  readonly number: number;
  /** `null`: the configured one counts again. */
  readonly policy: Policy | null;
  readonly changes: readonly PolicyChange[];
  readonly radius: BlastRadius;
}

export interface ConsideredEdit {
  readonly wanted: Wanted;
  /** Number of the policy that somebody has looked at; `null`: whichever counts now. */
  readonly number: number | null;
  readonly signal: AbortSignal;
  /** Told how far planning is. */
  readonly onHowFar: (howFar: HowFar) => void;
}

/**
 * Finds out what an edit would do.
 * @returns `null` when all is so already
 * @throws PolicyRefused, PolicyMoved, NotPlanned, RadiusUnknown, PreviewUnfinished
 */
export async function considerEdit(
  { session }: Context,
  { wanted, number, signal, onHowFar }: ConsideredEdit,
): Promise<Edit | null> {
  const { store, configuration } = session;
  const now = await readPolicyNow(store, configuration);
  if (now.number === null)
    throw new NotPlanned('no policy is in force yet, as no reconciler has started: write it into the configuration');
  if (number !== null && number !== now.number) throw moved(now.number, number);
  const policy = wantedPolicy(wanted, {
    now: now.policy,
    history: await readHistory(store),
    configuration,
  });
  const changes = policyChanges(now.policy, policy ?? configuration.policy);
  if (changes.length === 0 && now.isSet === (policy !== null)) return null;
  const radius = await blastRadius({
    store,
    configured: configuration,
    policy,
    signal,
    onHowFar,
  });
  return { number: now.number, policy, changes, radius };
}

/**
 * Makes an edit.
 * @returns the number of the policy that is in force now
 * @throws PolicyMoved, NotPlanned
 */
export async function makeEdit({ session, by }: Context, { number, policy }: Edit): Promise<number> {
  const { store, configuration } = session;
  const replaced = await replacePolicy(store, { policy, by, number }, configuration);
  if (replaced.kind === 'elsewhere')
    throw new NotPlanned(
      'the services run with other directories or bases than configured here: restart them with this',
    );
  if (replaced.kind === 'another') throw moved(replaced.number, number);
  await store.makeDurable();
  return replaced.kind === 'same' ? number : replaced.number;
}

const moved = (now: number | null, seen: number): PolicyMoved =>
  new PolicyMoved(
    `policy ${now} is in force by now, and not ${seen} any more: look at it with "connector policy", and edit that`,
  );
