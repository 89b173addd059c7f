/**
 * What LastPass should hold in the end, computed from the accounts it began with, the operations on the directory in
 * their order, and the policy — by the rules of the design, and nothing else.
 *
 * The connector may see each moment between two operations, or none. So what it did on the way is bounded rather than
 * known: an account may exist because its person was to have one for a moment, and keeps the name and groups of some
 * moment once its person has left. `everythingArrived` tells the oracle of a moment that was surely seen.
 */

import { groupNamesOf, isInScope, isSynced, lower, type Policy, type Scope } from '../oracle/rules.ts';
import { DirectoryModel, fullnameOf, type Id, type Operation, type Person } from './directory-model.ts';

export type SyncRules = Scope & Pick<Policy, 'memberships'>;

/** A LastPass account as far as the rules speak of it; others fields are for comparing strangers. */
export interface ListedAccount {
  readonly username: string;
  readonly fullname: string;
  readonly disabled: boolean;
  readonly groups?: readonly string[];
}

/** What must be true of one account. Group names are in lower case. */
export type Expectation =
  | {
      readonly kind: 'follows';
      readonly fullname: string;
      readonly disabled: boolean;
      readonly groups: readonly string[];
      readonly mayBeMissing: boolean;
    }
  | {
      readonly kind: 'left';
      readonly fullnames: ReadonlySet<string>;
      readonly groups: ReadonlySet<string>;
      readonly mayBeMissing: boolean;
      /** Perhaps nobody ever saw its person in scope: then it is as it was. */
      readonly mayBeUntouched: boolean;
    }
  | { readonly kind: 'untouched' };

/** What became known, over time, of those who held one address. */
class AddressHistory {
  readonly fullnames = new Set<string>();
  readonly groups = new Set<string>();
  /** Live holders, in the order in which they got it. */
  holders: Id[] = [];
  /** Several hold it and the first of them wasn't surely linked when the others came. */
  contested = false;
  /** Somebody was to be synced with it at some moment. */
  wasInScope = false;
  /** Somebody was to get an account with it at some moment. */
  wasDue = false;
  /** There surely was an account. */
  hadAccount = false;
  /** The account surely was linked. */
  hadLink = false;
  /** The holder to whom it surely was. */
  linkedHolder: Id | null = null;
}

const validMail = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/;

/** The user name that somebody's mail makes; `null` when it makes none. */
export const usernameOf = ({ mail }: Person): string | null =>
  mail !== null && validMail.test(mail) ? mail.toLowerCase() : null;

export class Oracle {
  readonly directory = new DirectoryModel();
  readonly operations: Operation[] = [];
  readonly #rules: SyncRules;
  readonly #initial: ReadonlyMap<string, ListedAccount>;
  readonly #addresses = new Map<string, AddressHistory>();
  /** Names, in lower case, of groups that were ever synced. */
  readonly #owned = new Set<string>();

  constructor(rules: SyncRules, initial: readonly ListedAccount[]) {
    this.#rules = rules;
    this.#initial = new Map(initial.map((account) => [account.username, account]));
  }

  apply(operation: Operation): void {
    this.operations.push(operation);
    this.directory.apply(operation);
    this.#trackHolders();
    this.#observe();
  }

  /** Everything up to here was read, planned and delivered. */
  everythingArrived(): void {
    for (const [username, history] of this.#addresses) {
      const owner = this.#ownerOf(history);
      if (!owner || !this.#isInScope(owner)) continue;
      if (!owner.disabled) history.hadAccount = true;
      if (!history.hadAccount && !this.#initial.has(username)) continue;
      history.hadLink = true;
      history.linkedHolder = owner.id;
    }
  }

  /** Whether an address surely has an account that is linked to whoever holds it. */
  isSurelyLinked(username: string): boolean {
    const { holders, linkedHolder } = this.#addresses.get(username) ?? new AddressHistory();
    return linkedHolder !== null && holders[0] === linkedHolder;
  }

  /** What must be true of every account; whoever isn't named has none. */
  expectations(): Map<string, Expectation> {
    const expected = new Map<string, Expectation>();
    for (const username of this.#initial.keys()) expected.set(username, { kind: 'untouched' });
    for (const [username, history] of this.#addresses) {
      const expectation = this.#expectationOf(username, history);
      if (expectation) expected.set(username, expectation);
    }
    return expected;
  }

  #expectationOf(username: string, history: AddressHistory): Expectation | null {
    if (!history.wasInScope) return null;
    const initial = this.#initial.get(username);
    const surelyThere = initial !== undefined || history.hadAccount;
    if (!surelyThere && !history.wasDue) return null;
    const owner = this.#ownerOf(history);
    if (owner && this.#isInScope(owner)) {
      const kept = (initial?.groups ?? []).map(lower).filter((name) => !this.#owned.has(name));
      return {
        kind: 'follows',
        fullname: fullnameOf(owner),
        disabled: owner.disabled || (initial?.disabled ?? false),
        groups: [...new Set([...this.#groupNamesOf(owner), ...kept])].sort(),
        mayBeMissing: owner.disabled && !surelyThere,
      };
    }
    return {
      kind: 'left',
      fullnames: new Set([...history.fullnames, ...(initial ? [initial.fullname] : [])]),
      groups: new Set([...history.groups, ...(initial?.groups ?? []).map(lower)]),
      mayBeMissing: !surelyThere,
      mayBeUntouched: initial !== undefined && !history.hadLink,
    };
  }

  #trackHolders(): void {
    const holders = Map.groupBy(
      this.directory.livePeople().filter((person) => usernameOf(person) !== null),
      (person) => usernameOf(person) ?? '',
    );
    for (const [username, people] of holders) {
      const history = this.#addresses.get(username) ?? new AddressHistory();
      this.#addresses.set(username, history);
      const ids = people.map(({ id }) => id);
      const still = history.holders.filter((id) => ids.includes(id));
      const others = ids.filter((id) => !still.includes(id));
      history.contested =
        people.length > 1 &&
        (history.contested || (others.length > 0 && (still[0] === undefined || still[0] !== history.linkedHolder)));
      history.holders = [...still, ...others];
    }
    for (const [username, history] of this.#addresses) if (!holders.has(username)) history.holders = [];
  }

  #ownerOf({ holders, contested }: AddressHistory): Person | undefined {
    const [first] = holders;
    return first === undefined || contested ? undefined : this.directory.people.get(first);
  }

  #observe(): void {
    for (const group of this.directory.groups.values())
      if (isSynced(this.directory, group, this.#rules)) this.#owned.add(lower(group.cn));
    for (const history of this.#addresses.values()) {
      const owner = this.#ownerOf(history);
      if (!owner) continue;
      history.fullnames.add(fullnameOf(owner));
      for (const name of this.#groupNamesOf(owner)) history.groups.add(name);
      if (!this.#isInScope(owner)) continue;
      history.wasInScope = true;
      if (!owner.disabled) history.wasDue = true;
    }
  }

  #isInScope(person: Person): boolean {
    return isInScope(this.directory, person, this.#rules);
  }

  #groupNamesOf(person: Person): Set<string> {
    return groupNamesOf(this.directory, person, this.#rules);
  }
}
