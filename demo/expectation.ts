/**
 * What LastPass should hold, computed from the company and its history alone: nothing here knows how the connector does
 * it. It follows the rules of the product's documentation, for the policy of the demo: everything at its default, but
 * `groupFilter: [LastPassUsers]` and `memberships: all`.
 */
import type { SimulatedState, SimulatedUser } from '../tests/support/simulator.ts';
import { isWithin, type Organisation, type Person } from './organisation.ts';
import { filterGroup } from './seed/company.ts';
import { peopleOu } from './seed/units.ts';

/** An account as far as the directory decides about it. */
export interface ExpectedAccount {
  fullname: string;
  disabled: boolean;
  groups: Set<string>;
  /** Whether it was there before the connector. */
  readonly existed: boolean;
}

/** Why somebody can't be synced. */
export type Obstacle = 'no mail' | 'malformed mail' | 'duplicate mail';

interface Linked {
  readonly username: string;
  disabledByUs: boolean;
}

export class Expectation {
  /** Linked accounts, by user name; strangers aren't among them. */
  readonly accounts = new Map<string, ExpectedAccount>();
  /** People by id. */
  readonly setAside = new Map<string, Obstacle>();
  readonly #before: SimulatedState;
  readonly #links = new Map<string, Linked>();

  /** @param before the tenant as it was before the connector first saw it */
  constructor(before: SimulatedState) {
    this.#before = before;
  }

  /** Follows the company as it is now; call it after each of its changes. */
  follow(company: Organisation): void {
    this.setAside.clear();
    for (const person of company.people.values()) {
      const linked = this.#links.get(person.id) ?? this.#link(person, company);
      if (linked) this.#keepUp(person, linked, company);
    }
  }

  /** Finds or makes the account of somebody who has none yet. */
  #link(person: Person, company: Organisation): Linked | null {
    if (!isInScope(person, company)) return null;
    const off = person.disabled || person.expired;
    const obstacle = obstacleOf(person, company);
    if (obstacle !== null) {
      if (!off) this.setAside.set(person.id, obstacle);
      return null;
    }
    const username = (person.mail ?? '').toLowerCase();
    const found = this.#before.users.find((user) => user.username === username);
    if (this.#before.invited.includes(username)) return null; // their invitation stands; it is no account yet
    if (!found && off) return null;
    this.accounts.set(username, {
      fullname: found?.fullname ?? '',
      disabled: found?.disabled ?? false,
      groups: new Set(found?.groups ?? []),
      existed: found !== undefined,
    });
    const linked = { username, disabledByUs: false };
    this.#links.set(person.id, linked);
    return linked;
  }

  #keepUp(person: Person, linked: Linked, company: Organisation): void {
    const account = this.accounts.get(linked.username);
    if (!account) return;
    const inScope = isInScope(person, company);
    if (inScope) {
      account.fullname = fullnameOf(person);
      account.groups = groupsAfter(account.groups, person, company);
    }
    const shouldBeOff = !inScope || person.disabled || person.expired;
    if (shouldBeOff && !account.disabled) {
      account.disabled = true;
      linked.disabledByUs = true;
    } else if (!shouldBeOff && linked.disabledByUs) {
      account.disabled = false;
      linked.disabledByUs = false;
    }
  }
}

function isInScope(person: Person, company: Organisation): boolean {
  const isPerson = person.kind === 'person' && !person.deleted;
  return isPerson && isWithin(person.ou, peopleOu) && company.groupsOf(person).has(filterGroup);
}

/** An address: something, @, a domain with a dot; no spaces, and none of the signs that would need quotes. */
const address = /^[^\s@"(),:;<>[\]\\]+@[^\s@"(),:;<>[\]\\]+\.[^\s@"(),:;<>[\]\\.]+$/;

function obstacleOf({ id, mail }: Person, company: Organisation): Obstacle | null {
  if (mail === undefined) return 'no mail';
  if (!address.test(mail)) return 'malformed mail';
  const others = [...company.people.values()].filter((other) => other.id !== id && !other.deleted);
  return others.some((other) => other.mail?.toLowerCase() === mail.toLowerCase()) ? 'duplicate mail' : null;
}

/** `displayName`, else `givenName` and `sn`, else `cn`. */
export function fullnameOf({ displayName, givenName, sn, name }: Person): string {
  return displayName ?? ([givenName, sn].filter(Boolean).join(' ') || name);
}

/** Groups that AD has are as in AD; other groups of the account are its own. */
function groupsAfter(before: ReadonlySet<string>, person: Person, company: Organisation): Set<string> {
  const synced = new Set([...company.groups.values()].filter(({ isBuiltIn }) => !isBuiltIn).map(({ name }) => name));
  const own = [...before].filter((name) => !synced.has(name));
  return new Set([...own, ...[...company.groupsOf(person)].filter((name) => synced.has(name))]);
}

/** What is expected of an account, as the simulator shows it, `groups` sorted. */
export const shown = ({
  fullname,
  disabled,
  groups,
}: Pick<SimulatedUser, 'fullname' | 'disabled'> & { groups?: Iterable<string> }) => ({
  fullname,
  disabled,
  groups: [...(groups ?? [])].sort(),
});
