/** A look at an attribute before a secret is written into it: on somebody in each container where people are. */
import { parentDn } from '@connector/shared/dn.ts';
import { notOfUsers } from './attribute-kind.ts';
import { type AttributeAccess, attributeRefused, readAttributeRights } from './attribute-rights.ts';
import { domainScope } from './controls.ts';
import { guidOfEntry } from './entry-to-change.ts';
import type { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';
import { searchInPages } from './pages.ts';

export interface AttributeLook extends AttributeAccess {
  /** DNs of where people are. */
  readonly bases: readonly string[];
}

export interface AttributeSeen {
  /** How many people it was looked at on: one in each container below the bases, of a hundred containers at most. */
  readonly people: number;
  /** What keeps the account from writing or reading it there, each once, with the remedy. */
  readonly problems: readonly DirectoryError[];
  /** Whether the rights to read it couldn't be seen of somebody. */
  readonly isReadingUnknown: boolean;
}

/** Users that aren't computers, AD's own accounts, or in a protected group, whose rights are others. */
const ordinary = '(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE))(!(adminCount=1)))';

/** As many containers are looked into; each costs a few searches. */
const mostContainers = 100;

const pageSize = 1000;

/** Looks at an attribute that the schema has, and writes nothing. @throws DirectoryError */
export async function lookAtAttribute(channel: LdapChannel, look: AttributeLook): Promise<AttributeSeen> {
  const problems = new Map<string, DirectoryError>();
  const people = await oneOfEachContainer(channel, look.bases);
  let isReadingUnknown = false;
  for (const guid of people) {
    const { isOfClass, mayWrite, mayRead } = await readAttributeRights(channel, { guid, attribute: look.attribute });
    isReadingUnknown ||= mayRead === null;
    const found: DirectoryError[] = [];
    if (!isOfClass) found.push(await notOfUsers(channel, look.attribute));
    else if (!mayWrite) found.push(await attributeRefused(channel, look, { to: 'write', guid }));
    if (mayRead === false) found.push(await attributeRefused(channel, look, { to: 'read', guid }));
    for (const problem of found) problems.set(problem.message, problem);
  }
  return { people: people.length, problems: [...problems.values()], isReadingUnknown };
}

/** objectGUIDs. Rights are given to containers, so whoever is in the same one most often has the same list of them. */
async function oneOfEachContainer(channel: LdapChannel, bases: readonly string[]): Promise<string[]> {
  const somebodyIn = new Map<string, string>();
  for (const base of bases) {
    const search = {
      base,
      scope: 'sub' as const,
      filter: ordinary,
      attributes: ['objectGUID'],
      controls: [domainScope()],
    };
    for await (const page of searchInPages(channel, search, pageSize))
      for (const entry of page) {
        const container = parentDn(entry.dn).toLowerCase();
        if (!somebodyIn.has(container)) somebodyIn.set(container, guidOfEntry(entry));
        if (somebodyIn.size === mostContainers) return [...somebodyIn.values()];
      }
  }
  return [...somebodyIn.values()];
}
