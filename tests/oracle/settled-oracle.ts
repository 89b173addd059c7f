/**
 * What LastPass should hold, exactly: computed from the accounts it began with, the operations on AD and by hand at LastPass
 * in their order, and the policy, by the rules of the design and nothing else.
 *
 * It is told of the moments at which everything had arrived, and the connector sees these moments and no others: so whoever
 * was removed between two of them, and came back, has another account, and nothing is left to guess. (The oracle of the
 * acceptance tests bounds what may have been seen between two moments instead; it knows fewer rules.)
 *
 * Rules that one would not guess:
 * - Only deletion sets an account free for somebody else; whoever has left the scope, or is disabled, still holds it.
 * - Whoever of AD has an address, in scope or not, keeps others from being given it.
 * - A new person with a deleted one's mail takes the account over, before anything is done to it for the deleted one's sake.
 * - A LastPass group is AD's own once somebody with an account was to be in it, or while AD has it.
 * - Two of one directory with the same mail are a mistake. Two of different ones are one person, whose account is that of who has it until
 *   their directory lets go; where neither has one, of who is enabled, else of who is in the directory that is listed first.
 */
import { type DirectoryModel, fullnameOf, type Id, known, type Person } from '../acceptance/directory-model.ts';
import { usernameOf } from '../acceptance/oracle.ts';
import type { SimulatedState } from '../support/simulator.ts';
import { domainOf, domains } from './domains.ts';
import { type ExpectedAccount, ExpectedTenant, type HandOperation } from './expected-tenant.ts';
import { ExpectedLinks, type Link } from './links.ts';
import { groupNamesOf, isSynced, nameAtLastPass, type Reason, type Rules, reasonToGo } from './rules.ts';

/** How somebody stands in their directory: it lets go of the account (0), keeps it although they are disabled (1), or they are at work (2). */
type Standing = 0 | 1 | 2;

/** An administrator's word on somebody who is pending, or whose account was deleted by hand: then they are as new. */
export type Word = { readonly kind: 'approve' | 'reject' | 'retry'; readonly person: Id };

export interface SettledOracleOptions {
  readonly rules: Rules;
  /** AD as it is; whoever made the oracle applies the operations to it. */
  readonly directory: DirectoryModel;
  /** LastPass before the connector came. */
  readonly before: Pick<SimulatedState, 'users' | 'invited'>;
  /** A new address takes effect at once. */
  readonly instantMail: boolean;
}

/** What was worked out of the directory at a moment: that is asked for again and again. */
class Seen {
  readonly reasons = new Map<Id, Reason | null>();
  readonly groupNames = new Map<Id, ReadonlySet<string>>();
  readonly owned = new Map<string, boolean>();
}

/** What is remembered under a key, or else is worked out now, and remembered. */
function once<K, V>(worked: Map<K, V>, key: K, work: () => V): V {
  const found = worked.get(key);
  if (found !== undefined) return found;
  const value = work();
  worked.set(key, value);
  return value;
}

export class SettledOracle {
  readonly directory: DirectoryModel;
  readonly tenant: ExpectedTenant;
  #rules: Rules;
  readonly #instantMail: boolean;
  readonly #links: ExpectedLinks;
  /** While everything settles, in which the directory doesn't change. */
  #seen: Seen | null = null;
  /** Names, in lower case, of groups that somebody with an account was to be in. */
  readonly #synced = new Set<string>();
  /** Person → the address that they were approved, or rejected, with. */
  readonly #approved = new Map<Id, string>();
  readonly #rejected = new Map<Id, string>();

