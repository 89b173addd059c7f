/**
 * The simulated company: users, groups, invitations, welcome e-mails, shared folders and policies, and what happened.
 * Pure data, no clock and no wire.
 *
 * Every operation on one user costs the same at 10 users and at 100,000: users are found by id and by lower-case
 * username. Only listings and snapshots walk over everybody.
 */
import { EventLog, type Occasion } from './event-log.ts';
import { Groups } from './groups.ts';
import * as happening from './happening.ts';
import { RegisteredKeys } from './registered-keys.ts';
import { SeedError } from './seed-error.ts';
import { Sharing } from './sharing.ts';
import type { Departure, KeptState, State, StateSeed } from './state.ts';
import { completeUser, copyOf, type User, type UserSeed } from './user.ts';

/** Ids begin here, so that they have the usual nine digits. */
const FIRST_ID = 450_000_001;

export class Tenant {
  readonly invited = new Set<string>();
  readonly welcomeEmails = new Map<string, string[]>();
  readonly departed: Departure[] = [];
  readonly #groups = new Groups();
  #keys = new RegisteredKeys();
  /** Shared folders and policies. */
  readonly sharing = new Sharing({
    find: (username) => this.find(username),
    membersOf: (group) => this.membersOf(group),
    ensureGroup: (name) => this.#ensureGroup(name),
    note: (one) => this.note(one),
  });
  readonly #byId = new Map<string, User>();
  readonly #byUsername = new Map<string, User>();
  #events = new EventLog();
  #happened: happening.Happening[] = [];
  #nextId = FIRST_ID;
  #disabled = 0;

