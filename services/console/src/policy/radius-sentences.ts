/** What an edit of the policy would do, in sentences: for the command, and for the page in a browser. Pure. */
import type { Step } from '@connector/shared/plan.ts';

type People = readonly unknown[];
type Planned = readonly { readonly steps: readonly Pick<Step, 'kind'>[] }[];

/** Whom it is about, as far as the sentences tell. */
interface Radius {
  readonly sent: Planned;
  readonly held: Planned;
  readonly pending: People;
  readonly setAside: People;
  readonly noLonger: People;
}

/** Writes a number with what it is of: a terminal and a page don't write numbers alike. */
type Counted = (count: number, one: string, many: string) => string;

const verbs = {
  create: (count, counted) => `create ${counted(count, 'account', 'accounts')}`,
  federate: (count, counted) => `make the log-in of ${people(count, counted)} a federated one`,
  rename: (count, counted) => `rename ${people(count, counted)}`,
  'change-email': (count, counted) => `change the address of ${people(count, counted)}`,
  enable: (count, counted) => `enable ${people(count, counted)}`,
  'join-groups': (count, counted) => `put ${people(count, counted)} into groups`,
  'leave-groups': (count, counted) => `take ${people(count, counted)} out of groups`,
  disable: (count, counted) => `disable ${people(count, counted)}`,
  withdraw: (count, counted) => `withdraw the invitation of ${people(count, counted)}`,
  remove: (count, counted) => `remove ${people(count, counted)}`,
  delete: (count, counted) => `delete ${people(count, counted)}`,
} as const satisfies Record<Step['kind'], (count: number, counted: Counted) => string>;

const people = (count: number, counted: Counted): string => counted(count, 'person', 'people');

function deedsText(all: Planned, counted: Counted): string {
  const counts = new Map<Step['kind'], number>();
  for (const { steps } of all)
    for (const kind of new Set(steps.map((step) => step.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return (Object.keys(verbs) as Step['kind'][])
    .flatMap((kind) => {
      const count = counts.get(kind);
      return count === undefined ? [] : [verbs[kind](count, counted)];
    })
    .join(', ');
}

/** A sentence for each part of it. */
export function radiusSentences({ sent, held, pending, setAside, noLonger }: Radius, counted: Counted): string[] {
  const said = [
    ...(sent.length > 0 ? [`This would ${deedsText(sent, counted)}.`] : []),
    ...(held.length > 0 ? [`This would ${deedsText(held, counted)}, each once somebody has released it.`] : []),
    ...(pending.length > 0 ? [`${people(pending.length, counted)} would wait for approval.`] : []),
    ...(setAside.length > 0 ? [`${people(setAside.length, counted)} would be set aside.`] : []),
    ...(noLonger.length > 0 ? [`${people(noLonger.length, counted)} would not wait for a word any more.`] : []),
  ];
  return said.length > 0 ? said : ['This would change nothing for anybody.'];
}
