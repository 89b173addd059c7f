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

/** What asking takes. */
interface ReadingBack {
  readonly store: Store;
  readonly gate: Calls;
  readonly signal: AbortSignal;
}

/** Reads the named accounts; one that LastPass doesn't have is missing from the answer. */
export async function readBack(
  { store, gate, signal }: ReadingBack,
  usernames: readonly string[],
): Promise<Map<string, Account>> {
  const asked = [...new Set(usernames.filter((username) => username !== ''))];
  if (asked.length === 0) return new Map();
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

/** What asking by name told. */
export interface ByName<T extends AskedFor> {
  readonly found: ReadonlyMap<PersonKey, Account>;
  /** Linked, and not there: only the list of all accounts tells what their account is called by now, or that it is gone. */
  readonly missed: readonly T[];
}

/**
 * Reads people's accounts by name: by the one that they had, then by the one that was asked for, which they have once they log in. Somebody
 * linked is known by the account's id, whatever it is called.
 */
export async function readByName<T extends AskedFor>(options: ReadingBack, people: readonly T[]): Promise<ByName<T>> {
  const found = new Map<PersonKey, Account>();
  const known = await readBack(
    options,
    people.map(({ username }) => username),
  );
  for (const { person, username, link } of people) {
    const account = known.get(username);
    if (account !== undefined && isLinkedTo(link, account)) found.set(person, account);
  }
  const missed = people.filter(({ person, link }) => !found.has(person) && link !== null && link.id !== null);
  const changed = await readBack(
    options,
    missed.map(({ link }) => link?.changingTo ?? ''),
  );
  for (const { person, link } of missed) {
    const account = changed.get(link?.changingTo ?? '');
    if (account !== undefined && account.id === link?.id) found.set(person, account);
  }
  return { found, missed: missed.filter(({ person }) => !found.has(person)) };
}

/** Reads people's accounts. One that isn't under its names counts as gone only when it is in no list of all accounts either. */
export async function readAccountsOf(
  options: ReadingBack,
  people: readonly AskedFor[],
): Promise<ReadonlyMap<PersonKey, Account>> {
  const { found, missed } = await readByName(options, people);
  if (missed.length === 0) return found;
  const all = new Map(found);
  const byId = new Map((await listAccounts(options.gate, options.signal)).map((account) => [account.id, account]));
  for (const { person, link } of missed) {
    const account = byId.get(link?.id ?? null);
    if (account !== undefined && account.id !== null) all.set(person, account);
  }
  return all;
}
