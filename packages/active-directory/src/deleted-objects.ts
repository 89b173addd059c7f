/** Whether the account sees deletions at all: without that, a leaver looks like nothing. */
import { showDeleted } from './controls.ts';
import { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';
import { ldapCode } from './ldap-failure.ts';

/** CN=Deleted Objects, by its well-known GUID (MS-ADTS 6.1.1.4.2). */
const containerOf = (namingContext: string): string => `<WKGUID=18E2EA80684F11D2B9AA00C04F79F805,${namingContext}>`;

/**
 * Whether the account may list and read CN=Deleted Objects.
 *
 * The proof is a tombstone that it sees. Where it sees none, being able to read the container's attributes must do, which
 * nobody may by default (the entry itself is given to everybody, empty): the right to read and the right to list are
 * granted together, by `dsacls … /G account:LCRP`.
 */
export async function seesDeletedObjects(channel: LdapChannel, namingContext: string): Promise<boolean> {
  const base = containerOf(namingContext);
  return (await finds(channel, base, 'one')) || (await finds(channel, base, 'base'));
}

async function finds(channel: LdapChannel, base: string, scope: 'one' | 'base'): Promise<boolean> {
  const search = { base, scope, attributes: ['isDeleted'], controls: [showDeleted()], sizeLimit: 1 };
  try {
    const { entries } = await channel.search(search);
    return entries.some(({ values }) => values.has('isdeleted'));
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error;
    if (error.ldapCode === ldapCode.sizeLimitExceeded) return true; // there are more than the one asked for
    if (error.ldapCode === ldapCode.noSuchObject || error.code === 'insufficient-rights') return false;
    throw error;
  }
}

/**
 * What to tell when it doesn't.
 * @param trustee what `dsacls` is to call the account (`trusteeOf`); default: a place to write it into
 */
export const deletedObjectsUnreadable = (
  account: string,
  namingContext: string,
  trustee = 'DOMAIN\\account',
): DirectoryError =>
  new DirectoryError(
    'deleted-objects-unreadable',
    `${account} doesn't see deleted objects, so no deletion would be noticed; as a domain administrator run: ` +
      `dsacls "CN=Deleted Objects,${namingContext}" /takeownership, then ` +
      `dsacls "CN=Deleted Objects,${namingContext}" /G "${trustee}:LCRP"`,
  );
