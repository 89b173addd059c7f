/** Reading all accounts, and being sure that they are all. */
import { invitedAccount } from '@connector/lastpass/accounts.ts';
import type { AccountPage, LastPassClient } from '@connector/lastpass/client.ts';
import type { Account } from '@connector/shared/account.ts';

/** Public clients page by 100 to 2,000 (API reference, getuserdata). */
export const pageSize = 2_000;
const tries = 3;

/** The way to LastPass: at the pusher, its gate. */
export interface Caller {
  call<T>(command: string, send: (client: LastPassClient) => Promise<T>): Promise<T>;
}

/** The pages aren't one list: accounts came or went while they were read, or LastPass cut the list. */
export class AccountsIncomplete extends Error {
  override readonly name = 'AccountsIncomplete';
  readonly code = 'ACCOUNTS_INCOMPLETE';
  constructor(problem: string) {
    super(`${problem}, ${tries} times in a row: nothing was taken over, it is tried again`);
  }
}

interface Listing {
  readonly accounts: Map<string, Account>;
  readonly invitations: Set<string>;
  /** Why this isn't the whole; `null` when it is. */
  readonly problem: string | null;
}

const moved = "LastPass's list of accounts moved while it was read page by page";

const idOf = ({ id, username }: Account): string => id ?? username;
const idsOf = (accounts: readonly Account[]): string => accounts.map(idOf).sort().join();

/**
 * Reads all pages, and each but the last again once the next one is read. An account that is deleted meanwhile moves those
 * behind it up, so that the first of the next page is in none of them; and with the deleted one, or with one added at the
 * end, the ids add up to `total` all the same. Only that a page still is what it was proves that the next one follows on it.
 */
async function listOnce(caller: Caller, signal: AbortSignal): Promise<Listing> {
  const accounts = new Map<string, Account>();
  const invitations = new Set<string>();
  const read = (pageIndex: number) =>
    caller.call('getuserdata', (client) => client.readAccounts({ pageIndex, pageSize }, signal));
  const listing = (problem: string | null): Listing => ({ accounts, invitations, problem });
  let before: readonly Account[] | null = null;
  for (let pageIndex = 0; ; pageIndex++) {
    const page = await read(pageIndex);
    const known = accounts.size;
    for (const account of page.accounts) accounts.set(idOf(account), account);
    for (const username of page.invited) invitations.add(username);
    const again: AccountPage | null = before === null ? null : await read(pageIndex - 1);
    if (again !== null && idsOf(again.accounts) !== idsOf(before ?? [])) return listing(moved);
    if (page.accounts.length > 0 && accounts.size === known)
      return listing('LastPass lists the same accounts on one page after another');
    before = page.accounts;
    if ((pageIndex + 1) * pageSize < page.total && page.accounts.length > 0) continue;
    if (again !== null && again.total !== page.total) return listing(moved); // which of them is the whole?
    if (accounts.size !== page.total)
      return listing(`LastPass says it has ${page.total} accounts but listed ${accounts.size} different ones`);
    const names = new Set([...accounts.values()].map(({ username }) => username)).size;
    return listing(names === accounts.size ? null : 'LastPass lists several accounts under one name');
  }
}

/**
 * All accounts and invitations.
 * @throws AccountsIncomplete when the pages aren't one list, or their unique ids don't add up to `total`, again and again
 */
export async function listAccounts(caller: Caller, signal: AbortSignal): Promise<Account[]> {
  let problem = '';
  for (let attempt = 0; attempt < tries; attempt++) {
    const list = await listOnce(caller, signal);
    if (list.problem !== null) {
      problem = list.problem;
      continue;
    }
    const accounts = [...list.accounts.values()];
    const known = new Set(accounts.map(({ username }) => username));
    return [...accounts, ...[...list.invitations].filter((username) => !known.has(username)).map(invitedAccount)];
  }
  throw new AccountsIncomplete(problem);
}
