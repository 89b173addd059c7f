/** Whom the entries of `excludeUsers` and `excludeGroups` name. Pure. */
import { isDn, normaliseDn } from '@connector/shared/dn.ts';
import { folded } from '@connector/shared/people-with-mail.ts';

/** How an object can be named: by its DN, or by names that can stand alone. */
export interface Names {
  /** Unfinished where a container above isn't known yet: then no DN names it. */
  readonly dn: string;
  /** Such as sAMAccountName, as the directory writes them. */
  readonly names: readonly string[];
}

/** One entry, ready to be compared. */
interface Exclusion {
  /** As configured. */
  readonly entry: string;
  readonly names: (object: Names) => boolean;
}
export type Exclusions = readonly Exclusion[];

const anything = '*';
const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Compares with a text in which each `*` stands for any number of characters. */
function pattern(text: string): (candidate: string) => boolean {
  const expression = new RegExp(`^${text.split(anything).map(literally).join('.*')}$`, 's');
  return (candidate) => expression.test(candidate);
}

/** An entry with `=` is a DN, whole or with `*`: no sAMAccountName has one (MS-SAMR 3.1.1.6). */
function exclusionOf(entry: string): Exclusion {
  if (!entry.includes('=')) {
    const matches = pattern(folded(entry));
    return { entry, names: ({ names }) => names.some((name) => matches(folded(name))) };
  }
  if (!entry.includes(anything)) {
    const wanted = normaliseDn(entry);
    return { entry, names: ({ dn }) => isDn(dn) && normaliseDn(dn) === wanted };
  }
  const matches = pattern(folded(entry).replace(/\s*,\s*/g, ','));
  return { entry, names: ({ dn }) => isDn(dn) && matches(normaliseDn(dn)) };
}

export const exclusionsOf = (entries: readonly string[]): Exclusions => entries.map(exclusionOf);

/** The first entry that names an object; `null` when none does. */
export const excludedBy = (exclusions: Exclusions, object: Names): string | null =>
  exclusions.find(({ names }) => names(object))?.entry ?? null;
