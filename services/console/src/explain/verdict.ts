/** How somebody stands, in one sentence: the first thing that holds decides. Pure. */
import type { Account } from '@connector/shared/account.ts';
import { formatDuration } from '@connector/shared/duration.ts';
import type { Known } from '@connector/sync/plan/known-state.ts';
import { leavingOf } from '@connector/sync/plan/leaving.ts';
import type { PlanInputs, Planned } from '@connector/sync/plan/make-plan.ts';

/**
 * `synced`: account and directory agree, and nothing is to be done. `left`: somebody has gone, and all that the policy wants is done.
 * `not synced`: no account of theirs, and none is to be made. `drift`: changed by hand at LastPass, and left so.
 */
export type Standing =
  | 'synced'
  | 'left'
  | 'not synced'
  | 'outstanding'
  | 'under way'
  | 'held'
  | 'pending'
  | 'rejected'
  | 'set aside'
  | 'drift';

export interface Verdict {
  readonly standing: Standing;
  /** Goes on after the person's name: `is held: …`. */
  readonly sentence: string;
  /** What an administrator may do about it; `null` where there is nothing, or nothing needs to be done. */
  readonly remedy: string | null;
}

/** What the verdict depends on. */
export interface Facts {
  readonly known: Known;
  readonly isPending: boolean;
  /** What the planner makes of it now; `null` while a call about the same account is under way for somebody else. */
  readonly planned: { readonly inputs: PlanInputs; readonly plan: Planned } | null;
  /** When the steps are due, ms since 1970; `null`: nobody has put them in line. */
  readonly dueAtMs: number | null;
  /** What keeps all deliveries back; `null` when nothing does. */
  readonly stopped: string | null;
  readonly nowMs: number;
}

/** The word for `connector`'s arguments. */
const nameFor = ({ person }: Known, plan: Planned | undefined): string => plan?.username || person;

export function verdictOf(facts: Facts): Verdict {
  const { known, planned } = facts;
  if (known.inDelivery)
    return { standing: 'under way', sentence: 'is being delivered: a call is under way', remedy: null };
  if (planned === null)
    return {
      standing: 'under way',
      sentence: 'waits: a call about the same account is under way for somebody else',
      remedy: null,
    };
  return obstacleOf(facts, planned.plan) ?? (planned.plan.steps.length > 0 ? stepsToDo(facts) : nothingToDo(planned));
}

function obstacleOf({ known }: Facts, { obstacle, steps }: Planned): Verdict | null {
  if (obstacle?.kind === 'drift')
    return {
      standing: 'drift',
      sentence: `has no account any more: ${obstacle.reason}`,
      remedy: `"connector retry ${known.link?.username ?? known.person}" lets go of the deleted account: who is in scope gets a new one, as onDetected says`,
    };
  // What LastPass refuses stays planned, and is tried again.
  if (known.setAside !== null && known.setAside.kind !== 'data' && known.setAside.kind !== 'drift' && steps.length > 0)
    return {
      standing: 'set aside',
      sentence: `is set aside: ${known.setAside.reason}`,
      remedy: `it is tried again by itself, or at once with "connector retry ${known.link?.username ?? known.person}"`,
    };
  if (obstacle === null) return null;
  return { standing: 'set aside', sentence: `is set aside: ${obstacle.reason}`, remedy: null };
}

function stepsToDo({ known, isPending, planned, dueAtMs, stopped, nowMs }: Facts): Verdict {
  const plan = planned?.plan;
  const who = nameFor(known, plan);
  if (plan?.rejected)
    return {
      standing: 'rejected',
      sentence: 'gets no account: somebody has rejected it',
      remedy: `"connector approve ${who}" creates it after all`,
    };
  if (isPending)
    return {
      standing: 'pending',
      sentence: 'waits for an approval (onDetected: approve)',
      remedy: `"connector approve ${who}" creates the account, "connector reject ${who}" refuses it`,
    };
  if (known.held)
    return {
      standing: 'held',
      sentence: `is held: ${known.plan?.heldBecause ?? plan?.mustHold ?? 'the guard stopped it'}`,
      remedy: `"connector release ${who}" lets it happen, "connector reject ${who}" leaves all as it is`,
    };
  return {
    standing: 'outstanding',
    sentence: `is to be changed at LastPass: ${waitingFor({ known, dueAtMs, stopped, nowMs })}`,
    remedy: null,
  };
}

function waitingFor({
  known,
  dueAtMs,
  stopped,
  nowMs,
}: Pick<Facts, 'known' | 'dueAtMs' | 'stopped' | 'nowMs'>): string {
  if (known.listed) return 'a change of theirs is being planned';
  if (known.waiting) return 'the guard judges it within moments';
  if (stopped !== null) return stopped;
  if (dueAtMs === null) return 'it is planned with the next change of theirs, or the next full read';
  return dueAtMs > nowMs ? `it is tried again in ${formatDuration(dueAtMs - nowMs)}` : 'it is next in line';
}

/** What became of the account of somebody who has gone. */
function accountLeft(account: Account | null): string {
  if (account === null) return 'the account is gone from LastPass';
  if (account.disabled) return 'the account is disabled';
  return 'the policy leaves the account as it is';
}

function nothingToDo({ inputs, plan }: { inputs: PlanInputs; plan: Planned }): Verdict {
  const leaving = leavingOf(inputs);
  const { link, account } = inputs;
  const isTheirs = link !== null || plan.linkChange.kind === 'adopt';
  const nothing = { remedy: null };
  if (leaving !== null && !isTheirs)
    return { standing: 'not synced', sentence: `is not synced: ${leaving.reason}`, ...nothing };
  if (plan.undone)
    return {
      standing: 'synced',
      sentence: `${leaving?.reason ?? 'left'}, and somebody has undone what is done about it`,
      ...nothing,
    };
  if (plan.rejected)
    return { standing: 'rejected', sentence: 'stays as they are: somebody has rejected what was held', ...nothing };
  if (leaving !== null) return { standing: 'left', sentence: `${leaving.reason}: ${accountLeft(account)}`, ...nothing };
  if (account === null && link?.removedByUs)
    return {
      standing: 'under way',
      sentence:
        'waits: the removal of the former account had no answer, and could take a new one, until LastPass is asked once more',
      ...nothing,
    };
  if (!isTheirs)
    return {
      standing: 'not synced',
      sentence: 'is in scope, and gets no account (onDetected: ignore)',
      remedy: 'set policy.onDetected to create or approve',
    };
  if (account?.disabled && !link?.disabledByUs)
    return {
      standing: 'drift',
      sentence: 'is disabled at LastPass, not by the connector as far as it remembers, and is left so',
      remedy: 'enable the account at LastPass if it should be',
    };
  const rest = account?.invited ? 'the invitation is not accepted yet' : 'nothing is to be done';
  return { standing: 'synced', sentence: `is synced: ${rest}`, ...nothing };
}
