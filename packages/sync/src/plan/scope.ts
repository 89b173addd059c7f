/** Who should be synced, and which of their groups: pure, from what the mirror says of one person. */
import type { ResolvedBases } from '@connector/shared/directory-state.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import type { Policy } from '@connector/shared/policy.ts';
import type { SyncedGroup } from '@connector/shared/synced-group.ts';
import { type MirrorObject, nameOf } from '../mirror/mirror-object.ts';
import { namesAtLastPass } from './group-names.ts';

/** A group that holds the person, directly, nested or as primary group. */
export interface GroupAround {
  readonly guid: string;
  readonly object: MirrorObject;
  /** objectGUIDs of the containers above it. */
  readonly containers: readonly string[];
  /** The entry of `excludeGroups` that names it. */
  readonly excludedBy: string | null;
  /** What it is to be called at LastPass; '' for one without a name. */
  readonly wantedName: string;
  /** What is remembered of it, if it has been synced before. */
  readonly synced: SyncedGroup | null;
}

/** The names that a group has at LastPass, or would have. */
export const lastPassNamesOf = ({ wantedName, synced }: Pick<GroupAround, 'wantedName' | 'synced'>): string[] =>
  namesAtLastPass(wantedName, synced);

/** An entry of `groupFilter` and the groups that it names; none when the directory has no such group. */
export interface FilterEntry {
  readonly entry: string;
  readonly guids: readonly string[];
}

/** What the mirror says of one person. */
export interface Surroundings {
  readonly object: MirrorObject;
  /** objectGUIDs of the containers above the person. */
  readonly containers: readonly string[];
  readonly groups: readonly GroupAround[];
  /** The entry of `excludeUsers` that names the person. */
  readonly excludedBy: string | null;
  /** Every container above is known, up to the root: where the person lies is certain. */
  readonly placeKnown: boolean;
}

/** Bits of userAccountControl, MS-ADTS 2.2.16. */
const accountDisabled = 0x2;
const normalAccount = 0x200;
const trustAccounts = 0x800 | 0x1000 | 0x2000;

/** Whether an object is a person at all: no built-in, no trust, no conflict object (MS-ADTS 3.1.1.5.1.3: its RDN holds `CNF:`). */
export function isPerson({ kind, isCriticalSystemObject, userAccountControl, rdn }: MirrorObject): boolean {
  if (kind !== 'user' || isCriticalSystemObject) return false;
  const bits = userAccountControl ?? normalAccount;
  if ((bits & trustAccounts) !== 0 && (bits & normalAccount) === 0) return false;
  return !/(\\0A|\n)CNF:/i.test(rdn);
}

export const isDisabled = ({ userAccountControl }: MirrorObject): boolean =>
  ((userAccountControl ?? 0) & accountDisabled) !== 0;

/** Whether accountExpires has passed, which raises no event in AD. */
export const isExpired = ({ accountExpiresMs }: MirrorObject, nowMs: number): boolean =>
  accountExpiresMs !== null && accountExpiresMs <= nowMs;

const isAnyIn = (guids: readonly string[], bases: readonly string[]): boolean =>
  guids.some((guid) => bases.includes(guid));

/** Why a person isn't in scope, in words; `null` when they are. */
export function outOfScope(
  { object, containers, groups, excludedBy }: Surroundings,
  { bases, filter }: { bases: ResolvedBases; filter: readonly FilterEntry[] },
): string | null {
  if (!isPerson(object)) return 'is no person (a built-in, trust or conflict object)';
  if (!isAnyIn(containers, bases.users)) return 'is not under any of userBases';
  if (excludedBy !== null) return `is excluded by excludeUsers (${excludedBy})`;
  const excluding = groups.find((group) => group.excludedBy !== null);
  if (excluding)
    return `is in the group ${nameOf(excluding.object)}, which excludeGroups names (${excluding.excludedBy})`;
  if (filter.length === 0) return null;
  const wanted = filter.flatMap(({ guids }) => guids);
  if (groups.some(({ guid }) => wanted.includes(guid))) return null;
  return `left the group filter (${filter.map(({ entry }) => entry).join(', ')})`;
}

/** Whether an AD group becomes a LastPass group. */
export function isSynced(
  group: GroupAround,
  {
    memberships,
    bases,
    filter,
  }: { memberships: Policy['memberships']; bases: ResolvedBases; filter: readonly FilterEntry[] },
): boolean {
  if (memberships === 'none' || group.excludedBy !== null) return false;
  if (filter.some(({ guids }) => guids.includes(group.guid))) return true;
  return memberships === 'all' && !group.object.isCriticalSystemObject && isAnyIn(group.containers, bases.groups);
}

/** The groups around a person that become LastPass groups: those with a name. */
export const syncedGroupsAround = (
  groups: readonly GroupAround[],
  rules: Parameters<typeof isSynced>[1],
): readonly GroupAround[] => groups.filter((group) => group.wantedName !== '' && isSynced(group, rules));

/** Names of the LastPass groups that a person should be in: one of each name, whatever its case, in the order of the alphabet. */
export function groupNames(groups: readonly GroupAround[], rules: Parameters<typeof isSynced>[1]): string[] {
  const byName = new Map<string, string>();
  for (const group of [...syncedGroupsAround(groups, rules)].sort((a, b) => a.guid.localeCompare(b.guid))) {
    for (const name of lastPassNamesOf(group)) if (!byName.has(folded(name))) byName.set(folded(name), name);
  }
  return [...byName.values()].sort();
}
