/** Asking LastPass how accounts are, in as few calls as it takes. */
import type { Account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { isLinkedTo, type Link } from '@connector/shared/plan.ts';
import type { Store } from '@connector/shared/store.ts';
import { listAccounts, pageSize } from '@connector/sync/accounts/list-accounts.ts';
import type { Calls } from './gate.ts';

/** How many calls it takes to list all accounts, of which so many are known: each page but the last is read twice. */
export async function callsForAll({ redis, keys }: Store, { known = 0 } = {}): Promise<number> {
  const unknown = Math.max(0, (await redis.hlen(keys.accounts)) - known);
  return 2 * Math.ceil(unknown / pageSize) + 1;
}

/** Reads the named accounts; one that LastPass doesn't have is missing from the answer. */
export async function readBack(
  { store, gate, signal }: { store: Store; gate: Calls; signal: AbortSignal },
  usernames: readonly string[],
): Promise<Map<string, Account>> {
  const asked = [...new Set(usernames.filter((username) => username !== ''))];
  if (asked.length > (await callsForAll(store))) {
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

/** Somebody whose account is asked for. */
export interface AskedFor {
  readonly person: PersonKey;
  readonly username: string;
  readonly link: Link | null;
}

/**
 * Reads people's accounts. Somebody linked is found by the account's id, whatever it is called by now: one that isn't under its
 * name counts as gone only when it is in no list of all accounts either.
 */
export async function readAccountsOf(
  options: { store: Store; gate: Calls; signal: AbortSignal },
  people: readonly AskedFor[],
): Promise<Map<PersonKey, Account>> {
  const byName = await readBack(
    options,
    people.map(({ username }) => username),
  );
  const found = new Map<PersonKey, Account>();
  const elsewhere: AskedFor[] = [];
  for (const asked of people) {
    const account = byName.get(asked.username);
    if (account !== undefined && isLinkedTo(asked.link, account)) found.set(asked.person, account);
    else if (asked.link !== null && asked.link.id !== null) elsewhere.push(asked);
  }
  if (elsewhere.length === 0) return found;
  const byId = new Map((await listAccounts(options.gate, options.signal)).map((account) => [account.id, account]));
  for (const { person, link } of elsewhere) {
    const account = byId.get(link?.id ?? null);
    if (account !== undefined && account.id !== null) found.set(person, account);
  }
  return found;
}
