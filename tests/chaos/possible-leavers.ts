/** Who may rightly lose access in a round: whoever was to go at any moment of it. */
import type { DirectoryModel, Id } from '../acceptance/directory-model.ts';
import { usernameOf } from '../acceptance/oracle.ts';
import { type Rules, reasonToGo } from '../oracle/rules.ts';
import type { SettledOracle } from '../oracle/settled-oracle.ts';

export class PossibleLeavers {
  readonly #leavers = new Set<Id>();
  /** Person → whatever their account may be called. */
  readonly #names = new Map<Id, Set<string>>();

  /** Begins a round. */
  begin(): void {
    this.#leavers.clear();
    this.#names.clear();
  }

  /** Notes a moment that the connector may see. */
  noteMoment(directory: DirectoryModel, rules: Rules): void {
    for (const person of directory.people.values()) {
      if (reasonToGo(directory, person, rules) !== null) this.#leavers.add(person.id);
      const username = usernameOf(person);
      if (username !== null) this.#name(person.id, username);
    }
  }

  /** Notes what accounts are called, before and after everything has arrived. */
  noteAccounts(oracle: SettledOracle): void {
    for (const [person, { username }] of oracle.linked()) this.#name(person, username);
  }

  /** What the accounts of those may be called who may lose access. */
  get usernames(): Set<string> {
    return new Set([...this.#leavers].flatMap((person) => [...(this.#names.get(person) ?? [])]));
  }

  #name(person: Id, username: string): void {
    const names = this.#names.get(person) ?? new Set();
    names.add(username);
    this.#names.set(person, names);
  }
}
