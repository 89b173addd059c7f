/** Counting who is in scope in the directory itself, page by page; of everybody only the address is remembered. */
import type { GroupEntry, PersonEntry } from '@connector/active-directory/people-and-groups.ts';
import { isDn, isUnder, normaliseDn, rdnOf, rdnValue } from '@connector/shared/dn.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import type { Policy } from '@connector/shared/policy.ts';
import { changed, indexedMail, type MirrorObject } from '@connector/sync/mirror/mirror-object.ts';
import { excludedBy, exclusionsOf } from '@connector/sync/plan/exclusions.ts';
import { usernameOf } from '@connector/sync/plan/make-plan.ts';
import { isDisabled, isExpired, isPerson } from '@connector/sync/plan/scope.ts';

/** What is counted from; a `DirectoryConnection` is one. */
export interface Countable {
  readonly people: () => AsyncIterable<readonly PersonEntry[]>;
  readonly groups: () => AsyncIterable<readonly GroupEntry[]>;
}

export interface ScopeRules extends Pick<Policy, 'groupFilter' | 'excludeUsers' | 'excludeGroups'> {
  /** DNs. */
  readonly userBases: readonly string[];
  readonly groupBases: readonly string[];
}

export interface PeopleCount {
  readonly inScope: number;
  /** Of those in scope: disabled, or expired. */
  readonly disabled: number;
  /** Of those in scope who aren't: those whose mail is missing, or no address. */
  readonly withoutMail: number;
  /** Likewise: those whose mail somebody else in this directory holds, too. */
  readonly sharingMail: number;
  /** Entries of `groupFilter` that name no group. */
  readonly unknownGroups: readonly string[];
}

/** @throws DirectoryError */
export async function countPeople(directory: Countable, rules: ScopeRules, nowMs: number): Promise<PeopleCount> {
  const { groupFilter, excludeUsers, userBases } = rules;
  const groups = await readGroups(directory, rules);
  const exclusions = exclusionsOf(excludeUsers);
  const isInScope = ({ dn, memberOf }: PersonEntry, object: MirrorObject): boolean =>
    isPerson(object) && // what costs least comes first: there may be a hundred thousand
    (groupFilter.length === 0 || isIn(groups.wanted, memberOf, object)) &&
    !isIn(groups.excluded, memberOf, object) &&
    userBases.some((base) => isUnder(dn, base)) &&
    excludedBy(exclusions, { dn, names: [object.sAMAccountName ?? ''] }) === null;

  const holders = new Map<string, number>();
  const mails: string[] = [];
  const counts = { inScope: 0, disabled: 0, withoutMail: 0 };
  for await (const page of directory.people())
    for (const entry of page) {
      const object = changed(null, entry.person);
      if (object === null) continue;
      const held = indexedMail(object);
      if (held !== null) holders.set(held, (holders.get(held) ?? 0) + 1);
      if (!isInScope(entry, object)) continue;
      counts.inScope++;
      const mail = usernameOf(object);
      if (isDisabled(object) || isExpired(object, nowMs)) counts.disabled++;
      else if (mail === null) counts.withoutMail++;
      else mails.push(mail);
    }
  const sharingMail = mails.filter((mail) => (holders.get(mail) ?? 0) > 1).length;
  return { ...counts, sharingMail, unknownGroups: groups.unknown };
}

/** Some groups with all that are nested in them: by DN, and by RID for primary groups. */
interface GroupSet {
  readonly dns: ReadonlySet<string>;
  readonly rids: ReadonlySet<number>;
}

const isIn = ({ dns, rids }: GroupSet, memberOf: readonly string[], { primaryGroupId }: MirrorObject): boolean =>
  memberOf.some((dn) => dns.has(folded(dn))) || (primaryGroupId !== null && rids.has(primaryGroupId));

const nobody: GroupSet = { dns: new Set(), rids: new Set() };

async function readGroups(
  directory: Countable,
  { groupFilter, excludeGroups, groupBases }: ScopeRules,
): Promise<{ wanted: GroupSet; excluded: GroupSet; unknown: readonly string[] }> {
  if (groupFilter.length + excludeGroups.length === 0) return { wanted: nobody, excluded: nobody, unknown: [] };
  const exclusions = exclusionsOf(excludeGroups);
  const nested = new Map<string, string[]>();
  const rids = new Map<string, number>();
  const [wanted, excluded, unknown] = [new Set<string>(), new Set<string>(), new Set(groupFilter)];
  for await (const page of directory.groups())
    for (const { dn, memberOf, sAMAccountName, rid } of page) {
      const key = folded(dn);
      const cn = rdnValue(rdnOf(dn));
      if (rid !== null) rids.set(key, rid);
      for (const parent of memberOf.map(folded)) nested.set(parent, [...(nested.get(parent) ?? []), key]);
      const isBelow = groupBases.some((base) => isUnder(dn, base));
      const names = (entry: string) =>
        isDn(entry) ? normaliseDn(entry) === normaliseDn(dn) : isBelow && folded(entry) === folded(cn);
      for (const entry of groupFilter.filter(names)) {
        wanted.add(key);
        unknown.delete(entry);
      }
      if (excludedBy(exclusions, { dn, names: [sAMAccountName ?? '', cn] }) !== null) excluded.add(key);
    }
  const whole = (seeds: ReadonlySet<string>): GroupSet => {
    const dns = withNested(seeds, nested);
    return { dns, rids: new Set([...dns].flatMap((dn) => rids.get(dn) ?? [])) };
  };
  return { wanted: whole(wanted), excluded: whole(excluded), unknown: [...unknown] };
}

/** Circles are walked once. */
function withNested(seeds: ReadonlySet<string>, nested: ReadonlyMap<string, readonly string[]>): Set<string> {
  const all = new Set(seeds);
  for (const dn of all) for (const child of nested.get(dn) ?? []) all.add(child); // a set is walked to what is added meanwhile
  return all;
}
