/** By which names an AD group is at LastPass, which can't rename it. Pure. */
import { folded } from '@connector/shared/people-with-mail.ts';
import type { SyncedGroup } from '@connector/shared/synced-group.ts';

/** The names by which a group's members should be in LastPass groups. */
export function namesAtLastPass(nameInDirectory: string, synced: SyncedGroup | null): string[] {
  if (synced === null || folded(synced.name) === folded(nameInDirectory)) return [nameInDirectory];
  const { rename } = synced;
  const isReleased = rename?.verdict === 'released' && folded(rename.to) === folded(nameInDirectory);
  return isReleased ? [synced.name, nameInDirectory] : [synced.name];
}

/** Why a renamed group is held. */
export const renameHeldBecause = (name: string, to: string): string =>
  `the group ${name} is called ${to} in Active Directory by now: LastPass can't rename a group, and shared folders and policies hang on its name`;
