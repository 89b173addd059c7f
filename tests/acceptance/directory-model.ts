/**
 * The tests' own model of a directory: people, groups with direct members, and OUs, in memory. It shares nothing with the
 * product, so that a mistake in one can't hide in the other.
 *
 * Objects have names of the test's own (`ann`, `g-sales`), so that a sequence of operations can be printed and repeated.
 */

/** The test's name for an object of the directory. */
export type Id = string;

/** The id of the domain's root. */
export const root: Id = '';

export interface Person {
  readonly id: Id;
  /** The `cn`. */
  cn: string;
  displayName: string | null;
  givenName: string | null;
  sn: string | null;
  mail: string | null;
  /** The sAMAccountName, where a test gives one. */
  sam: string | null;
  disabled: boolean;
  /** accountExpires has passed. */
  expired: boolean;
  ou: Id;
  deleted: boolean;
}

export interface Group {
  readonly id: Id;
  readonly cn: string;
  readonly ou: Id;
  readonly members: Set<Id>;
}

/** One operation on the directory; each is one LDAP write. */
export type Operation =
  | { readonly kind: 'create-ou'; readonly ou: Id; readonly name: string; readonly above: Id }
  | { readonly kind: 'rename-ou'; readonly ou: Id; readonly name: string }
  | { readonly kind: 'move-ou'; readonly ou: Id; readonly above: Id }
  | { readonly kind: 'delete-tree'; readonly ou: Id }
  | ({ readonly kind: 'create-person'; readonly person: Id; readonly cn: string; readonly ou: Id } & Partial<
      Pick<Person, 'mail' | 'displayName' | 'givenName' | 'sn' | 'sam' | 'disabled'>
    >)
  | ({ readonly kind: 'modify'; readonly person: Id } & Partial<Pick<Person, 'displayName' | 'mail'>>)
  | { readonly kind: 'rename-account'; readonly person: Id; readonly sam: string }
  | { readonly kind: 'rename-cn'; readonly person: Id; readonly cn: string }
  | { readonly kind: 'move'; readonly person: Id; readonly ou: Id }
  | { readonly kind: 'disable' | 'enable' | 'expire' | 'unexpire' | 'delete'; readonly person: Id }
  | { readonly kind: 'restore'; readonly person: Id; readonly cn: string; readonly ou: Id }
  | { readonly kind: 'create-group'; readonly group: Id; readonly cn: string; readonly ou: Id }
  | { readonly kind: 'delete-group'; readonly group: Id }
  | { readonly kind: 'add-member' | 'remove-member'; readonly group: Id; readonly member: Id };

/** Looks up what a test says is there. @throws Error that names it when it isn't */
export function known<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const found = map.get(key);
  if (found === undefined) throw new Error(`${String(key)} isn't known here`);
  return found;
}

export class DirectoryModel {
  /** Deleted ones too. */
  readonly people = new Map<Id, Person>();
  readonly groups = new Map<Id, Group>();
  /** OU → the one above. */
  readonly ous = new Map<Id, Id>();

  /** Another one that begins as this one is, and goes its own way. */
  copy(): DirectoryModel {
    const copied = new DirectoryModel();
    for (const [id, person] of this.people) copied.people.set(id, { ...person });
    for (const [id, group] of this.groups) copied.groups.set(id, { ...group, members: new Set(group.members) });
    for (const [ou, above] of this.ous) copied.ous.set(ou, above);
    return copied;
  }

  apply(operation: Operation): void {
    switch (operation.kind) {
      case 'create-ou':
      case 'move-ou':
        this.ous.set(operation.ou, operation.above);
        return;
      case 'rename-ou':
        return; // nothing here goes by an OU's name
      case 'delete-tree':
        this.#deleteTree(operation.ou);
        return;
      case 'create-group':
        this.groups.set(operation.group, { ...operation, id: operation.group, members: new Set() });
        return;
      case 'delete-group':
        this.#deleteGroup(operation.group);
        return;
      case 'add-member':
        known(this.groups, operation.group).members.add(operation.member);
        return;
      case 'remove-member':
        known(this.groups, operation.group).members.delete(operation.member);
        return;
      default:
        this.#applyToPerson(operation);
    }
  }

  #applyToPerson(operation: Extract<Operation, { person: Id }>): void {
    if (operation.kind === 'create-person') {
      const { person, kind: _, ...given } = operation;
      const nothing = { mail: null, displayName: null, givenName: null, sn: null, sam: null };
      const usual = { disabled: false, expired: false, deleted: false };
      this.people.set(person, { ...nothing, ...usual, ...given, id: person });
      return;
    }
    const person = known(this.people, operation.person);
    switch (operation.kind) {
      case 'modify':
        if (operation.displayName !== undefined) person.displayName = operation.displayName;
        if (operation.mail !== undefined) person.mail = operation.mail;
        return;
      case 'rename-cn':
        person.cn = operation.cn;
        return;
      case 'rename-account':
        person.sam = operation.sam;
        return;
      case 'move':
        person.ou = operation.ou;
        return;
      case 'disable':
      case 'enable':
        person.disabled = operation.kind === 'disable';
        return;
      case 'expire':
      case 'unexpire':
        person.expired = operation.kind === 'expire';
        return;
      case 'delete':
        this.#deletePerson(person);
        return;
      case 'restore':
        Object.assign(person, { deleted: false, cn: operation.cn, ou: operation.ou });
    }
  }

  /** A tombstone loses its memberships and these attributes; restored without a recycle bin, they stay lost. */
  #deletePerson(person: Person): void {
    const lost = { mail: null, displayName: null, givenName: null, sn: null, expired: false };
    Object.assign(person, { ...lost, deleted: true });
    this.#leaveAll(person.id);
  }

  #deleteGroup(id: Id): void {
    this.groups.delete(id);
    this.#leaveAll(id);
  }

  #leaveAll(member: Id): void {
    for (const { members } of this.groups.values()) members.delete(member);
  }

  #deleteTree(ou: Id): void {
    for (const person of this.livePeople()) if (this.isUnder(person.ou, [ou])) this.#deletePerson(person);
    for (const group of this.groups.values()) if (this.isUnder(group.ou, [ou])) this.#deleteGroup(group.id);
    for (const each of [...this.ous.keys()].filter((candidate) => this.isUnder(candidate, [ou]))) this.ous.delete(each);
  }

  livePeople(): Person[] {
    return [...this.people.values()].filter(({ deleted }) => !deleted);
  }

  /** Whether an OU is one of the others or anywhere below one. */
  isUnder(ou: Id, others: readonly Id[]): boolean {
    for (let at = ou; at !== root; at = known(this.ous, at)) if (others.includes(at)) return true;
    return others.includes(root);
  }

  /** The groups that hold a person or group, nested, whatever circles they run in. */
  groupsOf(member: Id): Set<Group> {
    const found = new Set<Group>();
    const search = (each: Id) => {
      for (const group of this.groups.values()) {
        if (!group.members.has(each) || found.has(group)) continue;
        found.add(group);
        search(group.id);
      }
    };
    search(member);
    return found;
  }
}

/** The name that LastPass should show. */
export function fullnameOf({ displayName, givenName, sn, cn }: Person): string {
  if (displayName) return displayName;
  return [givenName, sn].filter(Boolean).join(' ') || cn;
}
