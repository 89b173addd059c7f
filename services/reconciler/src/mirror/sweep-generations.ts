/** Removing generations of the mirror that are no longer used, a little at a time. */
import type { Store } from '@connector/shared/store.ts';
import { Mirror } from './mirror.ts';

/** Empties a directory's abandoned and replaced generations. Stopped half-way, it goes on at the next call. */
export async function sweepGenerations({ redis, keys }: Store, directory: string): Promise<void> {
  const directoryKeys = keys.directory(directory);
  for (const generation of await redis.smembers(directoryKeys.garbage)) {
    const mirror = new Mirror(redis, directoryKeys.mirror(Number(generation)));
    for await (const page of mirror.everything()) {
      const guids = page.map(([guid]) => guid);
      const groups = page.filter(([, { kind }]) => kind === 'group').map(([guid]) => guid);
      const members = (await Promise.all(groups.map((guid) => mirror.members(guid)))).flat();
      const { keys: of } = mirror;
      const sets = [
        ...guids.flatMap((guid) => [of.members(guid), of.memberships(guid), of.children(guid)]),
        ...members.map(of.memberships),
      ];
      await redis.unlink(...sets);
      await redis.hdel(mirror.keys.objects, ...guids);
    }
    await redis.unlink(
      mirror.keys.objects,
      mirror.keys.mails,
      mirror.keys.groupNames,
      mirror.keys.rids,
      mirror.keys.unread,
    );
    await redis.srem(directoryKeys.garbage, generation);
  }
}
