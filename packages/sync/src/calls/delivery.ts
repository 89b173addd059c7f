/** One person's delivery: their plan, and the account as it becomes step by step. */
import type { Account } from '@connector/shared/account.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import { isGuarded, type Link, type Plan, type Step } from '@connector/shared/plan.ts';
import { type ReviewedSteps, stepDigest } from '../requests/reviewed-steps.ts';

export interface Delivery {
  readonly person: PersonKey;
  readonly plan: Plan;
  /** The plan as stored. */
  readonly planRaw: string;
  /** How often the delivery has failed in a row. */
  readonly attempts: number;
  /** Only these of the plan's steps may be sent; missing: all. */
  readonly reviewed?: ReviewedSteps;
  /** What is known of the account now; `null` before it is created and after it is gone. */
  account: Account | null;
  link: Link | null;
}

/** The steps that may be sent: the guarded ones only once they are cleared, and, where steps were reviewed, these only. */
export const stepsOf = ({ plan, reviewed }: Pick<Delivery, 'plan' | 'reviewed'>): readonly Step[] =>
  plan.steps.filter(
    (step) =>
      (plan.cleared || !isGuarded(step)) &&
      (reviewed === undefined || reviewed.digests.has(stepDigest(plan.username, step))),
  );

/** A step of one kind, if the delivery has one that may be sent. */
export function stepOf<Kind extends Step['kind']>(
  delivery: Delivery,
  kind: Kind,
): Extract<Step, { kind: Kind }> | undefined {
  return stepsOf(delivery).find((step): step is Extract<Step, { kind: Kind }> => step.kind === kind);
}

/** What LastPass is told of somebody who is to have an account, or has one: its words may quote it. */
export function toldOf(delivery: Pick<Delivery, 'plan'>): string[] {
  const { username, name, steps } = delivery.plan;
  const domain = username.slice(username.lastIndexOf('@') + 1);
  const created = steps.flatMap((step) => (step.kind === 'create' ? [step.fullname, ...step.groups] : []));
  return [username, domain, name, ...created];
}

/** The account that a create makes. */
export function createdAccount(
  { person, plan }: Delivery,
  { fullname, groups }: { fullname: string; groups: readonly string[] },
): Account {
  const { directory, guid } = partsOfPerson(person);
  return {
    username: plan.username,
    id: null,
    fullname,
    disabled: false,
    admin: false,
    groups: [...groups].sort(),
    invited: false,
    objectGuid: guid,
    directory,
  };
}

/** The groups after joining and leaving; names compare case-insensitively. */
export function groupsAfter(
  groups: readonly string[],
  { add, del }: { add: readonly string[]; del: readonly string[] },
): string[] {
  const gone = new Set(del.map(folded));
  const kept = groups.filter((name) => !gone.has(folded(name)));
  const has = new Set(kept.map(folded));
  return [...kept, ...add.filter((name) => !has.has(folded(name)))].sort();
}
