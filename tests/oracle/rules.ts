/** The design's rules on who is synced, into which groups, and what becomes of those who go: said a second time, simply. */
import type { DirectoryModel, Group, Id, Person } from '../acceptance/directory-model.ts';
import { domainOf } from './domains.ts';

export type LeaverAction = 'disable' | 'remove' | 'delete' | 'nothing';

/** The settings that the matrix varies. */
export interface Policy {
  readonly onDetected: 'create' | 'approve' | 'ignore';
  readonly onDeleted: LeaverAction;
  readonly onDisabled: LeaverAction;
  readonly onRemovedFromFilter: LeaverAction;
  readonly memberships: 'filtered' | 'all' | 'none';
}

export interface Scope {
  /** OUs. */
  readonly userBases: readonly Id[];
  readonly groupBases: readonly Id[];
  /** Names (`cn`) of groups; with none everybody is in scope. */
  readonly groupFilter: readonly string[];
  /** How the sAMAccountNames begin that `excludeUsers` names. */
  readonly excludedPrefix?: string;
  /** Names (`cn`) of groups. */
  readonly excludeGroups?: readonly string[];
  /** What the names of a directory's groups begin with at LastPass, by its id. */
  readonly groupPrefixes?: Readonly<Record<string, string>>;
}

export type Rules = Policy & Scope;

/** Why somebody goes: the first that holds. */
export type Reason = 'onDeleted' | 'onRemovedFromFilter' | 'onDisabled';

export const lower = (text: string): string => text.toLowerCase();
const includesName = (names: readonly string[] | undefined, name: string): boolean =>
  (names ?? []).map(lower).includes(lower(name));

export function isInScope(directory: DirectoryModel, person: Person, rules: Scope): boolean {
  if (person.deleted || !directory.isUnder(person.ou, rules.userBases)) return false;
  if (rules.excludedPrefix !== undefined && person.sam?.startsWith(rules.excludedPrefix)) return false;
  const groups = [...directory.groupsOf(person.id)];
  if (groups.some(({ cn }) => includesName(rules.excludeGroups, cn))) return false;
  return rules.groupFilter.length === 0 || groups.some(({ cn }) => includesName(rules.groupFilter, cn));
}

/** Why a person's account can't stay as it is; `null` for who is in scope and at work. */
export function reasonToGo(directory: DirectoryModel, person: Person, rules: Scope): Reason | null {
  if (person.deleted) return 'onDeleted';
  if (!isInScope(directory, person, rules)) return 'onRemovedFromFilter';
  return person.disabled || person.expired ? 'onDisabled' : null;
}

/** Whether an AD group is a LastPass group too. */
export function isSynced(
  directory: DirectoryModel,
  { cn, ou }: Group,
  { memberships, groupFilter, groupBases, excludeGroups }: Scope & Pick<Policy, 'memberships'>,
): boolean {
  if (memberships === 'none' || includesName(excludeGroups, cn) || !directory.isUnder(ou, groupBases)) return false;
  return memberships === 'all' || includesName(groupFilter, cn);
}

/** What an AD group is called at LastPass, in lower case. */
export const nameAtLastPass = ({ id, cn }: Group, { groupPrefixes }: Scope): string =>
  lower((groupPrefixes?.[domainOf(id).directory] ?? '') + cn);

/** Names, in lower case, of the LastPass groups that somebody should be in. */
export function groupNamesOf(
  directory: DirectoryModel,
  person: Person,
  rules: Scope & Pick<Policy, 'memberships'>,
): Set<string> {
  const synced = [...directory.groupsOf(person.id)].filter((group) => isSynced(directory, group, rules));
  return new Set(synced.map((group) => nameAtLastPass(group, rules)));
}
