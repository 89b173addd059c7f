/** Who leaves, why, and what is done about it now. Pure. */
import { formatDuration } from '@connector/shared/duration.ts';
import type { Link } from '@connector/shared/plan.ts';
import type { LeaverAction, LeaverPolicy, Policy } from '@connector/shared/policy.ts';
import type { MirrorObject } from '../mirror/mirror-object.ts';
import { isDisabled, isExpired } from './scope.ts';

/** What it depends on. */
export interface LeavingInputs {
  readonly person: MirrorObject;
  /** Why the person isn't in scope; `null` when they are. */
  readonly outOfScope: string | null;
  /** Where the person lies is certain; see `Surroundings`. */
  readonly placeKnown: boolean;
  /** Entries of `groupFilter` that name no group: whoever leaves the filter then leaves by a mistake, perhaps. */
  readonly unresolvedFilter: readonly string[];
  /** DNs of `userBases` that the directory doesn't have: whoever lies under none of the others may lie there. */
  readonly missingBases: readonly string[];
  readonly link: Link | null;
  readonly policy: Policy;
  readonly nowMs: number;
}

/** Why somebody goes: the first reason that holds decides. */
export interface Leaving {
  /** What is done now. */
  readonly action: LeaverAction;
  /** When something else is: the time that the account is kept is over. */
  readonly removalAtMs: number | null;
  /** The policy gives such a time. */
  readonly isKept: boolean;
  /** Why they go, and, in the words of a step, why that is done. */
  readonly reason: string;
  readonly because: string;
  /** Still in scope, only disabled: name and groups go on following AD. */
  readonly stays: boolean;
  readonly mustHold: string | null;
}

/** What it may be that hides somebody; a tombstone would prove that they were deleted. */
const absentBecause =
  'the service account may have lost the right to read them, they were moved to another domain, or they were deleted so long ago that AD has forgotten it';

type Reason = Pick<Leaving, 'because' | 'stays' | 'mustHold'> & { readonly wanted: LeaverPolicy };

/** Who leaves, and what is done about it now: where an account is kept for a while, it is disabled until then. */
export function leavingOf(inputs: LeavingInputs): Leaving | null {
  const found = reasonOf(inputs);
  if (found === null) return null;
  const { wanted, ...why } = found;
  const rest = { ...why, reason: why.because };
  if (typeof wanted === 'string') return { ...rest, action: wanted, removalAtMs: null, isKept: false };
  const removalAtMs = (inputs.link?.leftAtMs ?? inputs.nowMs) + wanted.after;
  if (removalAtMs > inputs.nowMs) return { ...rest, action: 'disable', removalAtMs, isKept: true };
  const because = `${rest.because}, ${formatDuration(wanted.after)} ago or more`;
  return { ...rest, because, action: wanted.action, removalAtMs: null, isKept: true };
}

/** Why what puts somebody out of scope is perhaps a mistake. */
function doubtOf({ placeKnown, unresolvedFilter, missingBases }: LeavingInputs): string | null {
  if (!placeKnown) return 'lies in a container that was not read yet';
  const names = (key: string, missing: readonly string[]) =>
    `${key} names ${missing.join(', ')}, which the directory doesn't have`;
  if (missingBases.length > 0) return names('userBases', missingBases);
  return unresolvedFilter.length > 0 ? names('groupFilter', unresolvedFilter) : null;
}

function reasonOf(inputs: LeavingInputs): Reason | null {
  const { person, outOfScope, policy, nowMs } = inputs;
  if (person.deleted)
    return { wanted: policy.onDeleted, because: 'was deleted in Active Directory', stays: false, mustHold: null };
  if (person.absent) {
    const because = 'is missing from a complete read of Active Directory';
    return {
      wanted: policy.onDeleted,
      because,
      stays: false,
      mustHold: `${because}, but not proved deleted: ${absentBecause}`,
    };
  }
  if (outOfScope !== null)
    return { wanted: policy.onRemovedFromFilter, because: outOfScope, stays: false, mustHold: doubtOf(inputs) };
  if (isDisabled(person))
    return { wanted: policy.onDisabled, because: 'is disabled in Active Directory', stays: true, mustHold: null };
  if (isExpired(person, nowMs))
    return {
      wanted: policy.onDisabled,
      because: 'has expired in Active Directory (accountExpires)',
      stays: true,
      mustHold: null,
    };
  return null;
}
