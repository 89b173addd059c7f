/** What a release, an approval or a rejection did, for people and for programs. */
import type { NotFound } from '../not-found.ts';
import { whenText } from '../steer/what-stops.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted } from '../text/when.ts';
import type { Decided, Outcome, Verdict } from './decide.ts';
import { type DecidedGroup, decidedGroupJson, decidedGroupRow } from './held-groups.ts';
import { commandOf, type WaitingList } from './held-people.ts';
import { stepsText } from './step-text.ts';

export interface Decisions {
  readonly verdict: Verdict;
  /** Those who could be meant. */
  readonly from: readonly WaitingList[];
  readonly decided: readonly Decided[];
  readonly groups: readonly DecidedGroup[];
  readonly notFound: readonly NotFound[];
  /** What keeps all deliveries back; `null`: nothing. */
  readonly stopped: string | null;
}

const changeText = (outcome: Exclude<Outcome, Verdict>, list: WaitingList): string =>
  outcome === 'held again'
    ? `what would happen has changed meanwhile, and is ${list} again: look at it with "${commandOf(list)}"`
    : `what would happen has changed meanwhile, and nothing is ${list} any more`;

const isDone = ({ outcome }: Decided, verdict: Verdict): boolean => outcome === verdict;

/** Whether everybody asked for was found, and nothing had changed. */
export const allDone = ({ verdict, decided, groups, notFound }: Decisions): boolean =>
  notFound.length === 0 &&
  decided.every((each) => isDone(each, verdict)) &&
  groups.every(({ outcome }) => outcome === verdict);

/** @param when `now`, or when and why not */
const meaningOf: Record<Verdict, (when: string) => string> = {
  released: (when) => `the steps shown happen ${when}`,
  approved: (when) => `their accounts are created ${when}`,
  rejected: () => 'the steps shown do not happen',
};

export function decidedText(decisions: Decisions, paint: Paint): string[] {
  const { verdict, from, decided, groups, notFound, stopped } = decisions;
  const people = [...decided.map((each) => rowOf(each, verdict)), ...notFound.map((each) => notFoundRow(each, from))];
  const rows = [...people, ...groups.map(decidedGroupRow)];
  if (rows.length === 0) return [`Nobody is ${from.join(' or ')}.`];
  const done = decided.filter((each) => isDone(each, verdict)).length;
  const failed = people.length - done;
  const meaning = meaningOf[verdict](whenText(stopped));
  if (people.length === 0) {
    const isReleased = groups.some(({ outcome }) => outcome === 'released');
    const later = isReleased && stopped !== null ? [`It happens ${whenText(stopped)}.`] : [];
    return [...aligned(rows, { paint, indent: 0 }), ...later];
  }
  return [
    ...aligned(rows, { paint, indent: 0 }),
    `${counted(done, 'person', 'people')} ${verdict}${done > 0 ? `: ${meaning}` : ''}${failed > 0 ? `; ${failed} not` : ''}.`,
  ];
}

function rowOf({ held, outcome }: Decided, verdict: Verdict): Cell[] {
  const { list, name, username, steps } = held;
  if (outcome === 'held again' || outcome === 'no longer held')
    return [['bad', 'changed'], name, username, changeText(outcome, list)];
  return [['good', verdict], name, username, stepsText(steps)];
}

function notFoundRow({ who, candidates }: NotFound, from: readonly WaitingList[]): Cell[] {
  if (candidates.length > 0) return [['bad', 'ambiguous'], who, '', `could be ${candidates.join(' or ')}: name one`];
  const look = [...new Set(from.map((list) => `"${commandOf(list)}"`))].join(' and ');
  return [['bad', 'unknown'], who, '', `nobody of that name is ${from.join(' or ')}: see ${look}`];
}

export function decidedJson({ decided, groups, notFound, stopped }: Decisions): object {
  return {
    stopped,
    groups: groups.map(decidedGroupJson),
    people: decided.map(({ held: { person, username, name, steps, heldBecause: because }, outcome }) => ({
      person,
      username,
      name,
      steps,
      because,
      outcome,
    })),
    notFound: notFound.map(({ who, candidates }) => ({ who, problem: notFoundProblem(candidates), candidates })),
  };
}

const notFoundProblem = (candidates: readonly string[]) => (candidates.length > 0 ? 'ambiguous' : 'unknown');
