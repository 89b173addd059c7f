/** Who is set aside, and what trying again did, for people and for programs. */

import { asShown } from '../as-shown.ts';
import { type NotFound, notFoundJson, notFoundRow } from '../not-found.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { counted, isoText, momentText } from '../text/when.ts';
import type { AsidePerson, Retried } from './aside-people.ts';

/** One block for each reason, the one that holds most first. */
export function asideText(aside: readonly AsidePerson[], paint: Paint): string[] {
  if (aside.length === 0) return ['Nobody is set aside.'];
  const titles = {
    data: "the directory's data stands in the way",
    refused: 'refused by LastPass',
    'no-seat': 'wait for a seat at LastPass: add licences, or free some; tried every minute',
    drift: 'deleted by hand at LastPass',
  } as const satisfies Record<AsidePerson['kind'], string>;
  const blocks = [...Map.groupBy(aside, ({ kind }) => kind)].sort(([, a], [, b]) => b.length - a.length);
  return [
    `${counted(aside.length, 'person is', 'people are')} set aside: everybody else is synced.`,
    ...blocks.flatMap(([kind, people]) => [
      '',
      `${paint('strong', titles[kind])} (${counted(people.length, 'person', 'people')})`,
      ...aligned(people.map(rowOf), { paint }),
    ]),
    '',
    'Mended data in Active Directory counts by itself. Try again at once with "connector retry <who…>" or --all.',
    'Who: a user name, or what "connector aside --json" shows as person.',
  ];
}

const rowOf = ({ name, username, sinceMs, reason }: AsidePerson): Cell[] => [
  name,
  username ?? 'no mail',
  ['weak', `since ${momentText(sinceMs)}`],
  oneLine(reason),
];

export const asideJson = (aside: readonly AsidePerson[]): object => ({
  aside: aside.map(({ person, username, name, kind, reason, sinceMs }) => ({
    person,
    username,
    name,
    kind,
    reason,
    since: isoText(sinceMs),
    asShown: asShown(person, kind),
  })),
});

export interface RetriedPerson {
  readonly aside: AsidePerson;
  readonly outcome: Retried;
}

export function retriedText(retried: readonly RetriedPerson[], notFound: readonly NotFound[], paint: Paint): string[] {
  const rows = [
    ...retried.map(({ aside: { name, username, kind }, outcome }): Cell[] => [
      outcome === 'retried' ? ['good', outcome] : ['bad', outcome],
      name,
      username ?? '',
      outcome === 'changed'
        ? 'is not set aside for that any more, or being delivered: look again'
        : kind === 'drift'
          ? 'the link to the deleted account has ended: policy onDetected decides'
          : 'is planned again now',
    ]),
    ...notFound.map((each) =>
      notFoundRow(each, 'nobody of that name is set aside: see "connector aside" and "connector drift"'),
    ),
  ];
  return rows.length === 0 ? ['Nobody is set aside.'] : aligned(rows, { paint, indent: 0 });
}

export const retriedJson = (retried: readonly RetriedPerson[], notFound: readonly NotFound[]): object => ({
  people: retried.map(({ aside: { person, username, name, kind }, outcome }) => ({
    person,
    username,
    name,
    kind,
    outcome,
  })),
  notFound: notFoundJson(notFound),
});
