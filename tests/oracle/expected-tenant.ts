/** LastPass as it should be: the oracle's own accounts, and what a hand at LastPass does to them. */
import type { SimulatedState, SimulatedUser } from '../support/simulator.ts';
import { lower } from './rules.ts';

/** One account; an object of it is one account for good, whatever it is called. */
export interface ExpectedAccount {
  username: string;
  fullname: string;
  disabled: boolean;
  /** In lower case. */
  readonly groups: Set<string>;
  /** Asked for, and taking effect with the next log-in. */
  pending: string | null;
  /** Not accepted yet: only the address is known. */
  invited: boolean;
}

/** What somebody does at LastPass by hand; a person who logs in too. */
export type HandOperation =
  | { readonly kind: 'hand-disable' | 'hand-enable' | 'hand-delete' | 'log-in'; readonly username: string }
  | { readonly kind: 'hand-rename'; readonly username: string; readonly fullname: string }
  | { readonly kind: 'hand-join' | 'hand-leave'; readonly username: string; readonly group: string }
  | { readonly kind: 'hand-readdress'; readonly username: string; readonly to: string }
  | {
      readonly kind: 'hand-add';
      readonly username: string;
      readonly fullname: string;
      readonly groups: readonly string[];
      readonly disabled: boolean;
    };

const expectedAccount = (given: Partial<ExpectedAccount> & { username: string }): ExpectedAccount => ({
  fullname: '',
  disabled: false,
  groups: new Set(),
  pending: null,
  invited: false,
  ...given,
});

export class ExpectedTenant {
  readonly accounts = new Set<ExpectedAccount>();
  /** How many welcome e-mails each address has got. */
  readonly welcomed = new Map<string, number>();

  constructor({ users, invited }: Pick<SimulatedState, 'users' | 'invited'>) {
    for (const { username, fullname, disabled, groups = [] } of users)
      this.accounts.add(expectedAccount({ username, fullname, disabled, groups: new Set(groups.map(lower)) }));
    for (const username of invited) this.accounts.add(expectedAccount({ username, invited: true }));
  }

  /** Another one that begins as this one is. @param twin the account that takes the place of one of these, the same each time */
  copy(twin: (account: ExpectedAccount) => ExpectedAccount): ExpectedTenant {
    const copied = new ExpectedTenant({ users: [], invited: [] });
    for (const account of this.accounts) copied.accounts.add(twin(account));
    for (const [username, count] of this.welcomed) copied.welcomed.set(username, count);
    return copied;
  }

  find(username: string): ExpectedAccount | undefined {
    return [...this.accounts].find((account) => account.username === username);
  }

  /** Makes a new account, whose person gets a welcome e-mail. */
  create(username: string, fullname: string): ExpectedAccount {
    const account = expectedAccount({ username, fullname });
    this.accounts.add(account);
    this.welcomed.set(username, (this.welcomed.get(username) ?? 0) + 1);
    return account;
  }

  /** All accounts as one text, for comparing. */
  get text(): string {
    const accounts = [...this.accounts].map((account) => `${account.username} ${account.invited} ${shownOf(account)}`);
    return accounts.sort().join('\n');
  }

  byHand(operation: HandOperation): void {
    if (operation.kind === 'hand-add') {
      const { username, fullname, disabled, groups } = operation;
      this.accounts.add(expectedAccount({ username, fullname, disabled, groups: new Set(groups.map(lower)) }));
      return;
    }
    const account = this.find(operation.username);
    if (!account) throw new Error(`nobody is called ${operation.username} at LastPass`);
    switch (operation.kind) {
      case 'hand-disable':
      case 'hand-enable':
        account.disabled = operation.kind === 'hand-disable';
        return;
      case 'hand-delete':
        this.accounts.delete(account);
        return;
      case 'hand-rename':
        account.fullname = operation.fullname;
        return;
      case 'hand-join':
        account.groups.add(lower(operation.group));
        return;
      case 'hand-leave':
        account.groups.delete(lower(operation.group));
        return;
      case 'hand-readdress':
        account.username = operation.to;
        return;
      case 'log-in':
        this.#logIn(account);
    }
  }

  /** An address that was asked for takes effect, unless somebody else has it by now. */
  #logIn(account: ExpectedAccount): void {
    account.invited = false;
    const { pending } = account;
    account.pending = null;
    if (pending !== null && this.find(pending) === undefined) account.username = pending;
  }
}

const sorted = (names: Iterable<string>): string[] => [...names].sort();

/** What of an account the rules speak of. */
const shownOf = ({ fullname, disabled, groups, pending }: ExpectedAccount): string =>
  JSON.stringify({ fullname, disabled, groups: sorted(groups), pending });

const foundOf = ({ fullname, disabled, groups = [], pending_email: pending }: SimulatedUser): string =>
  JSON.stringify({ fullname, disabled, groups: sorted(groups.map(lower)), pending: pending ?? null });

/** Every difference between LastPass and what it should be, as lines that begin with the user name. */
export function differencesFrom(expected: ExpectedTenant, { users, invited, welcomeEmails }: SimulatedState): string[] {
  const found = new Map(users.map((user) => [user.username, foundOf(user)]));
  for (const username of invited) found.set(username, 'invited');
  const lines: string[] = [];
  for (const account of expected.accounts) {
    const should = account.invited ? 'invited' : shownOf(account);
    const is = found.get(account.username);
    found.delete(account.username);
    if (is !== should) lines.push(`${account.username}: is ${is ?? 'not there'}, should be ${should}`);
  }
  for (const [username, is] of found) lines.push(`${username}: is ${is}, should not be there`);
  for (const username of new Set([...Object.keys(welcomeEmails), ...expected.welcomed.keys()])) {
    const [times, should] = [welcomeEmails[username]?.length ?? 0, expected.welcomed.get(username) ?? 0];
    if (times !== should) lines.push(`${username}: got ${times} welcome e-mails, should have got ${should}`);
  }
  return lines;
}
