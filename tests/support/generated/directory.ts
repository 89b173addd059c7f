/**
 * A generated company's directory as it is now. Only what was changed is kept, each value with the USN that it was written at, as AD
 * keeps it for its replication, of which DirSync is a reader (MS-ADTS 3.1.1.1.9).
 */
import { escapeRdnValue, normaliseDn, parentDn, rdnOf, rdnValue } from '@connector/shared/dn.ts';
import type { GeneratedCompany, GeneratedObject } from './company.ts';
import { guidTextOf, numberOfGuid } from './identity.ts';

export type Value = string | Buffer;

export interface StoredAttribute {
  readonly name: string;
  /** Empty: it was cleared. */
  readonly values: readonly Value[];
  readonly usn: number;
}

export interface StoredMember {
  /** Of the member's object. */
  readonly number: number;
  /** Whether it is one, or was. */
  readonly isPresent: boolean;
  readonly usn: number;
}

/** An object as it is now. */
export interface StoredObject {
  readonly number: number;
  readonly dn: string;
  readonly rdn: string;
  readonly above: number | null;
  readonly objectClass: readonly string[];
  readonly rid: number | null;
  readonly isDeleted: boolean;
  readonly createdUsn: number;
  /** When it got the name and the place that it has. */
  readonly placedUsn: number;
  readonly changedUsn: number;
  /** All but those that tell what it is and where. */
  readonly attributes: readonly StoredAttribute[];
}

/** What is known of an object beyond what was generated. */
interface Patch {
  readonly origin: GeneratedObject;
  readonly createdUsn: number;
  rdn: string;
  above: number | null;
  placedUsn: number;
  changedUsn: number;
  isDeleted: boolean;
  /** By name in lower case. */
  readonly attributes: Map<string, StoredAttribute>;
  readonly members: Map<number, StoredMember>;
}

/** An operation that the directory doesn't carry out, and why (RFC 4511, appendix A). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const code = { noSuchObject: 32, unwillingToPerform: 53, alreadyExists: 68 } as const;

/** Of the first object; those before belong to what a new domain has besides. */
const firstUsn = 4_000;
/** MS-ADTS 6.1.1.6: the account that a person who is added gets. */
const classOf: Readonly<Record<string, readonly string[]>> = {
  user: ['top', 'person', 'organizationalPerson', 'user'],
  group: ['top', 'group'],
  organizationalunit: ['top', 'organizationalUnit'],
};

export interface Modification {
  readonly operation: 'add' | 'delete' | 'replace';
  readonly type: string;
  readonly values: readonly Value[];
}

export class GeneratedDirectory {
  readonly company: GeneratedCompany;
  readonly #patches = new Map<number, Patch>();
  /** Of every change its object, in the order of the USNs. */
  readonly #journal: { readonly usn: number; readonly number: number }[] = [];
  /** Numbers of objects by the RDN that they have got since, normalised. */
  readonly #named = new Map<string, Set<number>>();
  /** Numbers of the groups that somebody was put into or taken out of since. */
  readonly #groupsOf = new Map<number, Set<number>>();
  readonly #listeners = new Set<(number: number) => void>();
  #count: number;
  #usn: number;

  constructor(company: GeneratedCompany) {
    this.company = company;
    this.#count = company.count;
    this.#usn = firstUsn + company.count - 1;
  }

  get baseDn(): string {
    return this.company.baseDn;
  }

  /** How many objects there have ever been: their numbers are below. */
  get count(): number {
    return this.#count;
  }

  /** Of the newest change. */
  get highestCommittedUsn(): number {
    return this.#usn;
  }

