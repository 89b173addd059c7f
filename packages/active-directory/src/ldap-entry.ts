/** An entry just as the server sent it: values are bytes, and what it didn't send isn't there. */
import type { SearchEntry } from 'ldapts';

export interface LdapEntry {
  /** With the extended-DN control, in its extended form. */
  readonly dn: string;
  /** By the attribute's name in lower case, options such as `;range=0-1499` included. An empty list: cleared. */
  readonly values: ReadonlyMap<string, readonly Buffer[]>;
}

/**
 * ldapts' own `SearchEntry.toObject` gives every requested attribute that is missing an empty list, so that "unchanged"
 * looks like "cleared", and guesses which values are text. So we take what it parsed.
 */
export const ldapEntry = ({ name, attributes }: SearchEntry): LdapEntry => ({
  dn: name,
  values: new Map(attributes.map((attribute) => [attribute.type.toLowerCase(), attribute.parsedBuffers])),
});
