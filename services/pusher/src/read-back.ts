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

/** What asking takes. */
interface ReadingBack {
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
export async function readBack(
  { store, gate, signal }: ReadingBack,
  usernames: readonly string[],
): Promise<Told<string>> {
  const asked = [...new Set(usernames.filter((username) => username !== ''))];
  const found = new Map<string, Account>();
  const untold = new Map<string, LastPassError>();
  if (asked.length === 0) return { found, untold };
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
async function ofOneName(
  { gate, signal }: Pick<ReadingBack, 'gate' | 'signal'>,
  error: unknown,
): Promise<LastPassError> {
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

/** What asking by name told. */
export interface ByName<Asked extends AskedFor> extends Told<PersonKey> {
  /** Linked, and not there: only the list of all accounts tells what their account is called by now, or that it is gone. */
  readonly missed: readonly Asked[];
}

/**
 * Reads people's accounts by name: by the one that they had, then by the one that was asked for, which they have once they log in. Somebody
 * linked is known by the account's id, whatever it is called.
 */
export async function readByName<Asked extends AskedFor>(
  options: ReadingBack,
  people: readonly Asked[],
): Promise<ByName<Asked>> {
  const found = new Map<PersonKey, Account>();
  const untold = new Map<PersonKey, LastPassError>();
  const isOpen = ({ person, link }: Asked) =>
    !found.has(person) && !untold.has(person) && link !== null && link.id !== null;
  const known = await readBack(
    options,
    people.map(({ username }) => username),
  );
  for (const { person, username, link } of people) {
    const [account, error] = [known.found.get(username), known.untold.get(username)];
    if (error !== undefined) untold.set(person, error);
    else if (account !== undefined && isLinkedTo(link, account)) found.set(person, account);
  }
  const open = people.filter(isOpen);
  const changed = await readBack(
    options,
    open.map(({ link }) => link?.changingTo ?? ''),
  );
  for (const { person, link } of open) {
    const name = link?.changingTo ?? '';
    const [account, error] = [changed.found.get(name), changed.untold.get(name)];
    if (error !== undefined) untold.set(person, error);
    else if (account !== undefined && account.id === link?.id) found.set(person, account);
  }
  return { found, untold, missed: open.filter(isOpen) };
}

/** Reads people's accounts. One that isn't under its names counts as gone only when it is in no list of all accounts either. */
export async function readAccountsOf(options: ReadingBack, people: readonly AskedFor[]): Promise<Told<PersonKey>> {
  const { found, untold, missed } = await readByName(options, people);
  if (missed.length === 0) return { found, untold };
  const all = new Map(found);
  const byId = new Map((await listAccounts(options.gate, options.signal)).map((account) => [account.id, account]));
  for (const { person, link } of missed) {
    const account = byId.get(link?.id ?? null);
    if (account !== undefined && account.id !== null) all.set(person, account);
  }
  return { found: all, untold };
}
