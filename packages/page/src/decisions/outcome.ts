/** What became of a decision, by name where it wasn't done. Pure. */
import type { Deed } from '../api/decide.ts';
import type { DecidedDocument } from '../api/documents.ts';
import { counted } from '../text/count.ts';

/** Somebody for whom it wasn't done. */
export interface NotDone {
  /** Person key; `null` for a group. */
  readonly person: string | null;
  readonly name: string;
  /** Goes on after the name. */
  readonly why: string;
}

export interface Outcome {
  /** A sentence: how many it was done for. */
  readonly done: string;
  readonly notDone: readonly NotDone[];
}

/** The API's word for what is done. */
const doneWords: Readonly<Record<Deed, string>> = {
  release: 'released',
  approve: 'approved',
  reject: 'rejected',
  retry: 'retried',
  undo: 'undone',
};

/** Why it wasn't, in the API's word. */
const whyNot: Readonly<Record<string, string>> = {
  'held again': 'has changed meanwhile, and waits again with other steps: look at them anew',
  'no longer held': 'has changed meanwhile, and nothing waits any more',
  changed: 'has changed meanwhile, or is being delivered right now: look again',
};
const groupChanged = 'isn’t renamed like that any more: look at it anew';
const gone = 'isn’t on the list any more: somebody else may have decided';

/**
 * @param nameOf of those who were chosen, by what was sent for them
 * @param effect what it means for whoever it was done for, and when: `their accounts are created now`
 */
export function outcomeOf(
  deed: Deed,
  { people, groups = [], notFound, stopped = null }: DecidedDocument,
  { nameOf, effect }: { nameOf: (who: string) => string; effect: (when: string) => string },
): Outcome {
  const word = doneWords[deed];
  const when = stopped === null ? 'now' : `later, as ${stopped}`;
  const isDone = ({ outcome }: { readonly outcome: string }) => outcome === word;
  const counts = [
    [people.filter(isDone).length, 'person', 'people'],
    [groups.filter(isDone).length, 'group', 'groups'],
  ] as const;
  const told = counts.filter(([count]) => count > 0).map(([count, one, many]) => counted(count, one, many));
  return {
    done: told.length === 0 ? `Nobody was ${word}.` : `${told.join(' and ')} ${word}: ${effect(when)}.`,
    notDone: [
      ...people
        .filter((each) => !isDone(each))
        .map(({ person, name, outcome }) => ({ person, name, why: whyNot[outcome] ?? outcome })),
      ...groups.filter((each) => !isDone(each)).map(({ name }) => ({ person: null, name, why: groupChanged })),
      ...notFound.map(({ who }) => ({ person: null, name: nameOf(who), why: gone })),
    ],
  };
}
