/** The people held, for people and for programs. */
import { aligned, type Cell, oneLine } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted, isoText, momentText } from '../text/when.ts';
import type { HeldPerson } from './held-people.ts';
import { stepsText } from './step-text.ts';

/** One block for each reason, the one that holds most first. */
export function heldText(held: readonly HeldPerson[], paint: Paint): string[] {
  if (held.length === 0) return ['Nobody is held.'];
  const byReason = [...Map.groupBy(held, ({ heldBecause }) => heldBecause)].sort(([, a], [, b]) => b.length - a.length);
  return [
    `${counted(held.length, 'person is', 'people are')} held: nothing of this happens without your word.`,
    ...byReason.flatMap(([reason, people]) => [
      '',
      `${paint('strong', oneLine(reason))} (${counted(people.length, 'person', 'people')})`,
      ...aligned(people.map(rowOf), { paint }),
    ]),
    '',
    'Let it happen with "connector release <who…>" or --all; refuse it with "connector reject <who…>" or --all.',
    'Who: a user name, or what "connector held --json" shows as person.',
  ];
}

const rowOf = ({ name, username, steps, sinceMs }: HeldPerson): Cell[] => [
  name,
  username,
  ['weak', `since ${momentText(sinceMs)}`],
  stepsText(steps),
];

export function heldJson(held: readonly HeldPerson[]): object {
  return {
    held: held.map(({ person, username, name, steps, heldBecause, sinceMs }) => ({
      person,
      username,
      name,
      steps,
      heldBecause,
      since: isoText(sinceMs),
    })),
  };
}
