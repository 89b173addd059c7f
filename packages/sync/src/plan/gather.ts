/** Collecting from the mirror what a plan depends on. Groups and containers are remembered for one answer's worth of people only. */
import type { ResolvedBases } from '@connector/shared/directory-state.ts';
import { isDn, normaliseDn, rdnOf, rdnValue } from '@connector/shared/dn.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import type { SyncedGroup } from '@connector/shared/synced-group.ts';
import type { Mirror } from '../mirror/mirror.ts';
import { type MirrorObject, nameOf } from '../mirror/mirror-object.ts';
import { type Exclusions, excludedBy } from './exclusions.ts';
import { cnWanted, wantedName } from './group-names.ts';
import { type FilterEntry, type GroupAround, lastPassNamesOf, type Surroundings } from './scope.ts';

/** No tree of a directory is deeper; a mirror that says so has a circle in it. */
const maxDepth = 64;

/** One directory's mirror as the planner looks at it. */
export class Gathering {
  readonly bases: ResolvedBases;
  readonly mirror: Mirror;
  readonly #excludeUsers: Exclusions;
  readonly #excludeGroups: Exclusions;
  readonly #syncedAs: (guid: string) => Promise<SyncedGroup | null>;
  readonly #groupPrefix: string;
  readonly #groups = new Map<string, Promise<GroupAround | null>>();
  readonly #objects = new Map<string, Promise<MirrorObject | null>>();
  readonly #around = new Map<string, Promise<readonly string[]>>();

  constructor(
    mirror: Mirror,
    {
      bases,
      excludeUsers,
      excludeGroups,
      syncedAs,
      groupPrefix = '',
    }: {
      bases: ResolvedBases;
      excludeUsers: Exclusions;
      excludeGroups: Exclusions;
      /** What is remembered of a group that has been synced before. */
      syncedAs: (guid: string) => Promise<SyncedGroup | null>;
      /** What the names of the directory's LastPass groups begin with. */
      groupPrefix?: string | undefined;
    },
  ) {
    this.mirror = mirror;
    this.bases = bases;
    this.#excludeUsers = excludeUsers;
    this.#excludeGroups = excludeGroups;
    this.#syncedAs = syncedAs;
    this.#groupPrefix = groupPrefix;
  }

