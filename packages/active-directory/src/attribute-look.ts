/** A look at an attribute before a secret is written into it: on somebody in each place where people are. */
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
  /** How many people it was looked at on: one under each base, as far as there is somebody. */
  readonly people: number;
  /** What keeps the account from writing or reading it there, each once, with the remedy. */
  readonly problems: readonly DirectoryError[];
  /** Whether the rights to read it couldn't be seen of somebody. */
  readonly isReadingUnknown: boolean;
}

/** Users that aren't computers, AD's own accounts, or in a protected group, whose rights are others. */
const ordinary = '(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE))(!(adminCount=1)))';

/** Looks at an attribute that the schema has, and writes nothing. @throws DirectoryError */
export async function lookAtAttribute(channel: LdapChannel, look: AttributeLook): Promise<AttributeSeen> {
  const problems = new Map<string, DirectoryError>();
  let [people, isReadingUnknown] = [0, false];
  for (const base of look.bases) {
    const guid = await somebodyIn(channel, base);
    if (guid === null) continue;
    people++;
    const { isOfClass, mayWrite, mayRead } = await readAttributeRights(channel, { guid, attribute: look.attribute });
    isReadingUnknown ||= mayRead === null;
    const found: DirectoryError[] = [];
    if (!isOfClass) found.push(await notOfUsers(channel, look.attribute));
    else if (!mayWrite) found.push(await attributeRefused(channel, look, { to: 'write', guid }));
    if (mayRead === false) found.push(await attributeRefused(channel, look, { to: 'read', guid }));
    for (const problem of found) problems.set(problem.message, problem);
  }
  return { people, problems: [...problems.values()], isReadingUnknown };
}

/** objectGUID of somebody; `null` where there is nobody. */
async function somebodyIn(channel: LdapChannel, base: string): Promise<string | null> {
  const search = {
    base,
    scope: 'sub' as const,
    filter: ordinary,
    attributes: ['objectGUID'],
    controls: [domainScope()],
  };
  for await (const [entry] of searchInPages(channel, search, 1)) if (entry !== undefined) return guidOfEntry(entry);
  return null;
}
