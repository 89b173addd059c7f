/** Reading all accounts, and being sure that they are all. */
import { invitedAccount } from '@connector/lastpass/accounts.ts';
import type { LastPassClient } from '@connector/lastpass/client.ts';
import type { Account } from '@connector/shared/account.ts';

/** Public clients page by 100 to 2,000 (API reference, getuserdata). */
export const pageSize = 1_000;
const tries = 3;

/** The way to LastPass: at the pusher, its gate. */
export interface Caller {
  call<T>(command: string, send: (client: LastPassClient) => Promise<T>): Promise<T>;
}

/** The pages don't add up: accounts came or went while they were read, or LastPass cut the list. */
export class AccountsIncomplete extends Error {
  override readonly name = 'AccountsIncomplete';
  readonly code = 'ACCOUNTS_INCOMPLETE';
  constructor(listed: number, total: number) {
    super(
      `LastPass says it has ${total} accounts but listed ${listed} different ones, ${tries} times in a row: nothing was taken over, it is tried again`,
    );
  }
}

async function listOnce(
  caller: Caller,
  signal: AbortSignal,
): Promise<{ accounts: Map<string, Account>; total: number; invitations: Set<string> }> {
  const accounts = new Map<string, Account>();
  const invitations = new Set<string>();
  for (let pageIndex = 0; ; pageIndex++) {
    const page = await caller.call('getuserdata', (client) => client.readAccounts({ pageIndex, pageSize }, signal));
    for (const account of page.accounts) accounts.set(account.id ?? account.username, account);
    for (const username of page.invited) invitations.add(username);
    if ((pageIndex + 1) * pageSize >= page.total || page.accounts.length === 0)
      return { accounts, total: page.total, invitations };
  }
}

/**
 * All accounts and invitations.
 * @throws AccountsIncomplete when the unique ids don't add up to `total`, again and again
 */
export async function listAccounts(caller: Caller, signal: AbortSignal): Promise<Account[]> {
  let listed = 0;
  let total = 0;
  for (let attempt = 0; attempt < tries; attempt++) {
    const list = await listOnce(caller, signal);
    listed = list.accounts.size;
    total = list.total;
    if (listed !== total) continue;
    const accounts = [...list.accounts.values()];
    const known = new Set(accounts.map(({ username }) => username));
    return [...accounts, ...[...list.invitations].filter((username) => !known.has(username)).map(invitedAccount)];
  }
  throw new AccountsIncomplete(listed, total);
}
