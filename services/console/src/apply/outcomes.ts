/** What has become of each step, once whatever was to go has had its time. Pure. */
import { isGuarded, isRefusal, type Step } from '@connector/shared/plan.ts';
import { stepDigest } from '@connector/sync/requests/reviewed-steps.ts';
import type { PlannedPerson } from '../plan-file/plan-file.ts';
import type { Look, Waited } from '../sync/wait-for-sync.ts';
import { isSo, type PersonNow } from './person-now.ts';
import { type JudgedPerson, movedBecause, type Verdict, type VerdictKind } from './verdicts.ts';

/**
 * A verdict, and of what was to go: `delivered`; `set aside`, in LastPass's words; `outstanding`, not done yet.
 */
export type OutcomeKind = VerdictKind | 'delivered' | 'set aside' | 'outstanding';

export interface Outcome extends Omit<Verdict, 'kind'> {
  readonly kind: OutcomeKind;
  /** It was let go: this is what became of it, and not what it was refused for. */
  readonly went: boolean;
}

export interface AppliedPerson {
  readonly planned: PlannedPerson;
  readonly outcomes: readonly Outcome[];
}

/** Whether a verdict lets its step go. */
export const isGoing = ({ kind }: Pick<Outcome, 'kind'>): boolean =>
  kind === 'goes' || kind === 'release' || kind === 'approve';

/** Whether nothing more is to be wished for. */
export const isDone = ({ kind }: Pick<Outcome, 'kind'>): boolean => kind === 'delivered' || kind === 'already so';

/** The verdicts as outcomes, where nothing was sent. */
export const asJudged = (people: readonly JudgedPerson[]): AppliedPerson[] =>
  people.map(({ planned, verdicts }) => ({
    planned,
    outcomes: verdicts.map((verdict) => ({ ...verdict, went: false })),
  }));

/** @param now what is true of somebody now */
export const outcomesOf = (people: readonly JudgedPerson[], now: (person: string) => PersonNow): AppliedPerson[] =>
  people.map(({ planned, verdicts }) => ({
    planned,
    outcomes: verdicts.map((verdict): Outcome => {
      if (!isGoing(verdict)) return { ...verdict, went: false };
      const { step } = verdict;
      return { step, went: true, ...becameOf(step, planned, now(planned.person)) };
    }),
  }));

function becameOf(step: Step, { username }: PlannedPerson, now: PersonNow): Pick<Outcome, 'kind' | 'because'> {
  if (isSo(step, now)) return { kind: 'delivered', because: null };
  const { plan, setAside, list } = now;
  const digest = stepDigest(username, step);
  const inPlan = plan?.steps.find((each) => stepDigest(plan.username, each) === digest);
  if (inPlan === undefined || plan === null) return { kind: 'moved', because: movedBecause(now) };
  if (isRefusal(setAside)) return { kind: 'set aside', because: setAside?.reason ?? null };
  if (isGuarded(inPlan) && !plan.cleared)
    return { kind: list ?? 'held', because: plan.heldBecause ?? plan.mustHold ?? 'waits for a word' };
  return { kind: 'outstanding', because: 'not delivered yet' };
}

/** What applying a file has come to. */
export interface Applied {
  readonly end: 'finished' | 'dry run' | 'declined' | Exclude<Waited['end'], 'finished'>;
  /** Empty where it came to no judgement. */
  readonly people: readonly AppliedPerson[];
  /** What is planned besides; `null` where it came to no judgement. */
  readonly notInFile: { readonly people: number; readonly steps: number } | null;
  /** The last look at what was waited for; `null` where nothing was. */
  readonly last: Look | null;
}

/** Whether the whole file is done. */
export const isAllDone = ({ end, people }: Applied): boolean =>
  end === 'finished' && people.every(({ outcomes }) => outcomes.every(isDone));

/** Whether all of it could be: what a dry run answers. */
export const canAllBeDone = ({ end, people }: Applied): boolean =>
  end === 'dry run' && people.every(({ outcomes }) => outcomes.every((each) => isGoing(each) || isDone(each)));
