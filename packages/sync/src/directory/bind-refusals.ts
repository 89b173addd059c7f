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

/** Counts a refusal. @returns how many there were in a row, this one included */
export async function countRefusal({ redis, keys, commit }: State, directory: string): Promise<number> {
  const { refusals } = keys.directory(directory);
  await commit({
    guards: [],
    writes: [
      ['INCR', refusals],
      ['EXPIRE', refusals, String(forgottenAfterS)],
    ],
  });
  return Number(await redis.get(refusals));
}

/** The newest refusal, if the account wasn't taken since: how many in a row it was the last of, and how long it is ago, ms. */
export async function lastRefusal(
  { redis, keys }: Store,
  directory: string,
): Promise<{ readonly count: number; readonly agoMs: number } | null> {
  const { refusals } = keys.directory(directory);
  const [count, leftMs] = await Promise.all([redis.get(refusals), redis.pttl(refusals)]);
  return count === null || leftMs < 0 ? null : { count: Number(count), agoMs: forgottenAfterS * 1_000 - leftMs };
}

/** Whether the account was refused within the last half-hour, and not taken since. */
export async function isRefused(store: Store, directory: string): Promise<boolean> {
  const last = await lastRefusal(store, directory);
  return last !== null && last.agoMs < restS * 1_000;
}

/** The account was taken: counting begins anew. */
export async function forgetRefusals({ redis, keys, commit }: State, directory: string): Promise<void> {
  const { refusals } = keys.directory(directory);
  if ((await redis.get(refusals)) !== null) await commit({ guards: [], writes: [['DEL', refusals]] });
}
