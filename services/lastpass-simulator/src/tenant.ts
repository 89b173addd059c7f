/**
 * The simulated company: users, groups, invitations, welcome e-mails. Pure data, no clock and no wire.
 *
 * Every operation on one user costs the same at 10 users and at 100,000: users are found by id and by lower-case
 * username, group members by lower-case group name. Only listings and snapshots walk over everybody.
 *
 * Group names compare case-insensitively; the first spelling stays. A group that loses its last member goes on, empty.
 */
import type { Departure, State, StateSeed } from './state.ts';
import { completeUser, type User, type UserSeed } from './user.ts';

/** Ids begin here, so that they have the usual nine digits. */
const FIRST_ID = 450_000_001;

type Group = { name: string; members: Set<User> };
type Member = User & { memberOf: Set<Group> };

/** A seed that contradicts itself; the message names the user or group. */
export class SeedError extends Error {
  readonly code = 'seed-contradiction';
}

export class Tenant {
  readonly invited = new Set<string>();
  readonly welcomeEmails = new Map<string, string[]>();
  readonly departed: Departure[] = [];
  readonly #byId = new Map<string, Member>();
  readonly #byUsername = new Map<string, Member>();
  readonly #groups = new Map<string, Group>();
  #nextId = FIRST_ID;
  #disabled = 0;

  /** A tenant from a seed; throws `SeedError` for a doubled id or username, or an unknown group member. */
  static from(seed: StateSeed, now: Date): Tenant {
    const tenant = new Tenant();
    tenant.#nextId = Math.max(seed.nextId ?? FIRST_ID, highestId(seed) + 1);
    for (const user of withIds(seed.users, () => tenant.#takeId()))
      tenant.#enter(completeUser(user, { id: user.id, now }));
    tenant.#enterGroups(seed.groups);
    for (const address of seed.invited) tenant.#enterInvitation(address);
    for (const [address, times] of Object.entries(seed.welcomeEmails)) tenant.welcomeEmails.set(address, [...times]);
    tenant.departed.push(...seed.departed);
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

  /** Users by ascending id. */
  users(): Iterable<User> {
    return this.#byId.values();
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
  create(seed: UserSeed, now: Date): User {
    return this.#enter(completeUser(seed, { id: this.#takeId(), now }));
  }

  /** Whether it changed anything. */
  setDisabled(user: User, disabled: boolean): boolean {
    if (user.disabled === disabled) return false;
    user.disabled = disabled;
    this.#disabled += disabled ? 1 : -1;
    return true;
  }

  /** Lets a pending change of e-mail take effect, all else being kept; where the address is taken by now, it lapses. */
  settleEmail(user: User): void {
    const member = this.#member(user);
    const address = member.pending_email;
    delete member.pending_email;
    if (address === undefined || this.isTaken(address)) return;
    this.#byUsername.delete(member.username);
    member.username = address;
    this.#byUsername.set(address, member);
  }

  /** Makes the user a member; the group comes into being where it doesn't exist. The group's name if that is news. */
  join(user: User, name: string): string | null {
    const group = this.#group(name);
    const member = this.#member(user);
    if (group.members.has(member)) return null;
    group.members.add(member);
    member.memberOf.add(group);
    member.groups = namesOf(member);
    return group.name;
  }

  /** Ends a membership. The group's name if there was one to end. */
  leave(user: User, name: string): string | null {
    const group = this.#groups.get(name.toLowerCase());
    const member = this.#member(user);
    if (!group?.members.delete(member)) return null;
    member.memberOf.delete(group);
    member.groups = namesOf(member);
    return group.name;
  }

  /** Takes the user out of the company for good. */
  drop(user: User, how: Departure['how']): void {
    for (const group of [...user.groups]) this.leave(user, group);
    this.setDisabled(user, false);
    this.#byId.delete(user.id);
    this.#byUsername.delete(user.username);
    this.departed.push({ id: user.id, username: user.username, how });
  }

  /** Notes that a welcome e-mail went to this address. */
  welcome(address: string, now: Date): void {
    const times = this.welcomeEmails.get(address) ?? [];
    this.welcomeEmails.set(address, [...times, now.toISOString()]);
  }

  snapshot(): State {
    const groups = [...this.#groups.values()].map(({ name, members }) => [name, usernamesOf(members)] as const);
    return {
      users: [...this.#byId.values()].map(plain),
      groups: Object.fromEntries(groups.toSorted(byKey)),
      invited: [...this.invited].toSorted(),
      welcomeEmails: Object.fromEntries([...this.welcomeEmails].toSorted(byKey)),
      departed: [...this.departed],
      nextId: this.#nextId,
    };
  }

  #takeId(): string {
    return String(this.#nextId++);
  }

  #enter(user: User): User {
    if (this.#byId.has(user.id)) throw new SeedError(`two users have the id ${user.id}: leave one id out`);
    if (this.#byUsername.has(user.username)) throw new SeedError(`two users have the username ${user.username}`);
    const member: Member = { ...user, groups: [], memberOf: new Set() };
    this.#byId.set(member.id, member);
    this.#byUsername.set(member.username, member);
    if (member.disabled) this.#disabled += 1;
    for (const name of user.groups) this.join(member, name);
    return member;
  }

  #enterGroups(groups: StateSeed['groups']): void {
    for (const [name, members] of Object.entries(groups)) {
      this.#group(name);
      for (const username of members) {
        const user = this.find(username);
        if (user === undefined) throw new SeedError(`group "${name}" lists ${username}, who isn't among the users`);
        this.join(user, name);
      }
    }
  }

  #enterInvitation(address: string): void {
    if (this.find(address)) throw new SeedError(`${address} is both a user and invited: leave one out`);
    this.invited.add(address);
  }

  #member(user: User): Member {
    const member = this.#byId.get(user.id);
    if (member === undefined) throw new Error(`user ${user.id} isn't of this tenant`);
    return member;
  }

  #group(name: string): Group {
    const key = name.toLowerCase();
    const group = this.#groups.get(key) ?? { name, members: new Set() };
    this.#groups.set(key, group);
    return group;
  }
}

function highestId(seed: StateSeed): number {
  return seed.users.reduce((highest, { id }) => Math.max(highest, Number(id ?? 0)), 0);
}

/** The seeds in the order of their ids, new ids given in the order of the seed. */
function withIds(seeds: UserSeed[], takeId: () => string): (UserSeed & { id: string })[] {
  return seeds.map((seed) => ({ ...seed, id: seed.id ?? takeId() })).toSorted((a, b) => Number(a.id) - Number(b.id));
}

function namesOf(member: Member): string[] {
  return Array.from(member.memberOf, ({ name }) => name).toSorted();
}

function usernamesOf(members: Set<User>): string[] {
  return Array.from(members, ({ username }) => username).toSorted();
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** A copy whose keys come in one order, however the user came about. */
function plain({ memberOf: _, id, username, attribs, pending_email, ...rest }: Member): User {
  const pending = pending_email === undefined ? {} : { pending_email };
  return { id, username, ...rest, groups: [...rest.groups], ...(attribs ? { attribs } : {}), ...pending };
}
