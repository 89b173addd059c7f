/** What an entry says of an object, in the design's words. Pure. */
import type { DirectoryChange, MemberPatch } from '@connector/shared/directory-change.ts';
import { rdnOf } from '@connector/shared/dn.ts';
import { accountExpiresMsOf, booleanOf, integerOf, ridOf, textOf } from './attribute-values.ts';
import { DirectoryError } from './errors.ts';
import { parseExtendedDn } from './extended-dn.ts';
import { guidText } from './guid.ts';
import type { LdapEntry } from './ldap-entry.ts';

/**
 * Classes of objects that people and groups may lie in, by the schema's possSuperiors: OUs, containers and the domain's
 * root, and the rarer ones.
 */
const containerClasses = [
  'organizationalUnit',
  'container',
  'domainDNS',
  'builtinDomain',
  'lostAndFound',
  'organization',
  'locality',
  'country',
];

/**
 * Every object that we know a kind for. On objectClass alone, because that never changes: an object that leaves a
 * DirSync filter is never told of, and a tombstone has lost most other attributes.
 */
export const objectFilter = `(|(&(objectClass=user)(!(objectClass=computer)))(objectClass=group)${containerClasses
  .map((name) => `(objectClass=${name})`)
  .join('')})`;

/** Attributes to ask for; `whenCreated` and `objectClass` together tell that DirSync gives a whole object. */
export const objectAttributes: readonly string[] = [
  ...['objectClass', 'objectGUID', 'objectSid', 'parentGUID', 'name', 'whenCreated', 'isDeleted'],
  ...['mail', 'displayName', 'givenName', 'sn', 'sAMAccountName', 'userAccountControl', 'accountExpires'],
  ...['primaryGroupID', 'isCriticalSystemObject', 'member'],
];

type Kind = NonNullable<DirectoryChange['kind']>;

function kindOf(entry: LdapEntry): Kind | undefined {
  const classes = new Set(valuesOf(entry, 'objectclass').map((value) => value.toString().toLowerCase()));
  if (classes.has('group')) return 'group';
  if (classes.has('user')) return classes.has('computer') ? undefined : 'user';
  return containerClasses.some((name) => classes.has(name.toLowerCase())) ? 'container' : undefined;
}

const valuesOf = ({ values }: LdapEntry, name: string): readonly Buffer[] => values.get(name.toLowerCase()) ?? [];

/** @throws DirectoryError no-answer when the server gave no objectGUID: nothing can be said of an object without one */
export function guidOfEntry(entry: LdapEntry): string {
  const { guid } = parseExtendedDn(entry.dn);
  const known = guid ?? guidText(valuesOf(entry, 'objectGUID')[0] ?? Buffer.of());
  if (known !== null) return known;
  throw new DirectoryError(
    'no-answer',
    `the server gave no objectGUID for ${entry.dn}; let the connector's account read objectGUID`,
  );
}

/** A tombstone, or `FALSE` where it was one and was restored; `null` where the entry doesn't tell. */
function deletionOf(entry: LdapEntry): boolean | null {
  const values = entry.values.get('isdeleted');
  return values === undefined ? null : booleanOf(values[0]) === true;
}

/** GUIDs of linked objects. One that can't be told is left out: a single bad link mustn't stop all others. */
const guidsOf = (values: readonly Buffer[]): string[] =>
  values.map((value) => parseExtendedDn(value.toString()).guid).filter((guid) => guid !== null);

