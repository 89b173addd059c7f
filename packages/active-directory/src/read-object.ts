/** Reads single objects by objectGUID, which survives renames and moves. */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { ExtendedDnControl, showDeleted, showRecycled } from './controls.ts';
import { lookedUp, objectAttributes } from './entry-to-change.ts';
import { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';
import type { LdapEntry } from './ldap-entry.ts';
import { ldapCode } from './ldap-failure.ts';
import { type ReadAgain, rangeGuard, withWholeRanges } from './member-ranges.ts';

/** How many look-ups are under way at once on one connection. */
const atOnce = 16;

/**
 * What says that an object isn't there: there is none, or it has moved to another domain of the forest, to which the controller refers (RFC 4511 4.1.10;
 * a move keeps the objectGUID).
 */
const notHere: readonly (number | undefined)[] = [ldapCode.noSuchObject, ldapCode.referral];

/** An object, deleted or not; `null` when there is none here that the account may see. Every other failure throws. */
async function readByGuid(
  channel: LdapChannel,
  guid: string,
  attributes: readonly string[],
): Promise<LdapEntry | null> {
  const controls = [showDeleted(), showRecycled(), new ExtendedDnControl()];
  try {
    const { entries } = await channel.search({ base: `<GUID=${guid}>`, scope: 'base', attributes, controls });
    return entries[0] ?? null;
  } catch (error) {
    if (error instanceof DirectoryError && notHere.includes(error.ldapCode)) return null;
    throw error;
  }
}

/** For `withWholeRanges`. */
export const rereading =
  (channel: LdapChannel, guid: string): ReadAgain =>
  (attributes) =>
    readByGuid(channel, guid, attributes);

async function lookUpOne(channel: LdapChannel, guid: string): Promise<DirectoryChange> {
  const entry = await readByGuid(channel, guid, [...objectAttributes, 'memberOf', rangeGuard]);
  const whole = entry === null ? null : await withWholeRanges(entry, rereading(channel, guid));
  return whole === null || isHidden(whole) ? { guid, complete: false, absent: true } : lookedUp(whole);
}

/**
 * Whether the account may know that the object is there, and nothing of it: it is answered without attributes then, and what
 * isn't told must not be taken for what isn't there. Whatever can be read has an objectClass, deleted or not.
 */
const isHidden = ({ values }: LdapEntry): boolean => !values.has('objectclass') && !values.has('isdeleted');

/**
 * Looks objects up one by one, deleted ones included: each is whole with its groups, or proved deleted, or absent: not there, in
 * another domain, or not to be read by this account.
 * The answer is in the order of the question.
 * @throws DirectoryError for everything but "no such object" and a referral
 */
export async function lookUpAll(channel: LdapChannel, guids: readonly string[]): Promise<DirectoryChange[]> {
  const found: DirectoryChange[] = [];
  for (let from = 0; from < guids.length; from += atOnce) {
    const some = guids.slice(from, from + atOnce);
    found.push(...(await Promise.all(some.map((guid) => lookUpOne(channel, guid)))));
  }
  return found;
}
