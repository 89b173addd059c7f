/**
 * The guard: whether those who would lose something may go without a person's word. Pure; it counts what it is shown.
 *
 * One mistyped filter, one failed read taken for the truth, and thousands lose their accounts: the costliest failure of
 * every product of this kind. So leavers are counted as one set, before any of them is delivered.
 */
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import { isLeaverStep, type Plan } from '@connector/shared/plan.ts';
import type { GuardLimits } from '@connector/shared/policy.ts';

export interface GuardInputs {
  /** Everybody whose guarded steps weren't judged yet. */
  readonly waiting: ReadonlyMap<PersonKey, Plan>;
  /** Leavers of the last hour, passed or held. */
  readonly recentLeavers: ReadonlySet<PersonKey>;
  /** Who was held within the last hour and would leave groups: they still are in these, and are to be counted with those who wait. */
  readonly recentlyHeld: ReadonlyMap<PersonKey, Plan>;
  /** How many people are linked. */
  readonly linked: number;
  readonly limits: GuardLimits;
  /** Whether a complete read under the policy in force was planned. */
  readonly policySettled: boolean;
  /** Directories of which a read of another domain controller than before has just come into use. */
  readonly newlyReadElsewhere: ReadonlySet<string>;
  /** How many accounts are in each LastPass group, by folded name. */
  readonly groupSizes: ReadonlyMap<string, number>;
  /** Folded names of groups that somebody has released a rename of: they are meant to be left. */
  readonly renamedGroups: ReadonlySet<string>;
}

/** For each person who waits: why they are held, or `null` when they may go. */
export type Judgement = ReadonlyMap<PersonKey, string | null>;

const isLeaver = ({ steps }: Plan): boolean => steps.some(isLeaverStep);

/** A group loses too many at once when it loses more than this, and more than half of its members. */
const maxGroupLosses = 10;

/** Why leavers are too many together; `null` when they aren't. */
export function tooManyLeavers({
  leavers,
  linked,
  limits,
}: {
  leavers: number;
  linked: number;
  limits: Omit<GuardLimits, 'firstCreates'>;
}): string | null {
  const share = (linked * limits.maxLeaversPercent) / 100;
  const count = `${leavers} ${leavers === 1 ? 'person' : 'people'} would lose access within an hour`;
  if (leavers > limits.maxLeaversHard) return `${count}, more than maxLeaversHard (${limits.maxLeaversHard})`;
  if (leavers > limits.maxLeavers && leavers > share) {
    return `${count}, more than maxLeavers (${limits.maxLeavers}) and more than ${limits.maxLeaversPercent} % of ${linked} linked people`;
  }
  return null;
}

/** Groups that would lose too many members at once, by folded name. */
function emptiedGroups({ waiting, recentlyHeld, groupSizes, renamedGroups }: GuardInputs): Map<string, string> {
  const losses = new Map<string, number>();
  for (const { steps } of new Map([...recentlyHeld, ...waiting]).values()) {
    for (const step of steps)
      if (step.kind === 'leave-groups')
        for (const name of step.groups) losses.set(folded(name), (losses.get(folded(name)) ?? 0) + 1);
  }
  const emptied = new Map<string, string>();
  for (const [name, lost] of losses) {
    const size = groupSizes.get(name) ?? 0;
    if (lost > maxGroupLosses && lost > size / 2 && !renamedGroups.has(name))
      emptied.set(name, `the group ${name} would lose ${lost} of its ${size} members at once`);
  }
  return emptied;
}

const mayLag =
  'another domain controller was read than before, or one that was put back, which may not have heard of everything';

/** Judges everybody who waits. */
export function judge(inputs: GuardInputs): Judgement {
  const { waiting, recentLeavers, linked, limits, policySettled } = inputs;
  const leavers = new Set([
    ...recentLeavers,
    ...[...waiting].filter(([, plan]) => isLeaver(plan)).map(([person]) => person),
  ]);
  const tooMany = tooManyLeavers({ leavers: leavers.size, linked, limits });
  const emptied = emptiedGroups(inputs);
  const judgement = new Map<PersonKey, string | null>();
  for (const [person, plan] of waiting) {
    const leaves = plan.steps.flatMap((step) => (step.kind === 'leave-groups' ? step.groups : []));
    const group = leaves.map((name) => emptied.get(folded(name))).find((reason) => reason !== undefined);
    const unsettled = policySettled
      ? null
      : 'the policy, a filter or a base has changed, and nobody leaves before a complete read under it is planned';
    const isElsewhere = inputs.newlyReadElsewhere.has(partsOfPerson(person).directory);
    const uncertain = isElsewhere && !plan.certain ? mayLag : null;
    // Who loses access isn't kept waiting for the sake of a group.
    judgement.set(person, plan.mustHold ?? (isLeaver(plan) ? (unsettled ?? tooMany) : (group ?? null)) ?? uncertain);
  }
  return judgement;
}
