/** From seeds of shared folders to folders: ids given, users found, contradictions refused. */
import { type Folder, type FolderSeed, isMember } from './folder.ts';
import { SeedError } from './seed-error.ts';
import type { User } from './user.ts';

/** Folders that are given no id count up from here. */
const FIRST_FOLDER_ID = 101;

type Circumstances = {
  find: (username: string) => User | undefined;
  /** The folders so far: one of the same name lends its id to a seed without. */
  existing: readonly Folder[];
  /** Those who needn't wait for a key don't, whatever the seed says. */
  neverWaits: (user: User) => boolean;
};

/** By ascending id. Throws `SeedError` for a doubled id or name, an unknown user, or somebody who waits without a share. */
export function foldersFrom(seeds: readonly FolderSeed[], circumstances: Circumstances): Folder[] {
  const folders = withIds(seeds, circumstances.existing).map((seed) => folderFrom(seed, circumstances));
  refuseDoubles(folders);
  return folders.toSorted((a, b) => Number(a.id) - Number(b.id));
}

function withIds(seeds: readonly FolderSeed[], existing: readonly Folder[]): (FolderSeed & { id: string })[] {
  const ids = new Map(existing.map(({ id, name }) => [name.toLowerCase(), id]));
  const known = seeds.map((seed) => ({ ...seed, id: seed.id ?? ids.get(seed.name.toLowerCase()) }));
  const taken = [...known, ...existing].map(({ id }) => Number(id ?? 0));
  let next = Math.max(FIRST_FOLDER_ID - 1, ...taken) + 1;
  return known.map((seed) => ({ ...seed, id: seed.id ?? String(next++) }));
}

function folderFrom(seed: FolderSeed & { id: string }, { find, neverWaits }: Circumstances): Folder {
  const { id, name, score, deleted, sites } = seed;
  const userOf = (username: string): User => {
    const user = find(username);
    if (user === undefined) throw new SeedError(`folder "${name}" names ${username}, who isn't among the users`);
    return user;
  };
  const folder: Folder = {
    ...{ id, name, score, deleted, sites: [...sites] },
    users: new Map(seed.users.map(({ username, ...rights }) => [userOf(username), rights])),
    groups: new Map(seed.groups.map(({ name: group, ...rights }) => [group.toLowerCase(), { name: group, rights }])),
    waiting: new Set(),
  };
  for (const user of seed.waiting.map(userOf)) {
    if (!isMember(folder, user)) {
      throw new SeedError(`${user.username} waits for folder "${name}", which isn't shared to them`);
    }
    if (user.disabled || !neverWaits(user)) folder.waiting.add(user);
  }
  return folder;
}

function refuseDoubles(folders: readonly Folder[]): void {
  const seen = new Set<string>();
  for (const { id, name, deleted } of folders) {
    if (seen.has(id)) throw new SeedError(`two folders have the id ${id}: leave one id out`);
    if (!deleted && seen.has(`name ${name.toLowerCase()}`)) throw new SeedError(`two folders are called "${name}"`);
    seen.add(id);
    if (!deleted) seen.add(`name ${name.toLowerCase()}`);
  }
}
