/**
 * A secret text in a confidential attribute of a user, which is written once and never replaced.
 *
 * Neither an error nor its cause holds the text, and it goes over encrypted connections only.
 */
import { notOfUsers, readAttributeKind } from './attribute-kind.ts';
import { type AttributeAccess, attributeRefused } from './attribute-rights.ts';
import { textOf } from './attribute-values.ts';
import { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';
import { ldapCode } from './ldap-failure.ts';

/** Which attribute of whom. */
export interface SecretPlace {
  readonly guid: string;
  /** Its lDAPDisplayName. */
  readonly attribute: string;
}

/** A text that is to be there. */
export interface NewSecret extends SecretPlace, AttributeAccess {
  readonly text: string;
}

/** What is there now. */
export interface KeptSecret {
  /** `written`: it is the text that was to be there. `present`: it is another one, or was there before, and stays. */
  readonly outcome: 'written' | 'present';
  readonly text: string;
}

/**
 * The text that is there; `null` where there is none, **or the account may not read it**: AD shows a confidential attribute as if it were
 * empty. So `null` is no leave to take another secret for the user's; `writeSecretOnce` tells the two apart.
 * @throws DirectoryError tls-required; insufficient-rights where nothing of the user may be read; and as `LdapChannel.search`
 */
export async function readSecret(channel: LdapChannel, { guid, attribute }: SecretPlace): Promise<string | null> {
  refuseInTheClear(channel, attribute);
  const base = `<GUID=${guid}>`;
  const { entries } = await channel.search({ base, scope: 'base', attributes: ['objectClass', attribute] });
  const values = entries[0]?.values;
  // Whatever can be read has an objectClass; of what can't, nothing is told, and that isn't to be taken for nothing.
  if (!values?.has('objectclass')) {
    const remedy = "give the connector's account read access there";
    throw new DirectoryError('insufficient-rights', `${base} isn't to be read at ${channel.url}; ${remedy}`);
  }
  return textOf(values.get(attribute.toLowerCase())?.[0]);
}

/**
 * Writes a text where there is none, and reads back what is there: whatever the outcome, that is the user's secret. Of several who write at
 * once at one domain controller all get the same. At two domain controllers they don't: until these have replicated, each takes a text of
 * its own, and later one of them is gone. So whoever relies on a secret elsewhere asks there first whether there is one already.
 * @throws DirectoryError tls-required; attribute-unfit; insufficient-rights with the line that gives the right; write-failed; and as
 *   `LdapChannel.search`
 */
export async function writeSecretOnce(channel: LdapChannel, secret: NewSecret): Promise<KeptSecret> {
  refuseInTheClear(channel, secret.attribute);
  await refuseUnfit(channel, secret);
  const isAdded = await add(channel, secret);
  const text = await readSecret(channel, secret);
  if (text === null) throw await attributeRefused(channel, secret, { guid: secret.guid, to: 'read' });
  return { outcome: isAdded && text === secret.text ? 'written' : 'present', text };
}

function refuseInTheClear({ isEncrypted, url }: LdapChannel, attribute: string): void {
  if (isEncrypted) return;
  const remedy = 'use ldaps://, or tls.startTls: true';
  throw new DirectoryError('tls-required', `${attribute} is secret, and ${url} isn't encrypted; ${remedy}`);
}

async function refuseUnfit(channel: LdapChannel, { attribute, text }: NewSecret): Promise<void> {
  const kind = await readAttributeKind(channel, attribute);
  if (!kind.fits) throw new DirectoryError('attribute-unfit', kind.message);
  // The server would refuse it as it refuses a second value.
  if (kind.longest !== null && text.length > kind.longest) {
    const problem = `${attribute} takes no more than ${kind.longest} characters, and ${text.length} are to be kept there`;
    throw new DirectoryError('attribute-unfit', `${problem}; raise its rangeUpper, or clear that`);
  }
}

const isThere: ReadonlySet<number | undefined> = new Set([
  ldapCode.attributeOrValueExists,
  ldapCode.constraintViolation,
]);

/** Whether it was added; if not, there is another one. */
async function add(channel: LdapChannel, secret: NewSecret): Promise<boolean> {
  const { guid, attribute, text: value } = secret;
  try {
    await channel.addValue({ object: `<GUID=${guid}>`, attribute, value });
    return true;
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error;
    if (isThere.has(error.ldapCode)) return false;
    if (error.ldapCode === ldapCode.objectClassViolation) throw await notOfUsers(channel, attribute);
    if (error.code !== 'insufficient-rights') throw error;
    throw await attributeRefused(channel, secret, { guid, to: 'write' });
  }
}
