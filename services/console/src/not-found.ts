/** Finding people by what was typed, and telling of those who weren't found. */
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import type { Cell } from './text/aligned.ts';

/** Nobody, or more than one, goes by a name that was asked for. */
export interface NotFound {
  readonly who: string;
  /** Whom it could mean. */
  readonly candidates: readonly PersonKey[];
}

/** Finds people by user name, person key or objectGUID, whatever the case. */
export function findPeople<T extends { readonly person: PersonKey; readonly username: string | null }>(
  people: readonly T[],
  asked: readonly string[],
): { readonly found: readonly T[]; readonly notFound: readonly NotFound[] } {
  const found = new Set<T>();
  const notFound: NotFound[] = [];
  for (const who of new Set(asked)) {
    const [only, ...others] = people.filter(({ person, username }) =>
      [person, partsOfPerson(person).guid, username].some((name) => name !== null && folded(name) === folded(who)),
    );
    if (only !== undefined && others.length === 0) found.add(only);
    else notFound.push({ who, candidates: [only, ...others].flatMap((each) => each?.person ?? []) });
  }
  return { found: [...found], notFound };
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
