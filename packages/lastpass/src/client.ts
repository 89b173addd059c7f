/**
 * LastPass's Enterprise API as the connector sees it: typed commands, odd answers made plain.
 *
 * Every call is sent once; nothing here retries. What fails is a `LastPassError` (its table in `errors.ts`), whose
 * `arrived` says whether the command may have been carried out. Usernames come back in lower case. A list without
 * entries is answered without a call.
 */
import type { Account } from '@connector/shared/account.ts';
import { accountFrom, invitedAccount } from './accounts.ts';
import { objectFrom, type Question, readAnswer, refused, type Verdict, verdictOf } from './answer.ts';
import { LastPassError, LastPassOptionsError, type Refusal } from './errors.ts';
import { refusalsIn, saysUnknownUser } from './refusals.ts';
import { type Post, post } from './transport.ts';
import { accountPage, invitations, switched } from './wire.ts';

export type LastPassClientOptions = {
  /** Such as `https://lastpass.com/enterpriseapi.php`. */
  apiUrl: string;
  /** The account number, digits. */
  cid: string;
  provhash: string;
  /** Time limit of one call, in milliseconds: 1 … 300,000. Default 30,000. */
  timeoutMs?: number;
  userAgent?: string;
  /** How a call gets there: a preview's goes nowhere. Default: HTTP, see `transport.ts`. */
  send?: (request: Post) => Promise<string>;
};

export type AccountPage = {
  /** How many users there are in all, invitations not counted. */
  total: number;
  accounts: Account[];
  /** Addresses invited that haven't accepted yet: complete on every page. */
  invited: string[];
};

export type NewAccount = {
  username: string;
  fullname: string;
  /** Groups that don't exist yet come into being. */
  groups: string[];
  objectGuid: string;
  /** Id of the directory that the person is in. */
  directory: string;
};

export type GroupChange = { username: string; add: string[]; del: string[] };

/** What of a list was changed, and what was so already. */
export type Switched = { changed: string[]; unchanged: string[] };

/** deluser's actions. */
const DELETE_ACTIONS = { deactivate: 0, remove: 1, delete: 2, withdraw: 3 } as const;
/**
 * `deactivate` blocks the log-in and keeps the data; `remove` leaves the person a free account outside; `delete` destroys
 * the vault for good; `withdraw` ends an invitation.
 */
export type RemoveAction = keyof typeof DELETE_ACTIONS;

/** undici ends a call without headers after 300 s by itself. */
const LONGEST_TIMEOUT_MS = 300_000;

type Command = { cmd: string; data: unknown; usernames?: string[]; signal?: AbortSignal | undefined };

export class LastPassClient {
  readonly #options: Required<LastPassClientOptions>;

