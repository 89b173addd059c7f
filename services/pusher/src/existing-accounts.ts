/** Which accounts exist by now: existing ones are never sent through batchadd. */
import { accountsRead } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { DeliverOptions } from './deliver-options.ts';
import { callsForAll, readBack, type Told } from './read-back.ts';
import { freshForMs, type Known } from './recent-names.ts';

type Options = Pick<DeliverOptions, 'store' | 'gate' | 'signal' | 'recentNames'>;

/** Which of these user names LastPass has, and their accounts. @throws as `readBack` */
export async function existingAmong(
  options: Options,
  usernames: readonly string[],
  known: Known,
): Promise<Told<string>> {
  return readBack(options, await perhapsExisting(options, usernames, known));
}

/** Those of the names that a list which is fresh enough doesn't say to be free; all of them where too few are due for a list. */
async function perhapsExisting(
  { store, recentNames }: Options,
  usernames: readonly string[],
  known: Known,
): Promise<readonly string[]> {
  if (usernames.length === 0) return [];
  const { redis, keys } = store;
  const read = parseStored(accountsRead, keys.accountsRead, await redis.get(keys.accountsRead)).value;
  const isFresh = read !== null && read.atMs > Math.max(Date.now(), known.knownSinceMs + 2 * freshForMs) - freshForMs;
  const due = Math.max(usernames.length, await redis.zcard(keys.toDeliver));
  if (!isFresh && due <= (await callsForAll(store, { known: recentNames.known(known) }))) return usernames;
  const listed = isFresh ? null : await recentNames.fresh(known);
  // Whose account we changed or saw leave the name may have been followed there by a stranger, whom that list didn't tell.
  const changed = await redis.hmget(keys.accountChanges, ...usernames);
  return usernames.filter((username, index) => changed[index] != null || listed?.has(username));
}
