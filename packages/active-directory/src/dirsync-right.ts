/** Whether the account may ask for changes at all (DirSync, MS-ADTS 3.1.1.3.4.1.3). */
import { DirSyncControl } from './controls.ts';
import { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';

/** Matches nothing: what is asked is whether there is an answer. */
const nothing = '(!(objectClass=*))';

/**
 * Asks as the watcher does, with LDAP_DIRSYNC_OBJECT_SECURITY, which takes no right but that to read what is told. A server that
 * doesn't heed that flag wants the right "Replicating Directory Changes" instead.
 * @throws DirectoryError whatever else stands in the way
 */
export async function mayFollowChanges(channel: LdapChannel, namingContext: string): Promise<boolean> {
  const control = new DirSyncControl({ cookie: Buffer.alloc(0) });
  try {
    await channel.search({
      ...{ base: namingContext, scope: 'sub', filter: nothing, attributes: ['objectGUID'] },
      controls: [control],
    });
  } catch (error) {
    if (error instanceof DirectoryError && error.code === 'insufficient-rights') return false;
    throw error;
  }
  if (!control.answered) throw new DirectoryError('no-answer', `${channel.url} gave no DirSync answer; is it AD?`);
  return true;
}

/**
 * What to tell when it doesn't.
 * @param trustee what `dsacls` is to call the account (`trusteeOf`)
 */
export const changesRefused = (account: string, namingContext: string, trustee = 'DOMAIN\\account'): DirectoryError =>
  new DirectoryError(
    'insufficient-rights',
    `${account} may not ask for changes (DirSync), so none would be noticed; as a domain administrator run: ` +
      `dsacls "${namingContext}" /G "${trustee}:CA;Replicating Directory Changes"`,
  );
