/** What kind of attribute the schema says one is, and whether a secret text may be kept in it. */
import { AndFilter, EqualityFilter } from 'ldapts';
import { integerOf, textOf } from './attribute-values.ts';
import { readSchemaNamingContext } from './domain-controller.ts';
import { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';
import type { LdapEntry } from './ldap-entry.ts';

/**
 * Why no secret text may be kept in an attribute.
 *
 * | why | it |
 * |---|---|
 * | `missing` | isn't in the schema |
 * | `base-schema` | is AD's own, and AD doesn't heed that such a one is confidential |
 * | `several-values` | holds more than one value |
 * | `not-text` | holds something else than text |
 * | `not-confidential` | can be read by whoever may read the object |
 */
export type Unfitness = 'missing' | 'base-schema' | 'several-values' | 'not-text' | 'not-confidential';

export type AttributeKind =
  | {
      readonly fits: true;
      /** Of its text, in characters; `null`: the schema sets no limit. */
      readonly longest: number | null;
    }
  | {
      readonly fits: false;
      readonly why: Unfitness;
      /** Names the attribute and the remedy. */
      readonly message: string;
    };

/** In searchFlags: reading it takes CONTROL_ACCESS besides READ_PROPERTY (fCONFIDENTIAL; MS-ADTS 2.2.9, 3.1.1.4.3). */
const confidentialBit = 0x80;
/** In systemFlags: what AD came with, where the bit above can't be set (FLAG_SCHEMA_BASE_OBJECT; MS-ADTS 2.2.10). */
const baseSchemaBit = 0x10;
/** Texts of AD: such that are compared without regard to case, and Unicode ones (MS-ADTS 3.1.1.2.2.2). */
const texts: ReadonlySet<string | null> = new Set(['2.5.5.4', '2.5.5.12']);

const attributes = ['isSingleValued', 'attributeSyntax', 'searchFlags', 'systemFlags', 'rangeUpper'];

/**
 * Reads it anew: an administrator may have changed it meanwhile.
 * @param name its lDAPDisplayName
 * @throws DirectoryError when the schema can't be read
 */
export async function readAttributeKind(channel: LdapChannel, name: string): Promise<AttributeKind> {
  const definition = await readDefinition(channel, name, attributes);
  return definition === null ? unfit('missing', notInSchema(name)) : kindOf(definition, name);
}

/** What the schema says of an attribute; `null` where it knows none of that name. */
export async function readDefinition(
  channel: LdapChannel,
  name: string,
  wanted: readonly string[],
): Promise<LdapEntry | null> {
  const filter = new AndFilter({
    filters: [
      new EqualityFilter({ attribute: 'objectClass', value: 'attributeSchema' }),
      new EqualityFilter({ attribute: 'lDAPDisplayName', value: name }),
    ],
  });
  const base = await readSchemaNamingContext(channel);
  return (await channel.search({ base, scope: 'one', filter, attributes: wanted })).entries[0] ?? null;
}

const notInSchema = (name: string): string =>
  `the schema has no attribute ${name}: check its name (lDAPDisplayName), or have a schema administrator make it`;

const unfit = (why: Unfitness, message: string): AttributeKind => ({ fits: false, why, message });

function kindOf({ dn, values }: LdapEntry, name: string): AttributeKind {
  const text = (attribute: string) => textOf(values.get(attribute.toLowerCase())?.[0]);
  const number = (attribute: string) => integerOf(values.get(attribute.toLowerCase())?.[0]);
  const syntax = text('attributeSyntax');
  const flags = number('searchFlags') ?? 0;
  if (((number('systemFlags') ?? 0) & baseSchemaBit) !== 0)
    return unfit('base-schema', `${name} is one of AD's own, which can't be made confidential; make one of your own`);
  if (text('isSingleValued') !== 'TRUE')
    return unfit('several-values', `${name} holds several values; make another one, with isSingleValued: TRUE`);
  if (!texts.has(syntax))
    return unfit(
      'not-text',
      `${name} holds no text (attributeSyntax ${syntax}); make another one, with attributeSyntax 2.5.5.4 and oMSyntax 20`,
    );
  if ((flags & confidentialBit) === 0) return unfit('not-confidential', notConfidential(name, dn, flags));
  return { fits: true, longest: number('rangeUpper') };
}

const notConfidential = (name: string, dn: string, flags: number): string =>
  `${name} isn't confidential, so whoever may read a user could read it; as a schema administrator run in PowerShell: ` +
  `Set-ADObject "${dn}" -Replace @{searchFlags=${flags | confidentialBit}}`;

/** What to tell when users have no such attribute. */
export async function notOfUsers(channel: LdapChannel, attribute: string): Promise<DirectoryError> {
  const line = `Set-ADObject "CN=User,${await readSchemaNamingContext(channel)}" -Add @{mayContain="${attribute}"}`;
  const problem = `users have no attribute ${attribute}, though the schema knows it`;
  return new DirectoryError('attribute-unfit', `${problem}; as a schema administrator run in PowerShell: ${line}`);
}
