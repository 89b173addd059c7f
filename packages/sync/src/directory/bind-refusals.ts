/**
 * How often in a row a directory has refused the connector's own account. All services of a directory count together: AD locks an account after a
 * few wrong passwords, whoever sends them.
 */
import type { State } from '@connector/shared/state.ts';
import type { Store } from '@connector/shared/store.ts';

/** Without a refusal for so long, counting begins anew, s. */
const forgottenAfterS = 2 * 3_600;
/** After a refusal nobody but the watcher tries for so long, s: as long as the watcher itself waits at most. */
const restS = 31 * 60;

/** Counts a refusal. @param of a watcher, or another service @returns how many there were in a row, this one included */
export async function countRefusal(
  { redis, keys, commit }: State,
  directory: string,
  { of }: { of: 'watcher' | 'other' },
): Promise<number> {
  const { refusals, watcherRefusals } = keys.directory(directory);
  const counted = [refusals, ...(of === 'watcher' ? [watcherRefusals] : [])];
  await commit({
    guards: [],
    writes: counted.flatMap((key) => [
      ['INCR', key],
      ['EXPIRE', key, String(forgottenAfterS)],
    ]),
  });
  return Number(await redis.get(refusals));
}

/** The newest refusal of a watcher, if the account wasn't taken since: how many in a row it was the last of, and how long it is ago, ms. */
export async function lastOfWatchers(
  { redis, keys }: Store,
  directory: string,
): Promise<{ readonly count: number; readonly agoMs: number } | null> {
  const { watcherRefusals } = keys.directory(directory);
  const [count, leftMs] = await Promise.all([redis.get(watcherRefusals), redis.pttl(watcherRefusals)]);
  return count === null || leftMs < 0 ? null : { count: Number(count), agoMs: forgottenAfterS * 1_000 - leftMs };
}

/** Whether the account was refused within the last half-hour, and not taken since. */
export async function isRefused({ redis, keys }: Store, directory: string): Promise<boolean> {
  return (await redis.ttl(keys.directory(directory).refusals)) > forgottenAfterS - restS;
}

/** The account was taken: counting begins anew. */
export async function forgetRefusals({ redis, keys, commit }: State, directory: string): Promise<void> {
  const { refusals, watcherRefusals } = keys.directory(directory);
  if ((await redis.get(refusals)) !== null) await commit({ guards: [], writes: [['DEL', refusals, watcherRefusals]] });
}
