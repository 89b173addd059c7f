/** Asking LastPass how accounts are, in as few calls as it takes. */
import type { Account } from '@connector/shared/account.ts';
import type { Store } from '@connector/shared/store.ts';
import type { Gate } from './gate.ts';
import { listAccounts, pageSize } from './list-accounts.ts';

/** Reads the named accounts; one that LastPass doesn't have is missing from the answer. */
export async function readBack(
  { store, gate, signal }: { store: Store; gate: Gate; signal: AbortSignal },
  usernames: readonly string[],
): Promise<Map<string, Account>> {
  const asked = [...new Set(usernames.filter((username) => username !== ''))];
  const pages = Math.ceil((await store.redis.hlen(store.keys.accounts)) / pageSize) + 1;
  if (asked.length > pages) {
    const wanted = new Set(asked);
    return new Map(
      (await listAccounts(gate, signal))
        .filter(({ username }) => wanted.has(username))
        .map((found) => [found.username, found]),
    );
  }
  const found = new Map<string, Account>();
  for (const username of asked) {
    const answer = await gate.call('getuserdata', async (client) => ({
      account: await client.readAccount(username, signal),
    }));
    if (answer.account !== null) found.set(username, answer.account);
  }
  return found;
}
