/** What services remember of an AD group that became a LastPass group: by which name, for LastPass can't rename it. */
import { z } from 'zod';

/** In Active Directory the group is called otherwise by now, or its directory has another prefix. */
export const groupRename = z.strictObject({
  /** What it is to be called at LastPass: the directory's `groupPrefix`, and the `cn` that it has now. */
  to: z.string(),
  sinceMs: z.number(),
  /** `held` until somebody has spoken. `released`: its members join the new name, then leave the old. `rejected`: they stay. */
  verdict: z.enum(['held', 'released', 'rejected']),
  by: z.string().nullable(),
});
export type GroupRename = z.infer<typeof groupRename>;

export const syncedGroup = z.strictObject({
  /** The LastPass group that its members are in. */
  name: z.string(),
  rename: groupRename.nullable(),
});
export type SyncedGroup = z.infer<typeof syncedGroup>;
