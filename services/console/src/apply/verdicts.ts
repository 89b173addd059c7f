/** What becomes of each step of a plan file: a comparison with what is planned now. Pure. */
import type { PersonKey } from '@connector/shared/keys.ts';
import { isGuarded, type Plan, type Step } from '@connector/shared/plan.ts';
import type { PreviewedPerson } from '@connector/sync/preview/simulated-run.ts';
import { stepDigest } from '@connector/sync/requests/reviewed-steps.ts';
import { stepsText } from '../held/step-text.ts';
import type { PlannedPerson } from '../plan-file/plan-file.ts';
import { isSo, nowOf, type PersonNow } from './person-now.ts';

/**
 * - `goes`: is to be done as the file says; `release`, `approve`: the same, once somebody has said so, which applying does
 * - `already so`: nothing is left to do
 * - `held`, `pending`, `rejected`: nothing happens without a word that applying doesn't give
 * - `moved`: isn't to be done, or not like that, any more
 */
export type VerdictKind = 'goes' | 'release' | 'approve' | 'already so' | 'held' | 'pending' | 'rejected' | 'moved';

export interface Verdict {
  readonly step: Step;
  readonly kind: VerdictKind;
  /** Why it doesn't go. */
  readonly because: string | null;
}

export interface JudgedPerson {
  readonly planned: PlannedPerson;
  readonly verdicts: readonly Verdict[];
}

/** What is planned now. */
export interface PlannedNow {
  /** Of those whom the file names. */
  readonly people: ReadonlyMap<PersonKey, PersonNow>;
  /** What a run would send now, also what becomes possible only by what goes before it. */
  readonly sent: readonly PreviewedPerson[];
}

export interface JudgeOptions {
  /** Applying releases and approves whom the file shows as held and pending. */
  readonly withHeld: boolean;
}

interface OneAccount {
  readonly username: string;
  readonly steps: readonly Step[];
}

const digestsOf = ({ username, steps }: OneAccount): Set<string> =>
  new Set(steps.map((step) => stepDigest(username, step)));

/** Judges every step of the file by itself. */
export function judgeFile(file: readonly PlannedPerson[], now: PlannedNow, options: JudgeOptions): JudgedPerson[] {
  const sent = new Map(now.sent.map((each) => [each.person, digestsOf(each)]));
  return file.map((planned) => {
    const current = nowOf(now.people, planned.person);
    const coming = sent.get(planned.person) ?? new Set();
    const verdicts = planned.steps.map((step) => verdictOn(step, { planned, current, coming, ...options }));
    return { planned, verdicts };
  });
}

interface Judging extends JudgeOptions {
  readonly planned: PlannedPerson;
  readonly current: PersonNow;
  /** Digests of what a run would send now. */
  readonly coming: ReadonlySet<string>;
}

function verdictOn(step: Step, judging: Judging): Verdict {
  const { planned, current, coming } = judging;
  const digest = stepDigest(planned.username, step);
  const inPlan = current.plan?.steps.find((each) => stepDigest(current.plan?.username ?? '', each) === digest);
  if (inPlan !== undefined && current.plan !== null)
    return isGuarded(inPlan) && !current.plan.cleared
      ? { step, ...waitingVerdict(current.plan, judging) }
      : { step, kind: 'goes', because: null };
  if (coming.has(digest)) return { step, kind: 'goes', because: null };
  if (isSo(step, current)) return { step, kind: 'already so', because: null };
  return { step, kind: 'moved', because: movedBecause(current) };
}

/** What stands in the place of a step that has moved. */
export function movedBecause({ plan, setAside, link, account, isStray }: PersonNow): string {
  if (setAside?.kind === 'data' || setAside?.kind === 'drift') return setAside.reason;
  if (plan !== null) return `planned now: ${stepsText(plan.steps)}`;
  if (link === null && !isStray) return 'nothing is planned, and there is no account';
  const state = account === null ? '' : account.disabled ? ', the account is disabled' : ', the account is enabled';
  return `nothing is planned any more${state}`;
}

/** Guarded steps of somebody are decided about together: these, or none. */
function waitingVerdict(plan: Plan, { planned, current: { list }, withHeld }: Judging): Omit<Verdict, 'step'> {
  const why = plan.heldBecause ?? plan.mustHold;
  const { username } = plan;
  if (list === 'rejected')
    return { kind: 'rejected', because: `somebody has rejected it: "connector approve ${username}"` };
  const isPending = list === 'pending';
  const kind = isPending ? 'pending' : 'held';
  const command = `connector ${isPending ? 'approve' : 'release'} ${username}`;
  if (list === null) return { kind, because: 'waits for the guard: apply it again' };
  if (planned.outcome === 'sent')
    return { kind, because: `${why ?? 'new, and onDetected is approve'}, which the file doesn't say: "${command}"` };
  if (!withHeld) return { kind, because: `${why ?? 'new, and onDetected is approve'}: "${command}", or --with-held` };
  if (!hasAllGuarded(planned, plan))
    return { kind, because: `the file has only some of what is ${kind} together: "${command}"` };
  return { kind: isPending ? 'approve' : 'release', because: null };
}

/** Whether the file has all steps of a plan that wait for a word. */
export function hasAllGuarded(planned: OneAccount, plan: OneAccount): boolean {
  const digests = digestsOf(planned);
  return plan.steps.filter(isGuarded).every((step) => digests.has(stepDigest(plan.username, step)));
}

/** How much is planned now that the file doesn't have. */
export function notInFile(file: readonly PlannedPerson[], { sent }: PlannedNow): { people: number; steps: number } {
  const reviewed = new Set(file.flatMap((each) => [...digestsOf(each)].map((digest) => `${each.person} ${digest}`)));
  const others = sent
    .map(
      ({ person, username, steps }) =>
        steps.filter((step) => !reviewed.has(`${person} ${stepDigest(username, step)}`)).length,
    )
    .filter((count) => count > 0);
  return { people: others.length, steps: others.reduce((sum, count) => sum + count, 0) };
}
