/** What becomes of a plan file, for people. */
import { formatDuration } from '@connector/shared/duration.ts';
import type { Mode } from '@connector/sync/requests/steering.ts';
import { actionText } from '../held/step-text.ts';
import { countPeople, countSteps, type PlanFile, type PlanPlace } from '../plan-file/plan-file.ts';
import { progressText } from '../sync/progress.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted, momentText } from '../text/when.ts';
import { type Applied, type AppliedPerson, isDone, isGoing, type Outcome } from './outcomes.ts';

const steps = (count: number): string => counted(count, 'step', 'steps');
const stepsFor = (count: number, people: number): string =>
  `${steps(count)} for ${counted(people, 'person', 'people')}`;

/** What the file is, before anything else. */
export function fileLines(
  { people, counts, by, madeAt, policyVersion, directories }: PlanFile,
  { path, here }: { path: string; here: PlanPlace },
): string[] {
  const now = stepsFor(countSteps(people), countPeople(people));
  const then = stepsFor(counts.steps, counts.people);
  return [
    `${path}: ${now}${now === then ? '' : ` of ${then}`}, made by ${by} at ${momentText(Date.parse(madeAt))}.`,
    ...(policyVersion === here.policyVersion
      ? []
      : ['The policy is another one since: each step is looked at all the same.']),
    `Asked for what changed in ${directories.join(', ')} and for reading the accounts.`,
  ];
}

type Picked = (outcome: Outcome) => boolean;
const isRefused: Picked = (outcome) => !isGoing(outcome) && !isDone(outcome);
const needsWord: Picked = ({ kind }) => kind === 'release' || kind === 'approve';

const pickedFrom = (people: readonly AppliedPerson[], isPicked: Picked) =>
  people
    .map(({ planned, outcomes }) => ({ planned, outcomes: outcomes.filter(isPicked) }))
    .filter(({ outcomes }) => outcomes.length > 0);

const countPicked = (people: readonly AppliedPerson[], isPicked: Picked): number =>
  countPeople(pickedFrom(people, isPicked).map(({ planned }) => planned));

const count = (people: readonly AppliedPerson[], isPicked: Picked): number =>
  people.reduce((sum, { outcomes }) => sum + outcomes.filter(isPicked).length, 0);

const rowsOf = (people: readonly AppliedPerson[], isPicked: Picked): Cell[][] =>
  pickedFrom(people, isPicked).flatMap(({ planned: { name, username }, outcomes }) =>
    outcomes.map(({ step, kind, because }): Cell[] => [
      [isDone({ kind }) ? 'good' : isGoing({ kind }) ? 'strong' : 'bad', kind],
      name,
      username,
      `${actionText(step)} (${step.because})`,
      ...(because === null ? [] : [because]),
    ]),
  );

/** What would be done, before anybody is asked. */
export function judgedText(
  { people, notInFile }: Pick<Applied, 'people' | 'notInFile'>,
  { mode, paint }: { mode: Mode; paint: Paint },
): string[] {
  const going = countPicked(people, isGoing);
  const others = notInFile?.steps ?? 0;
  return [
    `To be sent: ${stepsFor(count(people, isGoing), going)}; so already: ${count(people, isDone)}; refused: ${count(people, isRefused)}.`,
    ...aligned(
      rowsOf(people, (each) => needsWord(each) || isRefused(each)),
      { paint },
    ),
    ...(others === 0
      ? []
      : [
          `Planned, and not in the file: ${stepsFor(others, notInFile?.people ?? 0)}, ${mode === 'manual' ? 'not sent by this' : 'sent by themselves, as sync.mode is automatic'}.`,
        ]),
  ];
}

/** What is asked on a terminal. */
export function questionText(people: readonly AppliedPerson[]): string {
  const words = (['release', 'approve'] as const).flatMap((kind) => {
    const these = pickedFrom(people, (each) => each.kind === kind).map(({ planned: { name } }) => name);
    if (these.length === 0) return [];
    const more = these.length > shownNames ? ` and ${these.length - shownNames} more` : '';
    return `; ${kind}s ${counted(these.length, 'person', 'people')}: ${these.slice(0, shownNames).join(', ')}${more}`;
  });
  return `Send ${stepsFor(count(people, isGoing), countPicked(people, isGoing))}${words.join('')}?`;
}

/** More names than this are only counted: all of them stand above. */
const shownNames = 10;

const goesOn = 'It goes on by itself: see "connector status".';

/** The last words. What was refused at once is told already. */
export function appliedText(
  { end, people, last }: Applied,
  { tookMs, paint }: { tookMs: number; paint: Paint },
): string[] {
  const took = formatDuration(tookMs);
  const isNews: Picked = ({ went }) => went;
  const left = last?.outstanding
    ? progressText({ outstanding: last.outstanding, timeLeftMs: last.timeLeftMs })
    : 'unknown, as Redis is away';
  const sum = [
    `delivered: ${count(people, ({ kind }) => kind === 'delivered')}`,
    `so already: ${count(people, ({ kind }) => kind === 'already so')}`,
    `not done: ${count(people, isRefused)}`,
  ].join('; ');
  switch (end) {
    case 'dry run':
    case 'declined':
      return ['Nothing was sent.'];
    case 'finished':
      return [
        ...aligned(rowsOf(people, isNews), { paint }),
        paint(count(people, isRefused) > 0 ? 'bad' : 'good', `Done in ${took}. Steps ${sum}.`),
      ];
    case 'timed out':
    case 'interrupted':
      if (people.length === 0) return [paint('bad', `Not read to the end: ${left}. Nothing was sent.`)];
      return [
        ...aligned(rowsOf(people, isNews), { paint }),
        paint(
          'bad',
          `${end === 'timed out' ? `Not finished within ${took}` : 'Not waited for'}. Steps ${sum}. Outstanding: ${left}.`,
        ),
        goesOn,
      ];
  }
}