  constructor({ rules, directory, before, instantMail }: SettledOracleOptions, original?: SettledOracle) {
    this.directory = directory;
    this.#rules = rules;
    this.#instantMail = instantMail;
    const twins = new Map<ExpectedAccount, ExpectedAccount>();
    const twin = (account: ExpectedAccount) => {
      const made = twins.get(account) ?? { ...account, groups: new Set(account.groups) };
      twins.set(account, made);
      return made;
    };
    this.tenant = original?.tenant.copy(twin) ?? new ExpectedTenant(before);
    this.#links = original ? original.#links.copy(this.tenant, twin) : new ExpectedLinks(this.tenant);
    if (!original) return;
    for (const name of original.#synced) this.#synced.add(name);
    for (const [person, username] of original.#approved) this.#approved.set(person, username);
    for (const [person, username] of original.#rejected) this.#rejected.set(person, username);
  }

  /** Another oracle that begins with what this one knows, and follows a directory of its own. */
  copy(directory: DirectoryModel): SettledOracle {
    const before = { users: [], invited: [] };
    return new SettledOracle({ rules: this.#rules, directory, before, instantMail: this.#instantMail }, this);
  }

  /** The policy is another one from now on. */
  changeRules(rules: Rules): void {
    this.#rules = rules;
  }

  /** Everything that it knows and that decides what comes, as one text: two oracles with the same text go on alike. */
  get text(): string {
    const lists = [this.#synced, this.#approved, this.#rejected, this.tenant.welcomed].map((list) => [...list].sort());
    return JSON.stringify([this.tenant.text, this.#links.text, lists]);
  }

  /** Something was done at LastPass, and the accounts are read before anything else happens. */
  byHand(operation: HandOperation): void {
    const account = this.tenant.find(operation.username);
    this.tenant.byHand(operation);
    if (account !== undefined) this.#links.afterReading(account, { hasMoved: account.username !== operation.username });
  }

  decide({ kind, person }: Word): void {
    if (kind === 'retry') return void this.#links.delete(person);
    const username = usernameOf(this.#person(person)) ?? '';
    (kind === 'approve' ? this.#approved : this.#rejected).set(person, username);
    (kind === 'approve' ? this.#rejected : this.#approved).delete(person);
  }

  /** Everything up to here was read, planned and delivered. */
  settle(): void {
    this.#seen = new Seen();
    do {
      while (this.#some((person) => this.#adopt(person)));
      this.#noteGroups();
    } while (this.#some((person) => this.#bringUpToDate(person)));
    for (const [person, username] of this.#rejected)
      if (this.#newUsername(this.#person(person)) !== username) this.#rejected.delete(person);
    this.#seen = null;
  }

  isSurelyLinked(username: string): boolean {
    return [...this.linked().values()].some((account) => account.username === username);
  }

  /** It is disabled, and not by the connector. */
  isDisabledByHand(username: string): boolean {
    const account = this.tenant.find(username);
    return account?.disabled === true && !this.#links.isDisabledByUs(account);
  }

  /** Accounts that the connector has nothing to do with. */
  strangers(): ExpectedAccount[] {
    const linked = new Set(this.linked().values());
    return [...this.tenant.accounts].filter((account) => !linked.has(account));
  }

  /** Whose accounts are linked and there, by person. */
  linked(): Map<Id, ExpectedAccount> {
    return this.#links.accounts();
  }

  /** Who waits for approval. */
  pending(): Id[] {
    return this.#candidates().filter((id) => !this.#rejected.has(id));
  }

  rejected(): Id[] {
    return this.#candidates().filter((id) => this.#rejected.has(id));
  }

  /** Who is set aside: for what stands in AD, or because their account was deleted by hand. */
  aside(): Map<Id, 'data' | 'drift'> {
    const obstacles = [...this.directory.people.values()].map((person) => [person.id, this.#obstacle(person)] as const);
    return new Map(obstacles.flatMap(([id, obstacle]) => (obstacle === null ? [] : [[id, obstacle]])));
  }

  /** Once everything has arrived, whatever somebody still lacks has an obstacle. */
  #obstacle(person: Person): 'data' | 'drift' | null {
    const reason = this.#reason(person);
    const username = usernameOf(person);
    const link = this.#links.get(person.id);
    if (link && reason !== null) return null;
    if (link && !this.tenant.accounts.has(link.account)) return 'drift';
    if (link)
      return username === link.account.username || (username !== null && username === link.asked) ? null : 'data';
    if (reason !== null && reason !== 'onDisabled') return null;
    const isAdoptable =
      username !== null &&
      this.tenant.find(username) !== undefined &&
      (!this.#isTaken(person, username) || this.#passesOn(person, username)) &&
      this.#before(person, username).every(({ id }) => domainOf(id) === domainOf(person.id));
    if (this.#rules.onDetected === 'ignore' && !isAdoptable) return null;
    if (username === null) return reason === null ? 'data' : null;
    return this.#freeUsername(person) === null ? 'data' : null;
  }

  #candidates(): Id[] {
    if (this.#rules.onDetected !== 'approve') return [];
    return [...this.directory.people.values()]
      .filter((person) => this.#newUsername(person) !== null)
      .map(({ id }) => id);
  }

  #person(id: Id): Person {
    return known(this.directory.people, id);
  }

  /** Lets something be done for everybody. @returns whether it changed anything for anybody */
  #some(change: (person: Person) => boolean): boolean {
    return [...this.directory.people.values()].map(change).includes(true);
  }

  #reason(person: Person): Reason | null {
    const work = () => reasonToGo(this.directory, person, this.#rules);
    return this.#seen ? once(this.#seen.reasons, person.id, work) : work();
  }

  #groupNames(person: Person): ReadonlySet<string> {
    const work = () => groupNamesOf(this.directory, person, this.#rules);
    return this.#seen ? once(this.#seen.groupNames, person.id, work) : work();
  }

  #standing(person: Person): Standing {
    const reason = this.#reason(person);
    if (reason === null) return 2;
    return reason === 'onDisabled' && ['disable', 'nothing'].includes(this.#rules.onDisabled) ? 1 : 0;
  }

  #isContested(person: Person, username: string): boolean {
    return this.#before(person, username).length > 0;
  }

  /** Who else has the same address: of the same directory, or of another one, and comes first. */
  #before(person: Person, username: string): Person[] {
    const place = ({ id }: Person) => domains.indexOf(domainOf(id));
    const standing = this.#standing(person);
    return this.directory.livePeople().filter((other) => {
      if (other.id === person.id || other.mail?.toLowerCase() !== username) return false;
      const theirs = this.#standing(other);
      if (place(other) === place(person)) return true;
      return theirs > standing || (theirs === standing && theirs > 0 && place(other) < place(person));
    });
  }

  /** The address that an unlinked person could have an account with, made or found; `null` when there is an obstacle. */
  #freeUsername(person: Person): string | null {
    const reason = this.#reason(person);
    if (this.#links.has(person.id) || (reason !== null && reason !== 'onDisabled')) return null;
    const username = usernameOf(person);
    if (username === null || this.#isContested(person, username)) return null;
    return this.#isTaken(person, username) && !this.#passesOn(person, username) ? null : username;
  }

  /** Whether somebody who isn't deleted is linked to an account of that name. */
  #isTaken(person: Person, username: string): boolean {
    const holder = this.#links.holder(person.id, username);
    return holder !== undefined && !this.#person(holder).deleted;
  }

  /** Whether it is somebody of another directory, which lets go of it, while this person's doesn't. */
  #passesOn(person: Person, username: string): boolean {
    const holder = this.#links.holder(person.id, username);
    if (holder === undefined || domainOf(holder) === domainOf(person.id)) return false;
    return this.#standing(this.#person(holder)) === 0 && this.#standing(person) > 0;
  }

  /** The address with which somebody would get a new account, were it not for `onDetected`. */
  #newUsername(person: Person): string | null {
    const username = this.#freeUsername(person);
    return username === null || this.#reason(person) !== null || this.tenant.find(username) ? null : username;
  }

  /** An account that has a person's address becomes theirs. */
  #adopt(person: Person): boolean {
    const username = this.#freeUsername(person);
    const account = username === null ? undefined : this.tenant.find(username);
    if (username === null || account === undefined) return false;
    const holder = this.#links.holder(person.id, username);
    this.#links.adopt(person.id, account, { from: holder });
    return true;
  }

  #noteGroups(): void {
    for (const person of this.directory.people.values()) {
      const reason = this.#reason(person);
      if (reason !== null && reason !== 'onDisabled') continue;
      if (!this.#links.has(person.id) && !this.#isToBeCreated(person)) continue;
      for (const name of this.#groupNames(person)) this.#synced.add(name);
    }
  }

  #isToBeCreated(person: Person): boolean {
    const username = this.#newUsername(person);
    if (username === null || this.#rules.onDetected === 'ignore') return false;
    return this.#rules.onDetected === 'create' || this.#approved.get(person.id) === username;
  }

  #bringUpToDate(person: Person): boolean {
    const link = this.#links.get(person.id);
    if (!link) return this.#create(person);
    const { account } = link;
    if (!this.tenant.accounts.has(account)) return false; // deleted by hand: drift, until someone says so
    const reason = this.#reason(person);
    const action = reason === null ? null : this.#rules[reason];
    if (action === 'nothing') return false;
    if (action === null) {
      const followed = this.#follow(person, account);
      const enabled = account.disabled && link.disabledByUs;
      if (enabled) account.disabled = link.disabledByUs = false;
      return this.#readdress(person, link) || followed || enabled;
    }
    if (account.invited || action !== 'disable') {
      this.tenant.accounts.delete(account);
      this.#links.delete(person.id);
      return true;
    }
    const followed = reason === 'onDisabled' && this.#follow(person, account);
    if (account.disabled) return followed;
    account.disabled = true;
    link.disabledByUs = true;
    return true;
  }

  #create(person: Person): boolean {
    const username = this.#newUsername(person);
    if (username === null || !this.#isToBeCreated(person)) return false;
    const account = this.tenant.create(username, fullnameOf(person));
    for (const name of this.#groupNames(person)) account.groups.add(name);
    this.#links.adopt(person.id, account);
    this.#approved.delete(person.id);
    return true;
  }

  /** Name and groups become what they are in AD; only AD's own groups are left. */
  #follow(person: Person, account: ExpectedAccount): boolean {
    if (account.invited) return false;
    const before = JSON.stringify([account.fullname, [...account.groups].sort()]);
    account.fullname = fullnameOf(person);
    const wanted = this.#groupNames(person);
    for (const name of wanted) account.groups.add(name);
    for (const name of account.groups) if (this.#isAds(name) && !wanted.has(name)) account.groups.delete(name);
    return JSON.stringify([account.fullname, [...account.groups].sort()]) !== before;
  }

  #isAds(name: string): boolean {
    if (this.#rules.memberships === 'none') return false;
    if (this.#synced.has(name)) return true;
    const isOwned = () =>
      [...this.directory.groups.values()].some(
        (group) => nameAtLastPass(group, this.#rules) === name && isSynced(this.directory, group, this.#rules),
      );
    return this.#seen ? once(this.#seen.owned, name, isOwned) : isOwned();
  }

  /** Asks once for the address that a person has now, if nobody else has or wants it. */
  #readdress(person: Person, link: Link): boolean {
    const { account } = link;
    const to = usernameOf(person);
    if (to === null || to === account.username || to === link.asked || account.invited) return false;
    if (this.#isContested(person, to) || this.#isTaken(person, to) || this.tenant.find(to)) return false;
    if (this.#instantMail) account.username = to;
    else account.pending = link.asked = to;
    return true;
  }
}
