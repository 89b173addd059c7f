/**
 * LastPass's accounts as the connector sees them: typed commands of the Enterprise API, odd answers made plain.
 *
 * Every call is sent once; nothing here retries. What fails is a `LastPassError` (its table in `errors.ts`), whose
 * `arrived` says whether the command may have been carried out. Usernames come back in lower case. A list without
 * entries is answered without a call.
 *
 * How sure a fact about LastPass is: [R] a recorded exchange, [D] its documentation, [C] what real clients send or
 * parse, [?] unknown, so that it must work either way.
 */
import type { Account } from '@connector/shared/account.ts';
import { accountFrom, invitedAccount } from './accounts.ts';
import { type Question, readAnswer, refused, verdictOf } from './answer.ts';
import { type Command, EnterpriseApi, type LastPassClientOptions, mustBeWhole } from './enterprise-api.ts';
import { LastPassError, type Refusal } from './errors.ts';
import { refusalsIn, saysUnknownUser } from './refusals.ts';
import { accountPage, invitations, switched } from './wire.ts';

export type AccountPage = {
  /** How many users there are in all, invitations not counted. */
  total: number;
  accounts: Account[];
  /** Addresses invited that haven't accepted yet: complete on every page. */
  invited: string[];
};

export type AccountQuery = {
  /** From 0. */
  pageIndex: number;
  pageSize: number;
  /** Only those who are disabled, or only those who aren't [C]. */
  disabled?: boolean;
  /** Only administrators, or only the others [C]. */
  admin?: boolean;
};

export type NewAccount = {
  username: string;
  fullname: string;
  /** Groups that don't exist yet come into being. */
  groups: string[];
  objectGuid: string;
  /** Id of the directory that the person is in. */
  directory: string;
  /**
   * A federated person's hidden master password, told when it is sent: no welcome e-mail goes out, and no other password is asked for. Such an
   * account must be created at once, never as an invitation [D].
   */
  masterPassword?: { reveal(): string };
};

export type GroupChange = { username: string; add: string[]; del: string[] };

/** Which of a list were so already; the others were changed. */
export type Switched = { unchanged: string[] };

/** deluser's actions. */
const DELETE_ACTIONS = { deactivate: 0, remove: 1, delete: 2, withdraw: 3 } as const;
/**
 * `deactivate` blocks the log-in and keeps the data; `remove` leaves the person a free account outside; `delete` destroys
 * the vault for good; `withdraw` ends an invitation.
 */
export type RemoveAction = keyof typeof DELETE_ACTIONS;

export class LastPassClient {
  readonly #api: EnterpriseApi;

  /** Throws `LastPassOptionsError`. */
  constructor(options: LastPassClientOptions) {
    this.#api = new EnterpriseApi(options);
  }

  /**
   * One page of everybody, by LastPass's own order [R: total, count, Users, Groups; C: pagesize, pageindex, invited]. The
   * pages are whole only if the ids on them add up to `total`, which counts those whom the filter lets through.
   */
  async readAccounts({ pageIndex, pageSize, ...filter }: AccountQuery, signal?: AbortSignal): Promise<AccountPage> {
    const data = { pagesize: pageSize, pageindex: pageIndex, ...flagsOf(filter) };
    const { answer, question } = await this.#api.ask({ cmd: 'getuserdata', data, signal });
    const { total, Users, invited } = readAnswer(accountPage, answer, question);
    const accounts = Object.entries(Users).map(([id, user]) => accountFrom(id, user));
    return { total, accounts, invited: invited.map((address) => address.toLowerCase()) };
  }

  /** One account, or an invitation, by its exact address; null where LastPass knows neither. */
  async readAccount(username: string, signal?: AbortSignal): Promise<Account | null> {
    const name = username.toLowerCase();
    const command = { cmd: 'getuserdata', data: { username: name }, usernames: [name], signal };
    const { answer, question } = await this.#api.send(command);
    const { invited } = readAnswer(invitations, answer, question);
    const invitation = invited.some((address) => address.toLowerCase() === name) ? invitedAccount(name) : null;
    if (isUnknownUser(answer, question)) return invitation;
    const { Users } = readAnswer(accountPage, answer, question);
    const accounts = Object.entries(Users).map(([id, user]) => accountFrom(id, user));
    return accounts.find((account) => account.username === name) ?? invitation;
  }

  /**
   * Creates accounts; each without a master password gets a welcome e-mail, and a second one if this is sent again. `slowDown` is LastPass's
   * request for smaller or fewer batches. `refused` may leave some created: read back before repeating.
   */
  async addAccounts(accounts: NewAccount[], signal?: AbortSignal): Promise<{ slowDown: string | null }> {
    if (accounts.length === 0) return { slowDown: null };
    const data = accounts.map(({ username, fullname, groups, objectGuid, directory, masterPassword }) => {
      const password = masterPassword && { password: masterPassword.reveal(), password_reset_required: false };
      return { username, fullname, groups, attribs: { objectGUID: objectGuid, directory }, ...password };
    });
    const usernames = accounts.map(({ username }) => username);
    const passwords = data.flatMap(({ password }) => password ?? []);
    return this.#api.carryOut({ cmd: 'batchadd', data, usernames, passwords, signal });
  }

