/** Whose accounts the oracle takes which for, and how they came to be as they are. */
import type { Id } from '../acceptance/directory-model.ts';
import type { ExpectedAccount, ExpectedTenant } from './expected-tenant.ts';

export interface Link {
  readonly account: ExpectedAccount;
  /** We have disabled it, so we may enable it again. */
  disabledByUs: boolean;
  /** The address that was asked for last. */
  asked: string | null;
}

export class ExpectedLinks {
  readonly #tenant: ExpectedTenant;
  readonly #links = new Map<Id, Link>();

  constructor(tenant: ExpectedTenant) {
    this.#tenant = tenant;
  }

  /** The same links to the accounts of a copy of the tenant. */
  copy(tenant: ExpectedTenant, twin: (account: ExpectedAccount) => ExpectedAccount): ExpectedLinks {
    const copied = new ExpectedLinks(tenant);
    for (const [person, link] of this.#links) copied.#links.set(person, { ...link, account: twin(link.account) });
    return copied;
  }

  /** Everything about them as one text, for comparing. */
  get text(): string {
    const lines = [...this.#links].map(([person, { account, disabledByUs, asked }]) =>
      JSON.stringify([person, account.username, this.#tenant.accounts.has(account), disabledByUs, asked]),
    );
    return lines.sort().join('\n');
  }

  get(person: Id): Link | undefined {
    return this.#links.get(person);
  }

  has(person: Id): boolean {
    return this.#links.has(person);
  }

  delete(person: Id): void {
    this.#links.delete(person);
  }

  /** @param from whom it passes from, with what is known of it */
  adopt(person: Id, account: ExpectedAccount, { from }: { from?: Id | undefined } = {}): void {
    const disabledByUs = from === undefined ? false : (this.#links.get(from)?.disabledByUs ?? false);
    if (from !== undefined) this.#links.delete(from);
    this.#links.set(person, { account, disabledByUs, asked: null });
  }

  /** Accounts that are there, by person. */
  accounts(): Map<Id, ExpectedAccount> {
    const all = [...this.#links].map(([person, { account }]) => [person, account] as const);
    return new Map(all.filter(([, account]) => this.#tenant.accounts.has(account)));
  }

  /** Who else is linked to an account of that name, be it there or deleted by hand. */
  holder(person: Id, username: string): Id | undefined {
    const holders = [...this.#links].filter(([id, { account }]) => id !== person && account.username === username);
    return (holders.find(([, { account }]) => this.#tenant.accounts.has(account)) ?? holders[0])?.[0];
  }

  isDisabledByUs(account: ExpectedAccount): boolean {
    return [...this.#links.values()].some((link) => link.account === account && link.disabledByUs);
  }

  /** Something was done to an account by hand, and read. @param hasMoved it has another name now */
  afterReading(account: ExpectedAccount, { hasMoved }: { hasMoved: boolean }): void {
    for (const link of this.#links.values()) {
      if (link.account !== account) continue;
      if (!account.disabled) link.disabledByUs = false; // whoever disables it later, it wasn't us
      if (hasMoved) link.asked = null;
    }
  }
}
