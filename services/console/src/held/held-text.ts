/** Who is held or pending, for people and for programs. */
import { asShown } from '../as-shown.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { counted, isoText, momentText } from '../text/when.ts';
import { commandOf, type HeldPerson, type WaitingList } from './held-people.ts';
import { stepsText } from './step-text.ts';

/** What each list says around the people. */
const words = {
  held: {
    nobody: 'Nobody is held.',
    heading: (count: number) =>
      `${counted(count, 'person is', 'people are')} held: nothing of this happens without your word.`,
    advice:
      'Let it happen with "connector release <who…>" or --all; refuse it with "connector reject <who…>" or --all.',
  },
  pending: {
    nobody: 'Nobody is pending.',
    heading: (count: number) => `${counted(count, 'person is', 'people are')} pending: no account without your word.`,
    advice:
      'Create accounts with "connector approve <who…>" or --all; refuse them with "connector reject <who…>" or --all-pending.',
  },
  rejected: {
    nobody: 'Nobody is rejected.',
    heading: (count: number) =>
      `${counted(count, 'person is', 'people are')} rejected: no account, as somebody decided.`,
    advice: 'Create accounts after all with "connector approve <who…>".',
  },
} as const satisfies Record<WaitingList, object>;

/** One block for each reason, the one that holds most first. */
export function heldText(list: WaitingList, held: readonly HeldPerson[], paint: Paint): string[] {
  const { nobody, heading, advice } = words[list];
  if (held.length === 0) return [nobody];
  const byReason = [...Map.groupBy(held, ({ heldBecause }) => heldBecause)].sort(([, a], [, b]) => b.length - a.length);
  return [
    heading(held.length),
    ...byReason.flatMap(([reason, people]) => [
      '',
      `${paint('strong', oneLine(reason))} (${counted(people.length, 'person', 'people')})`,
      ...aligned(people.map(rowOf), { paint }),
    ]),
    '',
    advice,
    `Who: a user name, or what "${commandOf(list)} --json" shows as person.`,
  ];
}

const rowOf = ({ name, username, steps, sinceMs }: HeldPerson): Cell[] => [
  name,
  username,
  ['weak', `since ${momentText(sinceMs)}`],
  stepsText(steps),
];

export function heldJson(list: WaitingList, held: readonly HeldPerson[]): object {
  return {
    [list]: held.map(({ person, username, name, steps, heldBecause: because, sinceMs, guarded }) => ({
      person,
      username,
      name,
      steps,
      because,
      since: isoText(sinceMs),
      asShown: asShown(person, guarded),
    })),
  };
}
