/**
 * DirSync in several answers: Windows ends one when it has grown long enough (MaxBytes) or taken long enough, says that there
 * is more, and gives a cookie to go on from (MS-ADTS 3.1.1.3.4.1.3). Samba answers everything at once.
 *
 * Values of links are told one by one, as they are replicated (MS-DRSR 4.1.10.2.11, REPLVALINF), so an answer may
 * end between two members of one group. The next one then tells of the group again, with the other members and no more.
 */
import type { Entry } from './messages.ts';

export interface DirSyncPageSize {
  /** In one answer. */
  readonly entries: number;
  /** Of one object, in one answer. */
  readonly values: number;
}

/** The entries of each answer; at least one answer. */
export function dirSyncPages(entries: readonly Entry[], size: DirSyncPageSize): Entry[][] {
  const pages: Entry[][] = [[]];
  for (const [part, ...others] of entries.map((entry) => partsOf(entry, size.values))) {
    if (part === undefined) continue;
    if ((pages.at(-1)?.length ?? 0) >= size.entries) pages.push([]);
    pages.at(-1)?.push(part);
    for (const other of others) pages.push([other]);
  }
  return pages;
}

type Attribute = Entry['attributes'][number];

const isLink = ([type]: Attribute): boolean => /;range=(1-1|0-0)$/i.test(type);

/** The object with its first values, then only what it is known by with each of the following. */
function partsOf({ dn, attributes }: Entry, atMost: number): Entry[] {
  const links = attributes.filter(isLink);
  const rounds = Math.max(1, ...links.map(([, values]) => Math.ceil(values.length / atMost)));
  const valuesOf = (round: number) =>
    links
      .map(([type, values]): Attribute => [type, values.slice(round * atMost, (round + 1) * atMost)])
      .filter(([, values]) => values.length > 0);
  return Array.from({ length: rounds }, (_, round) => {
    const others = attributes.filter(
      (attribute) => !isLink(attribute) && (round === 0 || /^(objectGUID|instanceType)$/i.test(attribute[0])),
    );
    return { dn, attributes: [...others, ...valuesOf(round)] };
  });
}
