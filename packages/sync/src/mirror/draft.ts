/**
 * What one log entry makes of one generation of the mirror: the writes, and what they touch. A draft only reads; its writes
 * are committed together with the applied sequence, which nobody else can have moved meanwhile.
 */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { folded, indexEntry } from '@connector/shared/people-with-mail.ts';
import { manyValues } from '@connector/shared/transaction.ts';
import type { Mirror } from './mirror.ts';
import { absentPerson, changed, digestOf, indexedMail, type MirrorObject, nameOf, tombstone } from './mirror-object.ts';

/** Where a change is felt: the people to plan again are found from here. */
export interface Touched {
  /** objectGUIDs of people and groups; with a group, everybody in it, nested. */
  readonly members: Set<string>;
  /** objectGUIDs of containers that have got another name or place. */
  readonly containers: Set<string>;
  /** Addresses that somebody holds or held. */
  readonly mails: Set<string>;
  /** Names of groups that came, went or changed hands. */
  readonly groupNames: Set<string>;
  /** objectGUIDs of people who were deleted and are restored. */
  readonly restored: Set<string>;
}

/** The container that an object lies in; a deleted one lies nowhere. */
const placeOf = (object: MirrorObject | null): string | null =>
  object === null || object.deleted ? null : object.parent;

export class Draft {
  readonly writes: string[][] = [];
  readonly touched: Touched = {
    members: new Set(),
    containers: new Set(),
    mails: new Set(),
    groupNames: new Set(),
    restored: new Set(),
  };
  /** Patches of objects that this generation doesn't know: they must be read by themselves. */
  readonly unknown = new Set<string>();
  readonly #mirror: Mirror;
  readonly #objects = new Map<string, MirrorObject | null>();
  readonly #members = new Map<string, Set<string>>();
  readonly #memberships = new Map<string, Set<string>>();

  constructor(mirror: Mirror) {
    this.#mirror = mirror;
  }

  /** Works a page of changes in, in their order. */
  async apply(changes: readonly DirectoryChange[]): Promise<void> {
    const known = await this.#mirror.objects(
      changes.map(({ guid }) => guid).filter((guid) => !this.#objects.has(guid)),
    );
    for (const { guid } of changes) if (!this.#objects.has(guid)) this.#objects.set(guid, known.get(guid) ?? null);
    for (const change of changes) await this.#applyOne(change);
  }

  async #applyOne(change: DirectoryChange): Promise<void> {
    const old = this.#objects.get(change.guid) ?? null;
    if (change.absent) {
      // Of somebody whom only an account speaks of, this is all that will ever be known.
      if (old === null && change.kind === 'user') this.#put(change.guid, old, absentPerson);
      return;
    }
    if (change.deleted) return this.#delete(change, old);
    if (old === null && !change.complete) {
      this.unknown.add(change.guid);
      return;
    }
    const now = changed(old, change);
    if (now === null) {
      this.unknown.add(change.guid);
      return;
    }
    this.#put(change.guid, old, now);
    if (change.members) await this.#setMembers(change.guid, change.members);
    if (change.restored) await this.#leaveAllGroups(change.guid);
    if (change.memberOf) await this.#joinGroups(change.guid, change.memberOf);
  }

  /** The people that this draft changed directly, new ones included. */
  get people(): string[] {
    return [...this.touched.members].filter((guid) => this.#objects.get(guid)?.kind === 'user');
  }

  /** Takes an object over as it was in another generation. */
  async carryOver(guid: string, object: MirrorObject, members: readonly string[]): Promise<void> {
    this.#put(guid, null, object);
    if (object.kind === 'group') await this.#setMembers(guid, { mode: 'replace', add: members, remove: [] });
  }

  #put(guid: string, old: MirrorObject | null, now: MirrorObject): void {
    const { keys } = this.#mirror;
    this.#objects.set(guid, now);
    if (old !== null && digestOf(old) === digestOf(now)) return;
    this.writes.push(['HSET', keys.objects, guid, JSON.stringify(now)]);
    const [before, after] = [placeOf(old), placeOf(now)];
    if (before !== after) {
      if (before !== null) this.writes.push(['SREM', keys.children(before), guid]);
      if (after !== null) this.writes.push(['SADD', keys.children(after), guid]);
    }
    if (now.kind === 'user') this.#putUser(guid, old, now);
    else if (now.kind === 'group') this.#putGroup(guid, old, now);
    else this.touched.containers.add(guid); // a new one too: what lies in it may have been read before it
  }

