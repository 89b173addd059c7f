/** Asking LastPass how accounts are, in as few calls as it takes. */
import { LastPassError, type LastPassErrorCode } from '@connector/lastpass/errors.ts';
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

interface Options {
  readonly store: Store;
  readonly gate: Calls;
  readonly signal: AbortSignal;
}

/** What LastPass tells of those whom it was asked for. Whom it has no account for are in neither. */
export interface Told<Asked> {
  readonly found: ReadonlyMap<Asked, Account>;
  /** LastPass doesn't tell whether there is an account, for this reason, though it tells of others. */
  readonly untold: ReadonlyMap<Asked, LastPassError>;
}

/** Reads the named accounts. @throws LastPassError where it isn't one name that LastPass doesn't tell of */
export async function readBack({ store, gate, signal }: Options, usernames: readonly string[]): Promise<Told<string>> {
  const asked = [...new Set(usernames.filter((username) => username !== ''))];
  const found = new Map<string, Account>();
  const untold = new Map<string, LastPassError>();
  if (asked.length > (await callsForAll(store))) {
    const wanted = new Set(asked);
    for (const account of await listAccounts(gate, signal))
      if (wanted.has(account.username)) found.set(account.username, account);
    return { found, untold };
  }
  for (const username of asked) {
    try {
      const answer = await gate.call('getuserdata', async (client) => ({
        account: await client.readAccount(username, signal),
      }));
      if (answer.account !== null) found.set(username, answer.account);
    } catch (error) {
      untold.set(username, await ofOneName({ gate, signal }, error));
    }
  }
  return { found, untold };
}

/** What an account can bring about, and LastPass as a whole as well. */
const perhapsOfOneName: ReadonlySet<LastPassErrorCode> = new Set(['refused', 'server-error', 'unexpected-answer']);

/**
 * An error that is about the name that was asked for: LastPass answers another question.
 * @throws the error, or what the other question is answered with, where it would befall any name
 */
async function ofOneName({ gate, signal }: Pick<Options, 'gate' | 'signal'>, error: unknown): Promise<LastPassError> {
  if (!(error instanceof LastPassError) || !perhapsOfOneName.has(error.code)) throw error;
  await gate.call('getuserdata', (client) => client.readAccounts({ pageIndex: 0, pageSize: 1 }, signal));
  return error;
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
export async function readAccountsOf(options: Options, people: readonly AskedFor[]): Promise<Told<PersonKey>> {
  const byName = await readBack(
    options,
    people.map(({ username }) => username),
  );
  const found = new Map<PersonKey, Account>();
  const untold = new Map<PersonKey, LastPassError>();
  const elsewhere: AskedFor[] = [];
  for (const asked of people) {
    const error = byName.untold.get(asked.username);
    const account = byName.found.get(asked.username);
    if (error !== undefined) untold.set(asked.person, error);
    else if (account !== undefined && isLinkedTo(asked.link, account)) found.set(asked.person, account);
    else if (asked.link !== null && asked.link.id !== null) elsewhere.push(asked);
  }
  if (elsewhere.length === 0) return { found, untold };
  const byId = new Map((await listAccounts(options.gate, options.signal)).map((account) => [account.id, account]));
  for (const { person, link } of elsewhere) {
    const account = byId.get(link?.id ?? null);
    if (account !== undefined && account.id !== null) found.set(person, account);
  }
  return { found, untold };
}
