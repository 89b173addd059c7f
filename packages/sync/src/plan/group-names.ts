/** By which names an AD group is at LastPass, which can't rename it. Pure. */
import { folded } from '@connector/shared/people-with-mail.ts';
import type { SyncedGroup } from '@connector/shared/synced-group.ts';

/**
 * What a group is to be called at LastPass: its directory's prefix and its `cn`.
 * @returns '' for a group without a name, which is none at LastPass
 */
export function wantedName(cn: string, groupPrefix = ''): string {
  const name = cn.trim();
  return name === '' ? '' : `${groupPrefix}${name}`;
}

/** What the `cn` of a group would be that is to be called like this at LastPass; `null` where no group of the directory can be. */
export function cnWanted(name: string, groupPrefix = ''): string | null {
  const isPrefixed = name.slice(0, groupPrefix.length).toLowerCase() === groupPrefix.toLowerCase();
  return isPrefixed ? name.slice(groupPrefix.length) : null;
}

/** The names by which a group's members should be in LastPass groups. @param wanted what it is to be called there */
export function namesAtLastPass(wanted: string, synced: SyncedGroup | null): string[] {
  if (synced === null || folded(synced.name) === folded(wanted)) return [wanted];
  const { rename } = synced;
  const isReleased = rename?.verdict === 'released' && folded(rename.to) === folded(wanted);
  return isReleased ? [synced.name, wanted] : [synced.name];
}

/** Why a group that is to be called otherwise is held. @param cn its name in Active Directory */
export function renameHeldBecause({ name, to, cn }: { name: string; to: string; cn: string }): string {
  if (folded(to) === folded(cn))
    return `the group ${name} is called ${to} in Active Directory by now: LastPass can't rename a group, and shared folders and policies hang on its name`;
  return `the group ${name} is to be called ${to} by now, after groupPrefix and its name in Active Directory: LastPass can't rename a group, and shared folders and policies hang on its name`;
}
