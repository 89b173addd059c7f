/** A shared folder: to whom it is shared, one by one or through groups, and who still waits for its key. */
import { z } from 'zod';
import { type User, username } from './user.ts';

const rights = {
  /** Nothing may be added or changed in it. */
  readonly: z.boolean().default(false),
  /** Passwords in it may be seen. */
  give: z.boolean().default(true),
  /** Its members may be managed. */
  can_administer: z.boolean().default(false),
};
const rightsSchema = z.strictObject(rights);
export type Rights = z.infer<typeof rightsSchema>;

/** What a company administrator has in every folder. */
export const ALL_RIGHTS: Rights = { readonly: false, give: true, can_administer: true };

export const folderSeed = z.strictObject({
  /** The numeric string that getsfdata keys it by; where it is missing, the one of the folder so named, else a new one. */
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be a number written as a string, such as "101"')
    .optional(),
  name: z.string().trim().min(1),
  /** Security score, 0 … 100. */
  score: z.number().int().min(0).max(100).default(0),
  deleted: z.boolean().default(false),
  /** The sites in it; getdetailedsfdata shows them. */
  sites: z.array(z.string()).default([]),
  users: z.array(z.strictObject({ username, ...rights })).default([]),
  groups: z.array(z.strictObject({ name: z.string().min(1), ...rights })).default([]),
  /** Those of its members who don't have its key yet; all others have it. */
  waiting: z.array(username).default([]),
});
export type FolderSeed = z.infer<typeof folderSeed>;
export const folderList = z.array(folderSeed);
export type FolderInput = z.input<typeof folderSeed>;

/** A folder as a snapshot shows it. */
export type FolderState = FolderSeed & { id: string };

/** A folder as the simulator keeps it. */
export type Folder = Pick<FolderState, 'id' | 'name' | 'score' | 'deleted' | 'sites'> & {
  users: Map<User, Rights>;
  /** By lower-case name of the group. */
  groups: Map<string, { name: string; rights: Rights }>;
  waiting: Set<User>;
};

/** Whether the folder is shared to the user at all. A deleted one is shared to nobody. */
export function isMember(folder: Folder, user: User): boolean {
  if (folder.deleted) return false;
  return folder.users.has(user) || user.groups.some((name) => folder.groups.has(name.toLowerCase()));
}

/**
 * What a member may do: by an individual share, if there is one; else the most restrictive of the groups' (LastPass,
 * "About user and group access for shared folders").
 */
export function rightsOf(folder: Folder, user: User): Rights {
  const individual = folder.users.get(user);
  if (user.admin) return ALL_RIGHTS;
  if (individual !== undefined) return individual;
  const shares = user.groups.flatMap((name) => folder.groups.get(name.toLowerCase())?.rights ?? []);
  return {
    readonly: shares.some(({ readonly }) => readonly),
    give: shares.every(({ give }) => give),
    can_administer: shares.every(({ can_administer }) => can_administer),
  };
}

/** The folder with names in place of users, everything in one order. */
export function folderState({ users, groups, waiting, ...rest }: Folder): FolderState {
  const { id, name, score, deleted, sites } = rest;
  const shared = Array.from(users, ([user, given]) => ({ username: user.username, ...given }));
  const through = Array.from(groups.values(), (group) => ({ name: group.name, ...group.rights }));
  return {
    id,
    name,
    score,
    deleted,
    sites: [...sites],
    users: shared.toSorted((a, b) => (a.username < b.username ? -1 : 1)),
    groups: through.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    waiting: Array.from(waiting, (user) => user.username).toSorted(),
  };
}
