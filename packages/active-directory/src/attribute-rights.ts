/** What the account may do with one attribute of users, and what to tell where a right is missing. */
import type { Control } from 'ldapts';
import { readDefinition } from './attribute-kind.ts';
import { textOf } from './attribute-values.ts';
import { DiscretionaryListControl } from './controls.ts';
import { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';
import type { LdapEntry } from './ldap-entry.ts';
import { grantedRights, right } from './security-descriptor.ts';
import { trusteeOf } from './trustee.ts';

/** What can be told of it without writing anything. */
export interface AttributeRights {
  /** Whether the object's class has the attribute. */
  readonly isOfClass: boolean;
  readonly mayWrite: boolean;
  /** A confidential attribute that may not be read looks empty, so its list of rights is looked into; `null`: that isn't to be read. */
  readonly mayRead: boolean | null;
}

/** What a server says of an attribute of one object (allowedAttributes, allowedAttributesEffective: MS-ADTS 3.1.1.4.5.7). */
export async function readAttributeRights(
  channel: LdapChannel,
  { guid, attribute }: { guid: string; attribute: string },
): Promise<AttributeRights> {
  const entry = await readOne(channel, `<GUID=${guid}>`, [...lists, descriptor], [new DiscretionaryListControl()]);
  const tells = (list: (typeof lists)[number]) =>
    (entry?.values.get(list.toLowerCase()) ?? []).some(
      (name) => name.toString().toLowerCase() === attribute.toLowerCase(),
    );
  return {
    isOfClass: tells('allowedAttributes'),
    mayWrite: tells('allowedAttributesEffective'),
    mayRead: await mayRead(channel, attribute, entry?.values.get(descriptor.toLowerCase())?.[0]),
  };
}

const lists = ['allowedAttributes', 'allowedAttributesEffective'] as const;
const descriptor = 'nTSecurityDescriptor';

/** To read a confidential attribute takes both of two rights (MS-ADTS 3.1.1.4.3). */
async function mayRead(channel: LdapChannel, attribute: string, rights: Buffer | undefined): Promise<boolean | null> {
  if (rights === undefined) return null;
  const names = ['schemaIDGUID', 'attributeSecurityGUID'];
  const [definition, root] = [
    await readDefinition(channel, attribute, names),
    await readOne(channel, '', ['tokenGroups']),
  ];
  const types = names.flatMap((name) => definition?.values.get(name.toLowerCase()) ?? []);
  const sids = root?.values.get('tokengroups') ?? []; // whoever asks is among them (MS-ADTS 3.1.1.3.2)
  if (types.length === 0 || sids.length === 0) return null;
  const inHex = (values: readonly Buffer[]) => new Set(values.map((value) => value.toString('hex')));
  const granted = grantedRights(rights, { sids: inHex(sids), types: inHex(types) });
  const both = right.readProperty | right.controlAccess;
  return granted === null ? null : (granted & both) === both;
}

async function readOne(
  channel: LdapChannel,
  base: string,
  attributes: readonly string[],
  controls: readonly Control[] = [],
): Promise<LdapEntry | undefined> {
  return (await channel.search({ base, scope: 'base', attributes, controls })).entries[0];
}

/** Whose right to which attribute. */
export interface AttributeAccess {
  /** The account, as it signs in. */
  readonly bindDn: string;
  /** DN of the domain's root. */
  readonly namingContext: string;
  readonly attribute: string;
}

/** What `dsacls` calls them. */
const rightTo = { write: 'WP', read: 'RPCA' } as const;

/**
 * What to tell when the account may not do something with an attribute, with the line that gives the right.
 * @param guid of the user. AD gives members of its protected groups, such as Domain Admins, no rights from above, but those of one
 *   object, once an hour (AdminSDHolder; MS-ADTS 3.1.1.6.1.2)
 * @throws DirectoryError when the connection is lost
 */
export async function attributeRefused(
  channel: LdapChannel,
  { bindDn, namingContext, attribute }: AttributeAccess,
  { to, guid }: { to: keyof typeof rightTo; guid: string },
): Promise<DirectoryError> {
  const trustee = (await trusteeOf(channel, { namingContext, bindDn })) ?? 'DOMAIN\\account';
  const given = `${trustee}:${rightTo[to]};${attribute}`;
  const line = (await isProtected(channel, guid))
    ? `dsacls "CN=AdminSDHolder,CN=System,${namingContext}" /G "${given}"`
    : `dsacls "${namingContext}" /I:S /G "${given};user"`;
  const so = to === 'read' ? ', so a value that is there looks like none' : '';
  return new DirectoryError(
    'insufficient-rights',
    `${bindDn} may not ${to} ${attribute} of users${so}; as a domain administrator run: ${line}`,
  );
}

async function isProtected(channel: LdapChannel, guid: string): Promise<boolean> {
  const entry = await readOne(channel, `<GUID=${guid}>`, ['adminCount']);
  return textOf(entry?.values.get('admincount')?.[0]) === '1';
}
