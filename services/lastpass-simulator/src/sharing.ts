/**
 * Who has which shared folder, by the key exchange that LastPass's FAQ describes.
 *
 * Whoever becomes a member of a folder through a group *waits* for its key, until somebody who has it logs in; a company
 * administrator has every folder. Under the "Pre-Create Sharing Key" policy nobody waits. Whoever loses the last share
 * loses the folder, and waits anew when coming back. A disabled user keeps what there was, can't get at it, and is handed
 * no key.
 *
 * One change of one user costs the same however many users there are: only those who wait are kept.
 */
import {
  type Folder,
  type FolderSeed,
  type FolderState,
  folderState,
  isMember,
  type Rights,
  rightsOf,
} from './folder.ts';
import { foldersFrom } from './folder-seeds.ts';
import {
  folderCreated,
  folderDeleted,
  folderGained,
  folderLost,
  folderRenamed,
  type Happening,
  policyAdded,
  policyDeleted,
} from './happening.ts';
import { appliesTo, isPreCreateSharingKey, keyOf, type Policy } from './policies.ts';
import type { User } from './user.ts';

/** What sharing needs of the company. */
export type Company = {
  find: (username: string) => User | undefined;
  membersOf: (group: string) => Iterable<User>;
  /** Has the group exist, and tells its name as it was first spelled. */
  ensureGroup: (name: string) => string;
  note: (happening: Happening) => void;
};

/** One member of a folder: `has` it, `waits` for its key, or is `blocked`, being disabled. */
export type FolderMember = { user: User; rights: Rights; state: 'has' | 'waits' | 'blocked' };

export class Sharing {
  readonly #company: Company;
  #folders: Folder[] = [];
  #policies: Policy[] = [];

  constructor(company: Company) {
    this.#company = company;
  }

  folders(): readonly Folder[] {
    return this.#folders;
  }

