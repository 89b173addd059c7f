/**
 * Who is in which group. Names compare case-insensitively, and the first spelling stays. A group that loses its last
 * member goes on, empty.
 */
import type { User } from './user.ts';

type Group = { name: string; members: Set<User> };

export class Groups {
  /** By lower-case name. */
  readonly #groups = new Map<string, Group>();
  readonly #ofUser = new Map<User, Set<Group>>();

  /** Groups with the number of their members, by name. */
  sizes(): { name: string; size: number }[] {
    const sizes = Array.from(this.#groups.values(), ({ name, members }) => ({ name, size: members.size }));
    return sizes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  has(name: string): boolean {
    return this.#groups.has(name.toLowerCase());
  }

  /** Nobody where there is no such group. */
  membersOf(name: string): Iterable<User> {
    return this.#groups.get(name.toLowerCase())?.members ?? [];
  }

  /** Has the group exist; its name as it was first spelled. */
  ensure(name: string): string {
    return this.#group(name).name;
  }

  /** Whether that is news. `user.groups` follows. */
  join(user: User, name: string): boolean {
    const group = this.#group(name);
    if (group.members.has(user)) return false;
    group.members.add(user);
    const own = this.#ofUser.get(user) ?? new Set();
    this.#ofUser.set(user, own.add(group));
    user.groups = namesOf(own);
    return true;
  }

  /** The group's name if there was a membership to end. `user.groups` follows. */
  leave(user: User, name: string): string | null {
    const group = this.#groups.get(name.toLowerCase());
    if (!group?.members.delete(user)) return null;
    const own = this.#ofUser.get(user);
    own?.delete(group);
    user.groups = namesOf(own ?? new Set());
    return group.name;
  }

  leaveAll(user: User): void {
    for (const name of [...user.groups]) this.leave(user, name);
    this.#ofUser.delete(user);
  }

  /** Name → usernames, both by alphabet. */
  snapshot(): Record<string, string[]> {
    const groups = Array.from(this.#groups.values(), ({ name, members }) => [name, usernamesOf(members)] as const);
    return Object.fromEntries(groups.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #group(name: string): Group {
    const key = name.toLowerCase();
    const group = this.#groups.get(key) ?? { name, members: new Set() };
    this.#groups.set(key, group);
    return group;
  }
}

function namesOf(groups: Set<Group>): string[] {
  return Array.from(groups, ({ name }) => name).toSorted();
}

function usernamesOf(members: Set<User>): string[] {
  return Array.from(members, ({ username }) => username).toSorted();
}
