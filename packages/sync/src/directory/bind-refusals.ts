/**
 * How often in a row a directory has refused the connector's own account. All services of a directory count together: AD locks an account after a
 * few wrong passwords, whoever sends them.
 */
import type { State } from '@connector/shared/state.ts';

/** Without a refusal for so long, counting begins anew, s. */
const forgottenAfterS = 2 * 3_600;

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

/** Whether the account was refused the last time that it was tried. */
export async function isRefused({ redis, keys }: State, directory: string): Promise<boolean> {
  return (await redis.get(keys.directory(directory).refusals)) !== null;
}

/** The account was taken: counting begins anew. */
export async function forgetRefusals({ redis, keys, commit }: State, directory: string): Promise<void> {
  const { refusals } = keys.directory(directory);
  if ((await redis.get(refusals)) !== null) await commit({ guards: [], writes: [['DEL', refusals]] });
}