  #object(guid: string): Promise<MirrorObject | null> {
    const known = this.#objects.get(guid) ?? this.mirror.object(guid);
    this.#objects.set(guid, known);
    return known;
  }

  #memberships(guid: string): Promise<readonly string[]> {
    const known = this.#around.get(guid) ?? this.mirror.memberships(guid);
    this.#around.set(guid, known);
    return known;
  }

  /** objectGUIDs of the containers above, the nearest first. */
  async containersAbove(object: MirrorObject): Promise<string[]> {
    const above: string[] = [];
    for (let { parent } = object; parent !== null && above.length < maxDepth; ) {
      above.push(parent);
      parent = (await this.#object(parent))?.parent ?? null;
    }
    return above;
  }

  /** The DN, put together from the RDNs above. */
  async dnOf(object: MirrorObject): Promise<string> {
    const above = await Promise.all((await this.containersAbove(object)).map((guid) => this.#object(guid)));
    return [object, ...above].map((each) => each?.rdn ?? '').join(',');
  }

  /** A group; `null` for what is none. */
  group(guid: string): Promise<GroupAround | null> {
    const known = this.#groups.get(guid) ?? this.#readGroup(guid);
    this.#groups.set(guid, known);
    return known;
  }

  async #readGroup(guid: string): Promise<GroupAround | null> {
    const object = await this.#object(guid);
    if (object?.kind !== 'group') return null;
    const [excluded, containers, synced] = await Promise.all([
      this.#excludedBy(this.#excludeGroups, object, [nameOf(object)]),
      this.containersAbove(object),
      this.#syncedAs(guid),
    ]);
    const name = wantedName(nameOf(object), this.#groupPrefix);
    return { guid, object, containers, excludedBy: excluded, wantedName: name, synced };
  }

  /** The entry that excludes an object, which goes by these names too. */
  async #excludedBy(
    exclusions: Exclusions,
    object: MirrorObject,
    otherNames: readonly string[] = [],
  ): Promise<string | null> {
    if (exclusions.length === 0) return null;
    const names = [...(object.sAMAccountName === null ? [] : [object.sAMAccountName]), ...otherNames];
    return excludedBy(exclusions, { dn: await this.dnOf(object), names });
  }

  /**
   * Every group that holds the person: directly, as primary group, or nested; circles are walked once. With each goes the group through
   * which it does, on a shortest way; `null` where it holds the person itself.
   */
  async groupsUp(guid: string, object: MirrorObject): Promise<ReadonlyMap<string, string | null>> {
    const primary = object.primaryGroupId === null ? null : await this.mirror.groupWithRid(object.primaryGroupId);
    const direct = [...(await this.mirror.memberships(guid)), ...(primary === null ? [] : [primary])];
    const through = new Map<string, string | null>(direct.map((each) => [each, null]));
    for (let frontier = [...through.keys()]; frontier.length > 0; ) {
      const above = await Promise.all(frontier.map((each) => this.#memberships(each)));
      const next: string[] = [];
      for (const [index, groups] of above.entries())
        for (const group of groups) {
          if (through.has(group)) continue;
          through.set(group, frontier[index] ?? null);
          next.push(group);
        }
      frontier = next;
    }
    return through;
  }

  async #groupsAround(guid: string, object: MirrorObject): Promise<GroupAround[]> {
    const groups = await Promise.all([...(await this.groupsUp(guid, object)).keys()].map((each) => this.group(each)));
    return groups.filter((group) => group !== null);
  }

  async surroundings(guid: string, object: MirrorObject): Promise<Surroundings> {
    const [containers, groups, excluded] = await Promise.all([
      this.containersAbove(object),
      this.#groupsAround(guid, object),
      this.#excludedBy(this.#excludeUsers, object),
    ]);
    const top = await this.#object(containers.at(-1) ?? '');
    return { object, containers, groups, excludedBy: excluded, placeKnown: top !== null && top.parent === null };
  }

  /** Finds the groups that the entries of `groupFilter` name: by DN anywhere, by cn under `groupBases`. */
  resolveFilter(entries: readonly string[]): Promise<FilterEntry[]> {
    return Promise.all(
      entries.map(async (entry) => ({
        entry,
        guids: isDn(entry) ? await this.#groupsWithDn(entry) : await this.#groupsWithCn(entry),
      })),
    );
  }

  async #groupsWithDn(dn: string): Promise<string[]> {
    const candidates = await this.mirror.objects(await this.mirror.groupsNamed(rdnValue(rdnOf(dn))));
    const named = await Promise.all(
      [...candidates].map(async ([guid, object]) => ({ guid, dn: await this.dnOf(object) })),
    );
    return named
      .filter((candidate) => isDn(candidate.dn) && normaliseDn(candidate.dn) === normaliseDn(dn))
      .map(({ guid }) => guid);
  }

  async #groupsWithCn(cn: string): Promise<string[]> {
    const groups = await Promise.all((await this.mirror.groupsNamed(cn)).map((guid) => this.group(guid)));
    return groups
      .filter((group) => group?.containers.some((guid) => this.bases.groups.includes(guid)))
      .flatMap((group) => group?.guid ?? []);
  }

  /** The LastPass names, folded, among these that groups under `groupBases` have which aren't the system's own. */
  async syncedNames(names: readonly string[]): Promise<string[]> {
    const synced = await Promise.all(
      names.map(async (name) => {
        const cn = cnWanted(name, this.#groupPrefix);
        const guids = cn === null ? [] : await this.mirror.groupsNamed(cn);
        const groups = await Promise.all(guids.map((guid) => this.group(guid)));
        return groups.some(
          (group) =>
            group &&
            lastPassNamesOf(group).some((each) => folded(each) === folded(name)) &&
            group.excludedBy === null &&
            !group.object.isCriticalSystemObject &&
            group.containers.some((guid) => this.bases.groups.includes(guid)),
        );
      }),
    );
    return names.filter((_, index) => synced[index]).map(folded);
  }

  /** The folded names of the groups that the filter names, and nothing excludes. */
  async filterNames(filter: readonly FilterEntry[]): Promise<string[]> {
    const groups = await Promise.all(filter.flatMap(({ guids }) => guids).map((guid) => this.group(guid)));
    return groups.flatMap((group) => (group?.excludedBy === null ? lastPassNamesOf(group).map(folded) : []));
  }
}
