/** The demo's company as we mean it to be: what is written into the directory, and what the expectation is computed from. */

export interface Person {
  /** Tells people apart in the demo; also their sAMAccountName. */
  readonly id: string;
  /** The `cn`. */
  name: string;
  /** Path of OUs below the domain, the outermost first; empty means CN=Users. */
  ou: readonly string[];
  mail?: string | undefined;
  givenName?: string | undefined;
  sn?: string | undefined;
  displayName?: string | undefined;
  disabled: boolean;
  expired: boolean;
  /** Only a `person` can have an account. */
  readonly kind: 'person' | 'computer' | 'contact' | 'conflict' | 'built-in';
  /** Name of the primary group, where it isn't Domain Users: it counts, though it lists no member. */
  readonly primaryGroup?: string | undefined;
  deleted: boolean;
}

export interface Group {
  /** The `cn`. */
  readonly name: string;
  /** Ids of people. */
  readonly people: Set<string>;
  /** Names of groups. */
  readonly groups: Set<string>;
  /** One of the domain's own, outside of OU=Groups: it becomes no LastPass group. */
  readonly isBuiltIn: boolean;
}

export class Organisation {
  /** Paths, outer before inner ones. */
  ous: (readonly string[])[] = [];
  readonly people = new Map<string, Person>();
  readonly groups = new Map<string, Group>();

  person(id: string): Person {
    const found = this.people.get(id);
    if (!found) throw new Error(`the demo has no person ${id}`);
    return found;
  }

  group(name: string): Group {
    const found = this.groups.get(name);
    if (!found) throw new Error(`the demo has no group ${name}`);
    return found;
  }

  addPerson(person: Partial<Person> & Pick<Person, 'id' | 'name' | 'ou'>): Person {
    const whole: Person = { disabled: false, expired: false, kind: 'person', deleted: false, ...person };
    if (this.people.has(whole.id)) throw new Error(`the demo has two people called ${whole.id}`);
    this.people.set(whole.id, whole);
    return whole;
  }

  addGroup(name: string, { people = [], groups = [], isBuiltIn = false }: GroupContents = {}): Group {
    const group = { name, people: new Set(people), groups: new Set(groups), isBuiltIn };
    this.groups.set(name, group);
    return group;
  }

  /** Gives an OU another name; whatever lies below goes with it. */
  renameOu(path: readonly string[], name: string): void {
    const renamed = (ou: readonly string[]) => (isWithin(ou, path) ? ou.with(path.length - 1, name) : ou);
    this.ous = this.ous.map(renamed);
    for (const person of this.people.values()) person.ou = renamed(person.ou);
  }

  /** Names of the groups that hold a person: directly, as primary group, or through other groups, circles and all. */
  groupsOf({ id, primaryGroup }: Person): Set<string> {
    const groups = [...this.groups.values()];
    const found = new Set(groups.filter((group) => group.people.has(id)).map(({ name }) => name));
    if (primaryGroup !== undefined) found.add(primaryGroup);
    for (const inner of found) for (const group of groups) if (group.groups.has(inner)) found.add(group.name);
    return found;
  }
}

interface GroupContents {
  readonly people?: readonly string[];
  readonly groups?: readonly string[];
  readonly isBuiltIn?: boolean;
}

export const isWithin = (ou: readonly string[], above: readonly string[]): boolean =>
  above.every((name, index) => ou[index] === name);