  /** Throws `LastPassOptionsError`. */
  constructor(options: LastPassClientOptions) {
    this.#options = { timeoutMs: 30_000, userAgent: 'lastpass-directory-connector', send: post, ...options };
    checkOptions(this.#options);
  }

  /** One page of everybody, by LastPass's own order. The pages are whole only if the ids on them add up to `total`. */
  async readAccounts(page: { pageIndex: number; pageSize: number }, signal?: AbortSignal): Promise<AccountPage> {
    const data = { pagesize: page.pageSize, pageindex: page.pageIndex };
    const { answer, question } = await this.#send({ cmd: 'getuserdata', data, signal });
    verdictOf(answer, question);
    const { total, Users, invited } = readAnswer(accountPage, answer, question);
    const accounts = Object.entries(Users).map(([id, user]) => accountFrom(id, user));
    return { total, accounts, invited: invited.map((address) => address.toLowerCase()) };
  }

  /** One account, or an invitation, by its exact address; null where LastPass knows neither. */
  async readAccount(username: string, signal?: AbortSignal): Promise<Account | null> {
    const name = username.toLowerCase();
    const command = { cmd: 'getuserdata', data: { username: name }, usernames: [name], signal };
    const { answer, question } = await this.#send(command);
    const { invited } = readAnswer(invitations, answer, question);
    const invitation = invited.some((address) => address.toLowerCase() === name) ? invitedAccount(name) : null;
    if (isUnknownUser(answer, question)) return invitation;
    const { Users } = readAnswer(accountPage, answer, question);
    const accounts = Object.entries(Users).map(([id, user]) => accountFrom(id, user));
    return accounts.find((account) => account.username === name) ?? invitation;
  }

  /**
   * Creates accounts; each gets a welcome e-mail, and a second one if this is sent again. `slowDown` is LastPass's
   * request for smaller or fewer batches. `refused` may leave some created: read back before repeating.
   */
  async addAccounts(accounts: NewAccount[], signal?: AbortSignal): Promise<{ slowDown: string | null }> {
    if (accounts.length === 0) return { slowDown: null };
    const data = accounts.map(({ username, fullname, groups, objectGuid, directory }) => {
      return { username, fullname, groups, attribs: { objectGUID: objectGuid, directory } };
    });
    return this.#do({ cmd: 'batchadd', data, usernames: accounts.map(({ username }) => username), signal });
  }

  /** Sets the full name. */
  async renameAccount(
    { username, fullname }: { username: string; fullname: string },
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#do({ cmd: 'updateuser', data: { username, fullname }, usernames: [username], signal });
  }

  /**
   * Asks for another address. LastPass lists the old one, and commands go by it, until the person next logs in; it
   * publishes a limit of 10 a second (API reference, updateemail).
   */
  async changeEmail({ username, to }: { username: string; to: string }, signal?: AbortSignal): Promise<void> {
    const data = { oldemail: username, newemail: to };
    await this.#do({ cmd: 'updateemail', data, usernames: [username], signal });
  }

  /** Blocks log-ins. `refused`, with `refusals`, where some are refused; the others are disabled all the same. */
  async disableAccounts(usernames: string[], signal?: AbortSignal): Promise<Switched> {
    return this.#switch({ cmd: 'disableuser', data: usernames, usernames, signal });
  }

  /** Allows log-ins again. `refused`, with `refusals`, where some are refused; the others are enabled all the same. */
  async enableAccounts(usernames: string[], signal?: AbortSignal): Promise<Switched> {
    return this.#switch({ cmd: 'enableuser', data: usernames, usernames, signal });
  }

  /** One account leaves, see `RemoveAction`. */
  async removeAccount(
    { username, action }: { username: string; action: RemoveAction },
    signal?: AbortSignal,
  ): Promise<void> {
    const data = { username, deleteaction: DELETE_ACTIONS[action] };
    await this.#do({ cmd: 'deluser', data, usernames: [username], signal });
  }

  /** Moves accounts between groups. Those refused are returned; the others are moved. */
  async changeGroups(changes: GroupChange[], signal?: AbortSignal): Promise<{ refused: Refusal[] }> {
    if (changes.length === 0) return { refused: [] };
    const usernames = changes.map(({ username }) => username);
    const data = changes.map(({ username, add, del }) => ({ username, add, del }));
    const { answer, question } = await this.#send({ cmd: 'batchchangegrp', data, usernames, signal });
    const { partly } = verdictOf(answer, question);
    return { refused: partly === null ? [] : attributed(partly, question) };
  }

  async #switch(command: Command & { usernames: string[] }): Promise<Switched> {
    if (command.usernames.length === 0) return { changed: [], unchanged: [] };
    const { answer, question } = await this.#send(command);
    mustBeWhole(verdictOf(answer, question), question);
    const { disabled_users, enabled_users, unchanged_users } = readAnswer(switched, answer, question);
    const changed = command.cmd === 'disableuser' ? disabled_users : enabled_users;
    return { changed: lowerCased(changed), unchanged: lowerCased(unchanged_users) };
  }

  async #do(command: Command): Promise<{ slowDown: string | null }> {
    const { answer, question } = await this.#send(command);
    return { slowDown: mustBeWhole(verdictOf(answer, question), question).slowDown };
  }

  async #send({
    cmd,
    data,
    usernames = [],
    signal,
  }: Command): Promise<{ answer: Record<string, unknown>; question: Question }> {
    const { cid, provhash, send, ...transport } = this.#options;
    const text = await send({ ...transport, body: JSON.stringify({ cid, provhash, cmd, data }), signal });
    const question = { cmd, usernames, secret: provhash };
    return { answer: objectFrom(text, question), question };
  }
}

function checkOptions({ apiUrl, cid, provhash, timeoutMs }: Required<LastPassClientOptions>): void {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new LastPassOptionsError('apiUrl must be an http(s) address such as https://lastpass.com/enterpriseapi.php');
  }
  if (!/^\d+$/.test(cid)) throw new LastPassOptionsError('cid must be the account number, digits only');
  if (provhash === '')
    throw new LastPassOptionsError('provhash must not be empty: the Admin Console shows it when it is made');
  if (!(timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw new LastPassOptionsError(`timeoutMs must be from 1 to ${LONGEST_TIMEOUT_MS} (milliseconds)`);
  }
}

/** Whether getuserdata answers that there is no such user; any other failure throws. */
function isUnknownUser(answer: Record<string, unknown>, question: Question): boolean {
  try {
    verdictOf(answer, question);
    return false;
  } catch (error) {
    const messages = error instanceof LastPassError ? (error.messages ?? []) : [];
    if (messages.length > 0 && messages.every(saysUnknownUser)) return true;
    throw error;
  }
}

function mustBeWhole(verdict: Verdict, question: Question): Verdict {
  if (verdict.partly !== null) throw refused(verdict.partly, question);
  return verdict;
}

/** The accounts that a WARN speaks of. Where that can't be told of every text, nobody knows who was moved: `refused`. */
function attributed(messages: string[], question: Question): Refusal[] {
  const refusals = refusalsIn(messages, question.usernames);
  const named = new Set(refusals.map(({ message }) => message));
  if (messages.length === 0 || messages.some((message) => !named.has(message))) throw refused(messages, question);
  return refusals;
}

function lowerCased(usernames: string[]): string[] {
  return usernames.map((username) => username.toLowerCase());
}
