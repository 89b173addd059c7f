/** People and groups with what tells who is in scope, and no more: for counting, a page at a time. */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { ridOf } from './attribute-values.ts';
import { domainScope } from './controls.ts';
import { objectOf } from './entry-to-change.ts';
import type { LdapChannel } from './ldap-channel.ts';
import type { LdapEntry } from './ldap-entry.ts';
import { searchInPages } from './pages.ts';

const pageSize = 500;

/** The groups that hold somebody or something directly, by DN as this server writes it; the primary group isn't among them. */
interface Member {
  readonly dn: string;
  readonly memberOf: readonly string[];
}

export interface PersonEntry extends Member {
  readonly person: DirectoryChange;
}

export interface GroupEntry extends Member {
  readonly sAMAccountName: string | null;
  /** The last part of its SID, by which primaryGroupID names it. */
  readonly rid: number | null;
}

const always = ['objectGUID', 'objectClass', 'sAMAccountName', 'memberOf'];
const ofPeople = ['mail', 'userAccountControl', 'accountExpires', 'primaryGroupID', 'isCriticalSystemObject', 'name'];

const memberOf = ({ values }: LdapEntry): string[] => (values.get('memberof') ?? []).map(String);

/** Users that aren't computers. @throws DirectoryError */
export async function* readPeople(channel: LdapChannel, base: string): AsyncGenerator<PersonEntry[], void, undefined> {
  const filter = '(&(objectClass=user)(!(objectClass=computer)))';
  const search = {
    base,
    scope: 'sub' as const,
    filter,
    attributes: [...always, ...ofPeople],
    controls: [domainScope()],
  };
  for await (const entries of searchInPages(channel, search, pageSize))
    yield entries.map((entry) => ({ dn: entry.dn, memberOf: memberOf(entry), person: objectOf(entry) }));
}

/** @throws DirectoryError */
export async function* readGroups(channel: LdapChannel, base: string): AsyncGenerator<GroupEntry[], void, undefined> {
  const attributes = [...always, 'objectSid'];
  const search = { base, scope: 'sub' as const, filter: '(objectClass=group)', attributes, controls: [domainScope()] };
  for await (const entries of searchInPages(channel, search, pageSize))
    yield entries.map((entry) => ({
      dn: entry.dn,
      memberOf: memberOf(entry),
      sAMAccountName: entry.values.get('samaccountname')?.[0]?.toString() ?? null,
      rid: ridOf(entry.values.get('objectsid')?.[0]),
    }));
}
