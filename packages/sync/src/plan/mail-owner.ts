/**
 * Whose a mail is that people of several directories have: one person with two entries, as a rule, of whom only one can have the
 * account. The directory that is listed first owns it, until it lets go. Pure.
 *
 * Within one directory a mail that two people have is a mistake, which somebody mends: then neither gets it.
 */
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import type { Leaving } from './leaving.ts';

/**
 * How somebody stands in their own directory, as far as others are concerned: `enabled`; `stays`, as whoever is disabled keeps the account
 * under the policy, and so does whoever can't be proved to have left; `none` lets go of the account.
 */
export const standings = ['enabled', 'stays', 'none'] as const;
export type Standing = (typeof standings)[number];

/** How somebody stands whom this becomes of. */
export function standingOf(leaving: Leaving | null): Standing {
  if (leaving === null) return 'enabled';
  if (leaving.mustHold !== null) return 'stays';
  return leaving.stays && (leaving.action === 'disable' || leaving.action === 'nothing') ? 'stays' : 'none';
}

/** Somebody else who has the mail, or the account, of the one who is planned. */
export interface Other {
  readonly person: PersonKey;
  /** Where they are, beside the one who is planned: in the same directory, or in one that the configuration lists earlier or later. */
  readonly place: 'same' | 'earlier' | 'later';
  readonly standing: Standing;
}

/** Who of those who have the same mail comes before the one who stands like this. */
export function allBefore(others: readonly Other[], standing: Standing): Other[] {
  const comesFirst = (other: Other): boolean => {
    if (other.place === 'same') return true;
    if (other.standing === 'none') return false;
    return other.standing === standing
      ? other.place === 'earlier'
      : standings.indexOf(other.standing) < standings.indexOf(standing);
  };
  return others.filter(comesFirst);
}

/** The first of them; nobody, when it is the one who stands like this. */
export const firstBefore = (others: readonly Other[], standing: Standing): Other | null =>
  allBefore(others, standing)[0] ?? null;

/** Whether an account passes on from whom it is linked to: they are deleted, or their directory lets go, and another one wants it. */
export const passesOn = (holder: Other & { readonly deleted: boolean }, standing: Standing): boolean =>
  holder.deleted || (holder.place !== 'same' && holder.standing === 'none' && standing !== 'none');

/** Why somebody has to do without the account that another directory owns. */
export const ownedElsewhere = (username: string, { person }: Other): string =>
  `the mail ${username} is that of ${person} too, and its account belongs to the directory ${partsOfPerson(person).directory}: it passes on once they are deleted there, leave the scope or get another mail`;
