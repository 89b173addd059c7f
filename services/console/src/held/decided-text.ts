/** What a release or a rejection did, for people and for programs. */
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted } from '../text/when.ts';
import type { Decided, Outcome, Verdict } from './decide.ts';
import type { NotFound } from './held-people.ts';
import { stepsText } from './step-text.ts';

export interface Decisions {
  readonly verdict: Verdict;
  readonly decided: readonly Decided[];
  readonly notFound: readonly NotFound[];
}

const changes: Record<Exclude<Outcome, Verdict>, string> = {
  'held again': 'what would happen has changed meanwhile, and is held again: look at it with "connector held"',
  'no longer held': 'what would happen has changed meanwhile, and nothing is held any more',
};

const isDone = ({ outcome }: Decided, verdict: Verdict): boolean => outcome === verdict;

/** Whether everybody asked for was found, and nothing had changed. */
export const allDone = ({ verdict, decided, notFound }: Decisions): boolean =>
  notFound.length === 0 && decided.every((each) => isDone(each, verdict));

export function decidedText(decisions: Decisions, paint: Paint): string[] {
  const { verdict, decided, notFound } = decisions;
  const rows = [...decided.map((each) => rowOf(each, verdict)), ...notFound.map(notFoundRow)];
  if (rows.length === 0) return ['Nobody is held.'];
  const done = decided.filter((each) => isDone(each, verdict)).length;
  const failed = rows.length - done;
  const means = verdict === 'released' ? 'the steps shown happen now' : 'the steps shown do not happen';
  return [
    ...aligned(rows, { paint, indent: 0 }),
    `${counted(done, 'person', 'people')} ${verdict}${done > 0 ? `: ${means}` : ''}${failed > 0 ? `; ${failed} not` : ''}.`,
  ];
}

function rowOf({ held, outcome }: Decided, verdict: Verdict): Cell[] {
  const { name, username, steps } = held;
  if (outcome === 'held again' || outcome === 'no longer held')
    return [['bad', 'changed'], name, username, changes[outcome]];
  return [['good', verdict], name, username, stepsText(steps)];
}

function notFoundRow({ who, candidates }: NotFound): Cell[] {
  if (candidates.length > 0) return [['bad', 'ambiguous'], who, '', `could be ${candidates.join(' or ')}: name one`];
  return [['bad', 'unknown'], who, '', 'nobody of that name is held: see "connector held"'];
}

export function decidedJson({ decided, notFound }: Decisions): object {
  return {
    people: decided.map(({ held: { person, username, name, steps, heldBecause }, outcome }) => ({
      person,
      username,
      name,
      steps,
      heldBecause,
      outcome,
    })),
    notFound: notFound.map(({ who, candidates }) => ({ who, problem: notFoundProblem(candidates), candidates })),
  };
}

const notFoundProblem = (candidates: readonly string[]) => (candidates.length > 0 ? 'ambiguous' : 'unknown');