  /** A tenant from a seed; throws `SeedError` for a doubled id or username, or an unknown member of a group or folder. */
  static from(seed: StateSeed, now: Date): Tenant {
    const tenant = new Tenant();
    tenant.#nextId = Math.max(seed.nextId ?? FIRST_ID, highestId(seed) + 1);
    for (const user of withIds(seed.users, () => tenant.#takeId()))
      tenant.#enter(completeUser(user, { id: user.id, now }));
    tenant.#enterGroups(seed.groups);
    for (const address of seed.invited) tenant.#enterInvitation(address);
    for (const [address, times] of Object.entries(seed.welcomeEmails)) tenant.welcomeEmails.set(address, [...times]);
    tenant.departed.push(...seed.departed);
    tenant.#keys = new RegisteredKeys(seed.keys);
    tenant.sharing.setPolicies(seed.policies);
    tenant.sharing.setFolders(seed.folders);
    tenant.#events = new EventLog(seed.events);
    tenant.#happened = [];
    return tenant;
  }

  /** Number of users, disabled ones included. */
  get size(): number {
    return this.#byId.size;
  }

  /** Seats in use: users who aren't disabled, and invitations. */
  get seatsUsed(): number {
    return this.#byId.size - this.#disabled + this.invited.size;
  }

  /** K2 and fragment ids of federated users, who needn't have come to be yet, and may be gone. */
  get keys(): RegisteredKeys {
    return this.#keys;
  }

  /** What happened so far, as far as it was recorded. */
  get events(): EventLog {
    return this.#events;
  }

  /** Users by ascending id. */
  users(): Iterable<User> {
    return this.#byId.values();
  }

  /** Groups as they were first spelled, with the number of their members, by name. */
  groups(): { name: string; size: number }[] {
    return this.#groups.sizes();
  }

  /** Members of a group, whatever the case of its name; nobody where there is no such group. */
  membersOf(group: string): Iterable<User> {
    return this.#groups.membersOf(group);
  }

  /** By username, in any case. */
  find(username: string): User | undefined {
    return this.#byUsername.get(username.toLowerCase());
  }

  /** Whether a user or an invitation has this address. A change to it that is still pending doesn't take it. */
  isTaken(address: string): boolean {
    return this.find(address) !== undefined || this.invited.has(address.toLowerCase());
  }

  /** Makes a user with the next id; the username must be free. */
  create({ groups = [], ...seed }: UserSeed, now: Date): User {
    const user = this.#enter(completeUser(seed, { id: this.#takeId(), now }));
    this.note(happening.accountCreated(user.username));
    for (const name of groups) this.join(user, name);
    return user;
  }

  /** Whether it changed anything. */
  setDisabled(user: User, disabled: boolean): boolean {
    if (!this.#switch(user, disabled)) return false;
    this.note((disabled ? happening.deactivated : happening.reactivated)(user.username));
    if (!disabled) this.sharing.enabled(user);
    return true;
  }

  /** Lets a pending change of e-mail take effect, all else being kept; where the address is taken by now, it lapses. */
  settleEmail(user: User): void {
    const address = user.pending_email;
    delete user.pending_email;
    if (address === undefined || this.isTaken(address)) return;
    this.note(happening.usernameChanged({ from: user.username, to: address }));
    this.#byUsername.delete(user.username);
    user.username = address;
    this.#byUsername.set(address, user);
  }

  /** Makes the user a member; the group comes into being where it doesn't exist. The group's name if that is news. */
  join(user: User, name: string): string | null {
    const group = this.#ensureGroup(name);
    if (!this.#groups.join(user, group)) return null;
    this.note(happening.joinedGroup({ username: user.username, group }));
    this.sharing.joined(user, group);
    return group;
  }

  /** Ends a membership. The group's name if there was one to end. */
  leave(user: User, name: string): string | null {
    const group = this.#groups.leave(user, name);
    if (group === null) return null;
    this.note(happening.leftGroup({ username: user.username, group }));
    this.sharing.left(user, group);
    return group;
  }

  /** Takes the user out of the company for good. */
  drop(user: User, how: Departure['how']): void {
    this.sharing.leaving(user);
    this.#groups.leaveAll(user);
    this.#switch(user, false);
    this.#byId.delete(user.id);
    this.#byUsername.delete(user.username);
    this.departed.push({ id: user.id, username: user.username, how });
    this.note((how === 'deleted' ? happening.accountDeleted : happening.accountRemoved)(user.username));
  }

  /** Notes that a welcome e-mail went to this address. */
  welcome(address: string, now: Date): void {
    const times = this.welcomeEmails.get(address) ?? [];
    this.welcomeEmails.set(address, [...times, now.toISOString()]);
    this.note(happening.invited(address));
  }

  /** Takes an invitation back; whether there was one. */
  withdraw(address: string): boolean {
    if (!this.invited.delete(address)) return false;
    this.note(happening.invitationWithdrawn(address));
    return true;
  }

  /** Something happened that the event log is to tell of. */
  note(one: happening.Happening): void {
    this.#happened.push(one);
  }

  /** Writes what happened since the last time into the event log. */
  record(occasion: Occasion): void {
    this.#events.add(this.#happened, occasion);
    this.#happened = [];
  }

  snapshot(): State {
    return {
      users: [...this.#byId.values()].map(copyOf),
      groups: this.#groups.snapshot(),
      invited: [...this.invited].toSorted(),
      welcomeEmails: Object.fromEntries([...this.welcomeEmails].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      departed: [...this.departed],
      folders: this.sharing.snapshot(),
      policies: this.sharing.policies(),
      ...(this.#keys.size === 0 ? {} : { keys: this.#keys.snapshot() }),
      nextId: this.#nextId,
    };
  }

  /** The snapshot with the event log: what a state file keeps. */
  keptState(): KeptState {
    return { ...this.snapshot(), events: this.#events.list() };
  }

  #takeId(): string {
    return String(this.#nextId++);
  }

  #enter(whole: User): User {
    const user: User = { ...whole, groups: [] };
    if (this.#byId.has(user.id)) throw new SeedError(`two users have the id ${user.id}: leave one id out`);
    if (this.#byUsername.has(user.username)) throw new SeedError(`two users have the username ${user.username}`);
    this.#byId.set(user.id, user);
    this.#byUsername.set(user.username, user);
    if (user.disabled) this.#disabled += 1;
    for (const name of whole.groups) this.#groups.join(user, name);
    return user;
  }

  #enterGroups(groups: StateSeed['groups']): void {
    for (const [name, members] of Object.entries(groups)) {
      this.#groups.ensure(name);
      for (const username of members) {
        const user = this.find(username);
        if (user === undefined) throw new SeedError(`group "${name}" lists ${username}, who isn't among the users`);
        this.#groups.join(user, name);
      }
    }
  }

  #enterInvitation(address: string): void {
    if (this.find(address)) throw new SeedError(`${address} is both a user and invited: leave one out`);
    this.invited.add(address);
  }

  #switch(user: User, disabled: boolean): boolean {
    if (user.disabled === disabled) return false;
    user.disabled = disabled;
    this.#disabled += disabled ? 1 : -1;
    return true;
  }

  /** The group's name as it was first spelled; one that didn't exist comes into being, which is news. */
  #ensureGroup(name: string): string {
    if (!this.#groups.has(name)) this.note(happening.groupCreated(name));
    return this.#groups.ensure(name);
  }
}

function highestId(seed: StateSeed): number {
  return seed.users.reduce((highest, { id }) => Math.max(highest, Number(id ?? 0)), 0);
}

/** The seeds in the order of their ids, new ids given in the order of the seed. */
function withIds(seeds: UserSeed[], takeId: () => string): (UserSeed & { id: string })[] {
  return seeds.map((seed) => ({ ...seed, id: seed.id ?? takeId() })).toSorted((a, b) => Number(a.id) - Number(b.id));
}
