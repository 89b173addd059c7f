/**
 * A name that means somebody, or a group, only as a list has shown them: whoever reads a list and decides a while later decides about what
 * they have read, or about nothing. A mere name means them as they are by then.
 */

/** @param key `<directory id>/<objectGUID>` @param version letters, digits and hyphens that stand for what would be decided about */
export const asShown = (key: string, version: string): string => `${key}#${version}`;

/** Takes such a name apart; what isn't one is a mere name, of which `version` is `null`. */
export function partsOfName(who: string): { readonly name: string; readonly version: string | null } {
  const [, name, version] = /^\s*([^\s/#]+\/[\da-f-]{36})#([\w-]+)\s*$/i.exec(who) ?? [];
  return name === undefined || version === undefined ? { name: who, version: null } : { name, version };
}