  policies(): Policy[] {
    return structuredClone(this.#policies);
  }

  snapshot(): FolderState[] {
    return this.#folders.map(folderState);
  }

  /** Replaces the folders, as an administrator would by hand. Throws `SeedError`; nothing is changed then. */
  setFolders(seeds: readonly FolderSeed[]): void {
    const { find, ensureGroup } = this.#company;
    const next = foldersFrom(seeds, { find, existing: this.#folders, neverWaits: (user) => this.neverWaits(user) });
    const before = new Map(this.#folders.map((folder) => [folder.id, { folder, holders: this.#holdersOf(folder) }]));
    for (const { groups } of next) for (const group of groups.values()) group.name = ensureGroup(group.name);
    this.#folders = next;
    const kept = new Set(next.map(({ id }) => id));
    for (const { folder } of before.values()) {
      if (!folder.deleted && !kept.has(folder.id)) this.#company.note(folderDeleted(folder.name));
    }
    for (const folder of next) this.#noteReplaced(folder, before.get(folder.id));
  }

  /** Replaces the policies. Whoever "Pre-Create Sharing Key" covers from now on has the folders at once. */
  setPolicies(policies: readonly Policy[]): void {
    const before = new Map(this.#policies.map((one) => [keyOf(one), one]));
    this.#policies = policies.map(({ name, appliesTo: scope }) => ({
      name,
      appliesTo: scope === 'everyone' ? scope : scope.map((group) => this.#company.ensureGroup(group)),
    }));
    const after = new Map(this.#policies.map((one) => [keyOf(one), one]));
    for (const [key, { name }] of before) if (!after.has(key)) this.#company.note(policyDeleted(name));
    for (const [key, one] of after) {
      if (JSON.stringify(one) !== JSON.stringify(before.get(key))) this.#company.note(policyAdded(textOf(one)));
    }
    for (const user of this.#waiting()) this.#release(user);
  }

  /** The user has just joined the group. */
  joined(user: User, group: string): void {
    for (const folder of this.#folders) {
      if (folder.groups.has(group.toLowerCase()) && !this.#isOtherwiseMember(folder, user, group))
        this.#admit(folder, user);
    }
    this.#release(user);
  }

  /** The user has just left the group. */
  left(user: User, group: string): void {
    for (const folder of this.#folders) {
      if (!folder.deleted && folder.groups.has(group.toLowerCase()) && !isMember(folder, user))
        this.#expel(folder, user);
    }
  }

  /** The user is about to leave the company for good. */
  leaving(user: User): void {
    for (const folder of this.#folders) {
      if (isMember(folder, user)) this.#expel(folder, user);
      folder.users.delete(user);
    }
  }

  /** The user is enabled again. */
  enabled(user: User): void {
    this.#release(user);
  }

  /** The user has logged in, and hands on the keys there are: those who wait have them now. */
  loggedIn(user: User): void {
    for (const folder of this.#folders) {
      const hasKey = user.admin || (isMember(folder, user) && !folder.waiting.has(user));
      if (!hasKey) continue;
      for (const other of folder.waiting) if (!other.disabled) this.#handOver(folder, other);
    }
  }

  /** Whether the user needs no log-in of others to be given folders. */
  neverWaits(user: User): boolean {
    return user.admin || this.#policies.some((one) => isPreCreateSharingKey(one) && appliesTo(one, user));
  }

  /** Everybody that the folder is shared to, by username. */
  membersOf(folder: Folder): FolderMember[] {
    if (folder.deleted) return [];
    const users = new Set(folder.users.keys());
    for (const { name } of folder.groups.values()) for (const user of this.#company.membersOf(name)) users.add(user);
    return Array.from(users, (user) => ({
      user,
      rights: rightsOf(folder, user),
      state: stateOf(folder, user),
    })).toSorted((a, b) => (a.user.username < b.user.username ? -1 : 1));
  }

  /** The folders that are shared to the user. */
  foldersOf(user: User): { folder: Folder; state: FolderMember['state'] }[] {
    const shared = this.#folders.filter((folder) => isMember(folder, user));
    return shared.map((folder) => ({ folder, state: stateOf(folder, user) }));
  }

  #admit(folder: Folder, user: User): void {
    if (folder.deleted) return;
    if (!user.disabled && this.neverWaits(user)) this.#company.note(folderGained(inFolder(folder, user)));
    else folder.waiting.add(user);
  }

  #expel(folder: Folder, user: User): void {
    const hadIt = !folder.waiting.delete(user);
    if (hadIt) this.#company.note(folderLost(inFolder(folder, user)));
  }

  /** Ends the waiting of a user who needn't wait. */
  #release(user: User): void {
    if (user.disabled || !this.neverWaits(user)) return;
    for (const folder of this.#folders) if (folder.waiting.has(user)) this.#handOver(folder, user);
  }

  #handOver(folder: Folder, user: User): void {
    folder.waiting.delete(user);
    this.#company.note(folderGained(inFolder(folder, user)));
  }

  #isOtherwiseMember(folder: Folder, user: User, group: string): boolean {
    const others = user.groups.filter((name) => name.toLowerCase() !== group.toLowerCase());
    return folder.users.has(user) || others.some((name) => folder.groups.has(name.toLowerCase()));
  }

  #waiting(): Set<User> {
    return new Set(this.#folders.flatMap(({ waiting }) => [...waiting]));
  }

  #holdersOf(folder: Folder): Set<User> {
    return new Set(this.membersOf(folder).flatMap(({ user }) => (folder.waiting.has(user) ? [] : user)));
  }

  #noteReplaced(folder: Folder, before?: { folder: Folder; holders: Set<User> }): void {
    const { note } = this.#company;
    const had = before?.holders ?? new Set<User>();
    const has = this.#holdersOf(folder);
    if (before === undefined) note(folderCreated(folder.name));
    else if (before.folder.name !== folder.name) note(folderRenamed({ from: before.folder.name, to: folder.name }));
    for (const user of had) if (!has.has(user)) note(folderLost(inFolder(folder, user)));
    for (const user of has) if (!had.has(user)) note(folderGained(inFolder(folder, user)));
    if (folder.deleted && before?.folder.deleted !== true) note(folderDeleted(folder.name));
  }
}

function stateOf(folder: Folder, user: User): FolderMember['state'] {
  if (user.disabled) return 'blocked';
  return folder.waiting.has(user) ? 'waits' : 'has';
}

function inFolder({ name: folder }: Folder, { username }: User): { folder: string; username: string } {
  return { folder, username };
}

function textOf({ name, appliesTo: scope }: Policy): string {
  return `${name} New value: ${scope === 'everyone' ? scope : scope.join(', ')}`;
}