  /** @returns what ends it */
  onChange(listener: (number: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  object(number: number): StoredObject {
    const patch = this.#patches.get(number) ?? this.#unchanged(number);
    const { rdn, above, placedUsn, changedUsn, isDeleted, createdUsn, origin } = patch;
    const { objectClass, rid } = origin;
    const asCreated = Object.entries(isDeleted ? {} : origin.attributes)
      .filter(([name]) => !patch.attributes.has(name.toLowerCase()))
      .map(([name, value]) => ({ name, values: [value], usn: createdUsn }));
    return {
      ...{ number, rdn, above, objectClass, rid, isDeleted, createdUsn, placedUsn, changedUsn },
      dn: this.#dnIn(patch),
      attributes: [...asCreated, ...patch.attributes.values()],
    };
  }

  dnOf(number: number): string {
    return this.#dnIn(this.#patches.get(number) ?? this.#unchanged(number));
  }

  isDeleted(number: number): boolean {
    return this.#patches.get(number)?.isDeleted ?? false;
  }

  /** RID of an object; `null` for one without a SID. */
  ridOf(number: number): number | null {
    return (this.#patches.get(number)?.origin ?? this.company.object(number)).rid;
  }

  /** A group's members, and those that it had since the beginning. */
  membersOf(number: number): StoredMember[] {
    const patch = this.#patches.get(number);
    const usn = firstUsn + number;
    const asCreated = this.company.membersOf(number).map((member) => ({ number: member, isPresent: true, usn }));
    const members = patch
      ? [...asCreated.filter((member) => !patch.members.has(member.number)), ...patch.members.values()]
      : asCreated;
    return members.filter((member) => !this.isDeleted(member.number)); // a link goes with what it leads to, without a word
  }

  /** Numbers of the groups that have an object as a member. */
  groupsOf(number: number): number[] {
    const groups = new Set([...this.company.teamsOf(number), ...(this.#groupsOf.get(number) ?? [])]);
    return [...groups].filter(
      (group) =>
        !this.isDeleted(group) && this.membersOf(group).some((each) => each.number === number && each.isPresent),
    );
  }

  /** Number of the object with a DN or `<GUID=…>`, deleted ones by GUID only. @throws Refusal noSuchObject */
  find(name: string): number {
    const guid = /^<GUID=([0-9a-f-]{36})>$/i.exec(name)?.[1];
    const number = guid === undefined ? this.#numberOf(name) : numberOfGuid(guid);
    if (number === null || number >= this.#count) throw new Refusal(code.noSuchObject, `there is no ${name}`);
    return number;
  }

  /** Numbers of the deleted objects. */
  *deleted(): Generator<number, void, undefined> {
    for (const [number, { isDeleted }] of this.#patches) if (isDeleted) yield number;
  }

  /** Numbers of the objects that were changed after a USN, each once, in the order of their newest changes. */
  *changedSince(usn: number): Generator<number, void, undefined> {
    const from = Math.max(0, usn - firstUsn + 1);
    for (let number = from; number < this.company.count; number++) if (!this.#patches.has(number)) yield number;
    for (let at = this.#journalFrom(usn); at < this.#journal.length; at++) {
      const change = this.#journal[at];
      if (change && this.#patches.get(change.number)?.changedUsn === change.usn) yield change.number;
    }
  }

  /** Adds a user, a group or an OU. @returns its number */
  add(dn: string, attributes: ReadonlyMap<string, readonly Value[]>): number {
    if (this.#numberOf(dn) !== null) throw new Refusal(code.alreadyExists, `${dn} is there already`);
    const above = this.find(parentDn(dn));
    const kind = String(attributes.get('objectClass')?.at(-1) ?? '').toLowerCase();
    const objectClass = classOf[kind];
    if (objectClass === undefined) throw new Refusal(code.unwillingToPerform, `no ${kind} can be added here`);
    const number = this.#count++;
    const rid = kind === 'organizationalunit' ? null : 1_000 + number;
    const origin: GeneratedObject = {
      ...{ rdn: rdnOf(dn), above, objectClass, rid },
      attributes: kind === 'user' ? { primaryGroupID: '513', accountExpires: '0' } : {},
    };
    const usn = ++this.#usn;
    const patch = blank(origin, usn);
    this.#patches.set(number, patch);
    this.#remember(number, patch.rdn);
    const others = [...attributes].filter(([name]) => name !== 'objectClass');
    this.#write(
      number,
      patch,
      usn,
      others.map(([type, values]) => ({ operation: 'replace' as const, type, values })),
    );
    this.#tell(number, patch, usn);
    return number;
  }

  modify(number: number, modifications: readonly Modification[]): void {
    this.#change(number, (patch, usn) => this.#write(number, patch, usn, modifications));
  }

  /** Gives an object another name or place. */
  move(number: number, { rdn, above }: { rdn: string; above: number | null }): void {
    this.#change(number, (patch, usn) => {
      Object.assign(patch, { rdn, above, placedUsn: usn });
      this.#remember(number, rdn);
    });
  }

  /** Leaves a tombstone, which has lost most of what it had. */
  remove(number: number): void {
    this.#change(number, (patch, usn) => {
      const rdn = `CN=${escapeRdnValue(rdnValue(patch.rdn))}\\0ADEL:${guidTextOf(number)}`;
      Object.assign(patch, { rdn, placedUsn: usn, isDeleted: true });
      const names = new Map(
        [...Object.keys(patch.origin.attributes), ...patch.attributes.keys()].map((name) => [name.toLowerCase(), name]),
      );
      for (const [key, name] of names) patch.attributes.set(key, { name, values: [], usn });
    });
  }

  #change(number: number, act: (patch: Patch, usn: number) => void): void {
    const patch = this.#patches.get(number) ?? this.#unchanged(number);
    if (patch.isDeleted) throw new Refusal(code.unwillingToPerform, 'it is deleted');
    const usn = this.#usn + 1;
    act(patch, usn);
    this.#usn = usn;
    this.#patches.set(number, patch);
    this.#tell(number, patch, usn);
  }

  #tell(number: number, patch: Patch, usn: number): void {
    patch.changedUsn = usn;
    this.#journal.push({ usn, number });
    for (const listener of this.#listeners) listener(number);
  }

  #write(number: number, patch: Patch, usn: number, modifications: readonly Modification[]): void {
    for (const modification of modifications) {
      if (modification.type.toLowerCase() === 'member') this.#writeMembers(number, patch, usn, modification);
      else {
        const { type: name, values, operation } = modification;
        patch.attributes.set(name.toLowerCase(), { name, values: operation === 'delete' ? [] : values, usn });
      }
    }
  }

  #writeMembers(group: number, patch: Patch, usn: number, { operation, values }: Modification): void {
    const named = values.map((value) => this.find(value.toString()));
    if (operation === 'replace')
      for (const { number } of this.membersOf(group)) patch.members.set(number, { number, isPresent: false, usn });
    for (const number of named) {
      patch.members.set(number, { number, isPresent: operation !== 'delete', usn });
      const groups = this.#groupsOf.get(number) ?? new Set();
      this.#groupsOf.set(number, groups.add(group));
    }
  }

  #remember(number: number, rdn: string): void {
    const key = normaliseDn(rdn);
    this.#named.set(key, (this.#named.get(key) ?? new Set()).add(number));
  }

  #numberOf(dn: string): number | null {
    const wanted = normaliseDn(dn);
    const rdn = rdnOf(dn);
    const candidates = [...this.company.named(rdn), ...(this.#named.get(normaliseDn(rdn)) ?? [])];
    return candidates.find((number) => !this.isDeleted(number) && normaliseDn(this.dnOf(number)) === wanted) ?? null;
  }

  #dnIn({ rdn, above, isDeleted }: Pick<Patch, 'rdn' | 'above' | 'isDeleted'>): string {
    if (above === null) return this.baseDn;
    return isDeleted ? `${rdn},CN=Deleted Objects,${this.baseDn}` : `${rdn},${this.dnOf(above)}`;
  }

  #unchanged(number: number): Patch {
    return blank(this.company.object(number), firstUsn + number);
  }

  /** Where in the journal the first change after a USN stands. */
  #journalFrom(usn: number): number {
    let [low, high] = [0, this.#journal.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#journal[middle]?.usn ?? 0) > usn) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const blank = (origin: GeneratedObject, usn: number): Patch => ({
  ...{ origin, rdn: origin.rdn, above: origin.above, isDeleted: false },
  ...{ createdUsn: usn, placedUsn: usn, changedUsn: usn },
  attributes: new Map(),
  members: new Map(),
});
