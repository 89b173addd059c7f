/** Whom the entries of `excludeUsers` and `excludeGroups` name. Pure. */
import { isDn, normaliseDn, normaliseDnPattern } from '@connector/shared/dn.ts';
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

/** Compares with a text in which each `*` stands for any characters. No regular expression: these go astray on many stars. */
function pattern(text: string): (candidate: string) => boolean {
  const [start = '', ...others] = text.split('*');
  const end = others.pop();
  if (end === undefined) return (candidate) => candidate === text;
  return (candidate) => {
    if (!candidate.startsWith(start) || !candidate.endsWith(end)) return false;
    let at = start.length;
    for (const part of others) {
      const found = candidate.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= candidate.length - end.length;
  };
}

/** An entry with `=` is a DN, whole or with `*`: no sAMAccountName has one (MS-SAMR 3.1.1.6). */
function exclusionOf(entry: string): Exclusion {
  if (!entry.includes('=')) {
    const matches = pattern(folded(entry));
    return { entry, names: ({ names }) => names.some((name) => matches(folded(name))) };
  }
  const matches = pattern(normaliseDnPattern(entry));
  return { entry, names: ({ dn }) => isDn(dn) && matches(normaliseDn(dn)) };
}

export const exclusionsOf = (entries: readonly string[]): Exclusions => entries.map(exclusionOf);

/** The first entry that names an object; `null` when none does. */
export const excludedBy = (exclusions: Exclusions, object: Names): string | null =>
  exclusions.find(({ names }) => names(object))?.entry ?? null;