  #putUser(guid: string, old: MirrorObject | null, now: MirrorObject): void {
    this.touched.members.add(guid);
    if (old?.deleted) this.touched.restored.add(guid);
    const before = indexedMail(old);
    const after = indexedMail(now);
    this.#reindex(this.#mirror.keys.mails, guid, before, after);
    for (const mail of [before, after]) if (mail !== null) this.touched.mails.add(mail);
    this.#putPrimaryGroup(guid, old, now);
  }

  #putPrimaryGroup(guid: string, old: MirrorObject | null, now: MirrorObject): void {
    const { keys } = this.#mirror;
    const before = old === null || old.deleted ? null : old.primaryGroupId;
    const after = now.deleted ? null : now.primaryGroupId;
    if (before === after) return;
    if (before !== null) this.writes.push(['SREM', keys.primaryMembers(before), guid]);
    if (after !== null) this.writes.push(['SADD', keys.primaryMembers(after), guid]);
  }

  #putGroup(guid: string, old: MirrorObject | null, now: MirrorObject): void {
    const { keys } = this.#mirror;
    this.touched.members.add(guid);
    const before = old === null ? null : folded(nameOf(old));
    const after = folded(nameOf(now));
    this.#reindex(keys.groupNames, guid, before, after);
    if (before !== after || old?.parent !== now.parent)
      for (const name of [before, after]) if (name) this.touched.groupNames.add(name);
    if (now.rid !== null && old?.rid !== now.rid) this.writes.push(['HSET', keys.rids, String(now.rid), guid]);
  }

  #reindex(index: string, guid: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (before !== null) this.writes.push(['ZREM', index, indexEntry(before, guid)]);
    if (after !== null) this.writes.push(['ZADD', index, '0', indexEntry(after, guid)]);
  }

  async #delete(change: DirectoryChange, old: MirrorObject | null): Promise<void> {
    const { guid } = change;
    const { keys } = this.#mirror;
    const kind = old?.kind ?? change.kind;
    if (kind === undefined || old?.deleted) return;
    this.touched.members.add(guid);
    await this.#leaveAllGroups(guid);
    if (old?.parent) this.writes.push(['SREM', keys.children(old.parent), guid]);
    if (kind === 'user') {
      const now = tombstone(old);
      const mail = indexedMail(old);
      if (mail !== null) this.touched.mails.add(mail);
      this.#reindex(keys.mails, guid, mail, null);
      this.#putPrimaryGroup(guid, old, now);
      this.writes.push(['HSET', keys.objects, guid, JSON.stringify(now)]);
      this.#objects.set(guid, now);
      return;
    }
    if (kind === 'group') {
      await this.#setMembers(guid, { mode: 'replace', add: [], remove: [] });
      if (old) {
        this.#reindex(keys.groupNames, guid, folded(nameOf(old)), null);
        this.touched.groupNames.add(folded(nameOf(old)));
        if (old.rid !== null) this.writes.push(['HDEL', keys.rids, String(old.rid)]);
      }
    } else {
      this.touched.containers.add(guid);
    }
    this.writes.push(['HDEL', keys.objects, guid]);
    this.#objects.set(guid, null);
  }

  async #membersOf(group: string): Promise<Set<string>> {
    const known = this.#members.get(group) ?? new Set(await this.#mirror.members(group));
    this.#members.set(group, known);
    return known;
  }

  async #membershipsOf(member: string): Promise<Set<string>> {
    const known = this.#memberships.get(member) ?? new Set(await this.#mirror.memberships(member));
    this.#memberships.set(member, known);
    return known;
  }

  async #setMembers(
    group: string,
    patch: { mode: 'replace' | 'delta'; add: readonly string[]; remove: readonly string[] },
  ): Promise<void> {
    const current = await this.#membersOf(group);
    const wanted = new Set(patch.add);
    const remove =
      patch.mode === 'delta'
        ? patch.remove.filter((guid) => current.has(guid))
        : [...current].filter((guid) => !wanted.has(guid));
    const add = [...wanted].filter((guid) => !current.has(guid));
    const { keys } = this.#mirror;
    this.writes.push(
      ...manyValues(['SREM', keys.members(group)], remove),
      ...manyValues(['SADD', keys.members(group)], add),
    );
    for (const member of remove) this.#note(member, group, 'SREM');
    for (const member of add) this.#note(member, group, 'SADD');
    const gone = new Set(remove);
    this.#members.set(group, new Set([...current, ...add].filter((guid) => !gone.has(guid))));
  }

  #note(member: string, group: string, command: 'SADD' | 'SREM'): void {
    this.writes.push([command, this.#mirror.keys.memberships(member), group]);
    this.touched.members.add(member);
    const memberships = this.#memberships.get(member);
    if (command === 'SADD') memberships?.add(group);
    else memberships?.delete(group);
  }

  async #leaveAllGroups(member: string): Promise<void> {
    for (const group of await this.#membershipsOf(member))
      await this.#setMembers(group, { mode: 'delta', add: [], remove: [member] });
  }

  /** Only joins: a group tells who leaves it, and of memberOf nobody can tell "in none" from "may not be read". */
  async #joinGroups(member: string, groups: readonly string[]): Promise<void> {
    const current = await this.#membershipsOf(member);
    for (const group of groups.filter((guid) => !current.has(guid)))
      await this.#setMembers(group, { mode: 'delta', add: [member], remove: [] });
  }
}
