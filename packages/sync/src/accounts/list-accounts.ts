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

/** Who is told how far it is. */
export interface ListOptions {
  /** Told after each page how many accounts are read, of how many; reading may begin anew. */
  readonly onRead?: (howFar: { readonly read: number; readonly total: number }) => void;
}

/** What is kept of each account: a list may be long. */
type Keep<T> = (account: Account) => T;

/** Where a list ended. */
export interface LastPage {
  /** From 0. */
  readonly pageIndex: number;
  /** Of the accounts on it. */
  readonly ids: readonly string[];
}

/** What was read of LastPass's list, to its end. */
export interface Listing<T> {
  /** By id. */
  readonly accounts: ReadonlyMap<string, T>;
  readonly names: ReadonlySet<string>;
  /** All of them, wherever the reading began: each page has them. */
  readonly invitations: ReadonlySet<string>;
  readonly lastPage: LastPage;
  /** Why this isn't the whole; `null` when it is. */
  readonly problem: string | null;
}

const moved = "LastPass's list of accounts moved while it was read page by page";

const idOf = ({ id, username }: Account): string => id ?? username;
const idsOf = ({ accounts }: AccountPage): string[] => accounts.map(idOf).sort();

/**
 * Reads all pages from one on, and each but the last again once the next one is read. An account that is deleted meanwhile moves those
 * behind it up, so that the first of the next page is in none of them; and with the deleted one, or with one added at the
 * end, the ids add up to `total` all the same. Only that a page still is what it was proves that the next one follows on it. Accounts that
 * come meanwhile, as our own do in a first sync, are none of these.
 */
export async function listOnce<T>(
  caller: Caller,
  signal: AbortSignal,
  { keep, onRead, firstPage = 0 }: ListOptions & { keep: Keep<T>; firstPage?: number },
): Promise<Listing<T>> {
  const accounts = new Map<string, T>();
  const names = new Set<string>();
  const invitations = new Set<string>();
  const read = (pageIndex: number) =>
    caller.call('getuserdata', (client) => client.readAccounts({ pageIndex, pageSize }, signal));
  let lastPage: LastPage = { pageIndex: firstPage, ids: [] };
  const listing = (problem: string | null): Listing<T> => ({ accounts, names, invitations, lastPage, problem });
  let total = 0;
  for (let pageIndex = firstPage; ; pageIndex++) {
    const page = await read(pageIndex);
    const known = accounts.size;
    for (const account of page.accounts) {
      accounts.set(idOf(account), keep(account));
      names.add(account.username);
    }
    for (const username of page.invited) invitations.add(username);
    onRead?.({ read: accounts.size, total: page.total });
    const again: AccountPage | null = pageIndex === firstPage ? null : await read(pageIndex - 1);
    if (page.total < total || (again !== null && again.total < page.total)) return listing(moved);
    total = again?.total ?? page.total;
    if (again !== null && idsOf(again).join() !== lastPage.ids.join()) return listing(moved);
    if (page.accounts.length > 0 && accounts.size === known)
      return listing('LastPass lists the same accounts on one page after another');
    lastPage = { pageIndex, ids: idsOf(page) };
    if ((pageIndex + 1) * pageSize < page.total && page.accounts.length > 0) continue;
    const listed = firstPage * pageSize + accounts.size;
    if (listed !== page.total)
      return listing(`LastPass says it has ${page.total} accounts but listed ${listed} different ones`);
    return listing(names.size === accounts.size ? null : 'LastPass lists several accounts under one name');
  }
}

/**
 * Reads the whole list.
 * @throws AccountsIncomplete when the pages aren't one list, or their unique ids don't add up to `total`, again and again
 */
export async function listWhole<T>(
  caller: Caller,
  signal: AbortSignal,
  options: ListOptions & { keep: Keep<T> },
): Promise<Listing<T>> {
  let problem = '';
  for (let attempt = 0; attempt < tries; attempt++) {
    const listing = await listOnce(caller, signal, options);
    if (listing.problem === null) return listing;
    problem = listing.problem;
  }
  throw new AccountsIncomplete(problem);
}

/**
 * All accounts and invitations.
 * @throws AccountsIncomplete as `listWhole`
 */
export async function listAccounts(caller: Caller, signal: AbortSignal, options: ListOptions = {}): Promise<Account[]> {
  const { accounts, names, invitations } = await listWhole(caller, signal, {
    ...options,
    keep: (account) => account,
  });
  return [...accounts.values(), ...[...invitations].filter((username) => !names.has(username)).map(invitedAccount)];
}