/** The attributes that the entry holds, `null` for those that it holds empty. */
function attributesOf(entry: LdapEntry, kind: Kind | undefined): Partial<DirectoryChange> {
  const read = <K extends keyof DirectoryChange>(
    key: K,
    parse: (value: Buffer | undefined) => DirectoryChange[K],
    name: string = key,
  ): Partial<DirectoryChange> => {
    const values = entry.values.get(name.toLowerCase());
    return values === undefined ? {} : { [key]: parse(values[0]) };
  };
  return {
    ...read('mail', textOf),
    ...read('displayName', textOf),
    ...read('givenName', textOf),
    ...read('sn', textOf),
    ...read('sAMAccountName', textOf),
    ...read('userAccountControl', integerOf),
    ...read('accountExpiresMs', accountExpiresMsOf, 'accountExpires'),
    ...read('primaryGroupId', integerOf, 'primaryGroupID'),
    ...read('isCriticalSystemObject', booleanOf),
    ...(kind === 'group' ? read('rid', ridOf, 'objectSid') : {}),
  };
}

/** Name and place, where the entry tells that they are new: DirSync sends `name` or `parentGUID` then. */
function placeOf(entry: LdapEntry): Partial<DirectoryChange> {
  const parentGuid = valuesOf(entry, 'parentGUID')[0];
  const parent = parentGuid === undefined ? null : guidText(parentGuid);
  const isRoot = valuesOf(entry, 'objectClass').some((value) => value.toString().toLowerCase() === 'domaindns');
  const named = entry.values.has('name') || parent !== null || isRoot;
  return {
    ...(named ? { rdn: rdnOf(parseExtendedDn(entry.dn).dn) } : {}),
    ...(isRoot ? { parent: null } : parent === null ? {} : { parent }),
  };
}

/** What DirSync calls the members that came and those that went (MS-ADTS 3.1.1.3.4.1.3). */
const came = 'member;range=1-1';
const went = 'member;range=0-0';

function memberPatch(entry: LdapEntry, { complete }: { complete: boolean }): { members?: MemberPatch } {
  const whole = entry.values.get('member');
  const added = guidsOf([...(whole ?? []), ...valuesOf(entry, came)]);
  if (complete || whole !== undefined) return { members: { mode: 'replace', add: added, remove: [] } };
  if (!entry.values.has(came) && !entry.values.has(went)) return {};
  return { members: { mode: 'delta', add: added, remove: guidsOf(valuesOf(entry, went)) } };
}

function describe(entry: LdapEntry, { complete }: { complete: boolean }): DirectoryChange {
  const kind = kindOf(entry);
  const members = kind === 'group' || !complete ? memberPatch(entry, { complete }) : {};
  return {
    guid: guidOfEntry(entry),
    ...(kind === undefined ? {} : { kind }),
    complete,
    ...placeOf(entry),
    ...attributesOf(entry, kind),
    ...members,
  };
}

/** A whole object, from an entry that holds all that is asked for. Members must be complete (see `member-ranges`). */
export const objectOf = (entry: LdapEntry): DirectoryChange => describe(entry, { complete: true });

/** An object looked up by itself: alive with its groups, or deleted. */
export function lookedUp(entry: LdapEntry): DirectoryChange {
  if (deletionOf(entry) === true) return tombstone(entry);
  return { ...objectOf(entry), memberOf: guidsOf(valuesOf(entry, 'memberOf')) };
}

const tombstone = (entry: LdapEntry): DirectoryChange => ({
  guid: guidOfEntry(entry),
  complete: false,
  deleted: true,
});

/** Was deleted and is back. What a restored object kept while it was deleted isn't sent again, nor are its groups. */
export const isRestored = (entry: LdapEntry): boolean => deletionOf(entry) === false;

/** What DirSync's entry means: a change, or that an object was restored and wants to be looked up; `null`: nothing. */
export type DirSyncNews = { readonly change: DirectoryChange } | { readonly restored: string } | null;

export function newsOf(entry: LdapEntry): DirSyncNews {
  if (deletionOf(entry) === true) return { change: tombstone(entry) };
  if (isRestored(entry)) return { restored: guidOfEntry(entry) };
  // DirSync sends what is new since the cookie: of an object created since then, that is everything it has.
  const created = entry.values.has('objectclass') && entry.values.has('whencreated');
  const change = describe(entry, { complete: created });
  return Object.keys(change).length > 2 ? { change } : null;
}