  /** Sets the full name. */
  async renameAccount(
    { username, fullname }: { username: string; fullname: string },
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#api.carryOut({ cmd: 'updateuser', data: { username, fullname }, usernames: [username], signal });
  }

  /**
   * Asks for another address. LastPass lists the old one, and commands go by it, until the person next logs in; it
   * publishes a limit of 10 a second (API reference, updateemail).
   */
  async changeEmail({ username, to }: { username: string; to: string }, signal?: AbortSignal): Promise<void> {
    const data = { oldemail: username, newemail: to };
    await this.#api.carryOut({ cmd: 'updateemail', data, usernames: [username], signal });
  }

  /** Blocks log-ins. `refused`, with `refusals` and `unchanged`, where some are refused; the others are disabled all the same. */
  async disableAccounts(usernames: string[], signal?: AbortSignal): Promise<Switched> {
    return this.#switch({ cmd: 'disableuser', data: usernames, usernames, signal });
  }

  /** Allows log-ins again. `refused`, with `refusals` and `unchanged`, where some are refused; the others are enabled all the same. */
  async enableAccounts(usernames: string[], signal?: AbortSignal): Promise<Switched> {
    return this.#switch({ cmd: 'enableuser', data: usernames, usernames, signal });
  }

  /** One account leaves, see `RemoveAction`. */
  async removeAccount(
    { username, action }: { username: string; action: RemoveAction },
    signal?: AbortSignal,
  ): Promise<void> {
    const data = { username, deleteaction: DELETE_ACTIONS[action] };
    await this.#api.carryOut({ cmd: 'deluser', data, usernames: [username], signal });
  }

  /** Moves accounts between groups. Those refused are returned; the others are moved. */
  async changeGroups(changes: GroupChange[], signal?: AbortSignal): Promise<{ refused: Refusal[] }> {
    if (changes.length === 0) return { refused: [] };
    const usernames = changes.map(({ username }) => username);
    const data = changes.map(({ username, add, del }) => ({ username, add, del }));
    const { answer, question } = await this.#api.send({ cmd: 'batchchangegrp', data, usernames, signal });
    const { partly } = verdictOf(answer, question);
    return { refused: partly === null ? [] : attributed(partly, question) };
  }

  /** Sends the welcome e-mail once more, to somebody who is invited or hasn't logged in yet [D]. */
  async reinvite(username: string, signal?: AbortSignal): Promise<void> {
    await this.#api.carryOut({ cmd: 'reinviteuser', data: { username }, usernames: [username], signal });
  }

  /** Sends an e-mail with which the person sets a new master password [D]. */
  async resetPassword(username: string, signal?: AbortSignal): Promise<void> {
    await this.#api.carryOut({ cmd: 'resetpassword', data: { username }, usernames: [username], signal });
  }

  /** Has the person choose a new master password at the next log-in [D]. */
  async requireNewPassword(username: string, signal?: AbortSignal): Promise<void> {
    await this.#api.carryOut({ cmd: 'requiremasterpasswordchange', data: { username }, usernames: [username], signal });
  }

  /** Takes the second factors away, for somebody who has lost them [D]. Without one it is done all the same [?]. */
  async disableMultifactor(username: string, signal?: AbortSignal): Promise<void> {
    await this.#api.carryOut({ cmd: 'disablemultifactor', data: { username }, usernames: [username], signal });
  }

  async #switch(command: Command & { usernames: string[] }): Promise<Switched> {
    if (command.usernames.length === 0) return { unchanged: [] };
    const { answer, question } = await this.#api.send(command);
    const { disabled_users, enabled_users, unchanged_users } = readAnswer(switched, answer, question);
    const changed = command.cmd === 'disableuser' ? disabled_users : enabled_users;
    const unchanged = unchangedOf(lowerCased(command.usernames), { changed, unchanged: unchanged_users });
    try {
      mustBeWhole(verdictOf(answer, question), question);
    } catch (error) {
      if (!(error instanceof LastPassError) || error.code !== 'refused') throw error;
      throw new LastPassError('refused', error.message, { ...error, unchanged });
    }
    return { unchanged };
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

/** The accounts that a WARN speaks of. Where that can't be told of every text, nobody knows who was moved: `refused`. */
function attributed(messages: string[], question: Question): Refusal[] {
  const refusals = refusalsIn(messages, question.usernames);
  const named = new Set(refusals.map(({ message }) => message));
  if (messages.length === 0 || messages.some((message) => !named.has(message))) throw refused(messages, question);
  return refusals;
}

/** Filters as 0 and 1; one that is missing filters nothing. */
function flagsOf(filter: Pick<AccountQuery, 'disabled' | 'admin'>): Record<string, 0 | 1> {
  const chosen = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(chosen.map(([name, value]) => [name, value ? 1 : 0]));
}

/** Those listed as unchanged, and whoever isn't among the changed: `unchanged_users` is optional [D]. No list of the changed says nothing. */
function unchangedOf(
  usernames: string[],
  listed: { changed: string[] | null | undefined; unchanged: string[] },
): string[] {
  const changed = new Set(lowerCased(listed.changed ?? usernames));
  const unchanged = new Set(lowerCased(listed.unchanged));
  return usernames.filter((username) => unchanged.has(username) || !changed.has(username));
}

function lowerCased(usernames: string[]): string[] {
  return usernames.map((username) => username.toLowerCase());
}
