/** Finding people by what was typed, and telling of those who weren't found. */
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import { partsOfName } from './as-shown.ts';
import type { Cell } from './text/aligned.ts';

/** Nobody, or more than one, goes by a name that was asked for. */
export interface NotFound {
  readonly who: string;
  /** Whom it could mean. */
  readonly candidates: readonly PersonKey[];
}

/** Whom names mean. */
export interface FoundPeople<T> {
  readonly found: readonly T[];
  /** Those who were named as shown (`as-shown.ts`), and aren't so any more. */
  readonly changed: readonly T[];
  readonly notFound: readonly NotFound[];
}

/**
 * Finds people by user name, person key or objectGUID, whatever the case, or as they were shown.
 * @param people of somebody who is among them twice, the last counts
 * @param versionOf stands for what would be decided about
 */
export function findPeople<T extends { readonly person: PersonKey; readonly username: string | null }>(
  people: readonly T[],
  asked: readonly string[],
  versionOf: (person: T) => string,
): FoundPeople<T> {
  const byName = new Map<string, T[]>();
  for (const each of new Map(people.map((one) => [one.person, one])).values()) {
    const names = [each.person, partsOfPerson(each.person).guid, each.username].flatMap((name) => name ?? []);
    for (const name of new Set(names.map(folded))) byName.set(name, [...(byName.get(name) ?? []), each]);
  }
  const [found, changed] = [new Set<T>(), new Set<T>()];
  const notFound: NotFound[] = [];
  for (const who of new Set(asked)) {
    const { name, version } = partsOfName(who);
    const [only, ...others] = byName.get(folded(name)) ?? [];
    if (only === undefined || others.length > 0)
      notFound.push({ who, candidates: [only, ...others].flatMap((each) => each?.person ?? []) });
    else if (version !== null && version !== versionOf(only)) changed.add(only);
    else found.add(only);
  }
  return { found: [...found].filter((each) => !changed.has(each)), changed: [...changed], notFound };
}

/** @param unknown what to say of a name that nobody goes by */
export const notFoundRow = ({ who, candidates }: NotFound, unknown: string): Cell[] =>
  candidates.length > 0
    ? [['bad', 'ambiguous'], who, '', `could be ${candidates.join(' or ')}: name one`]
    : [['bad', 'unknown'], who, '', unknown];

export const notFoundJson = (notFound: readonly NotFound[]): object[] =>
  notFound.map(({ who, candidates }) => ({
    who,
    problem: candidates.length > 0 ? 'ambiguous' : 'unknown',
    candidates,
  }));
