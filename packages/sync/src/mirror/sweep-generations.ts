/** Removing generations of the mirror that are no longer used, a little at a time. */
import type { State } from '@connector/shared/state.ts';
import { manyValues } from '@connector/shared/transaction.ts';
import { Mirror } from './mirror.ts';
import type { MirrorObject } from './mirror-object.ts';

/**
 * Empties a directory's abandoned and replaced generations. Stopped half-way, it goes on at the next call. Every deletion
 * makes sure that the generation still is garbage: Redis may have gone back to when it was in use.
 */
export async function sweepGenerations(store: State, directory: string): Promise<void> {
  const { redis, keys } = store;
  const { garbage, mirror: mirrorKeys } = keys.directory(directory);
  for (const generation of await redis.smembers(garbage)) {
    const mirror = new Mirror(redis, mirrorKeys(Number(generation)));
    const guards = [{ command: ['SISMEMBER', garbage, generation], is: '1' }];
    const remove = async (writes: readonly string[][]) => (await store.commit({ guards, writes })).committed;
    for await (const page of mirror.everything()) {
      for (const writes of await removalsOf(mirror, page)) if (!(await remove([writes]))) return;
    }
    const { objects, mails, groupNames, rids, unread } = mirror.keys;
    await remove([
      ['UNLINK', objects, mails, groupNames, rids, unread],
      ['SREM', garbage, generation],
    ]);
  }
}

/** The writes that remove a page of objects, and the sets around them, each of a size that a script can take. */
async function removalsOf(mirror: Mirror, page: readonly [guid: string, object: MirrorObject][]): Promise<string[][]> {
  const { keys } = mirror;
  const sets: string[] = [];
  for (const [guid, { kind, primaryGroupId }] of page) {
    sets.push(keys.members(guid), keys.memberships(guid), keys.children(guid));
    if (primaryGroupId !== null) sets.push(keys.primaryMembers(primaryGroupId));
    if (kind === 'group') sets.push(...(await mirror.members(guid)).map(keys.memberships));
  }
  const guids = page.map(([guid]) => guid);
  return [...manyValues(['UNLINK'], [...new Set(sets)]), ...manyValues(['HDEL', keys.objects], guids)];
}
