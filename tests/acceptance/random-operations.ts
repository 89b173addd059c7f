/** Random operations on a directory, made from a seed: the same seed and the same directory give the same operations. */
import { fixed, mailOf, ous } from './company.ts';
import { type DirectoryModel, type Group, type Id, known, type Operation, type Person } from './directory-model.ts';
import { usernameOf } from './oracle.ts';
import type { Random } from './random.ts';

/** One thing that an administrator does: an operation, or a few that belong together. */
export type Deed = readonly Operation[];

/** What is known of the company: an oracle. */
export interface KnownCompany {
  readonly directory: DirectoryModel;
  /** All of them, in their order. */
  readonly operations: readonly Operation[];
  /** Whether an address surely has a linked account. */
  isSurelyLinked(username: string): boolean;
}

const groupCns = ['Mercury', 'Vostok', 'Soyuz', 'Sojus+1', 'R&D "Lab"', 'Sales', 'engineering'];

export class RandomOperations {
  readonly #oracle: KnownCompany;
  readonly #random: Random;
  #made = 0;

  constructor(oracle: KnownCompany, random: Random) {
    this.#oracle = oracle;
    this.#random = random;
  }

  /** The next deed; whoever gets it must carry it out before asking for another. */
  next(): Deed {
    for (;;) {
      const deed = this.#random.weighted(this.#deeds)();
      if (deed && deed.length > 0) return deed;
    }
  }

  readonly #deeds: readonly (readonly [number, () => Deed | null])[] = [
    [10, () => this.#hire()],
    [10, () => this.#rename()],
    [4, () => this.#renameCn()],
    [8, () => this.#move()],
    [5, () => this.#moveOu()],
    [5, () => this.#renameOu()],
    [2, () => this.#createOu()],
    [1, () => this.#deleteTree()],
    [24, () => this.#join()],
    [16, () => this.#leave()],
    [2, () => this.#createGroup()],
    [1, () => this.#deleteGroup()],
    [8, () => this.#ofPerson('disable', ({ disabled }) => !disabled)],
    [9, () => this.#ofPerson('enable', ({ disabled }) => disabled)],
    [7, () => this.#ofPerson('delete', () => true)],
    [3, () => this.#deleteAndRecreate()],
    [3, () => this.#recreate()],
    [6, () => this.#restore()],
    [2, () => this.#giveMail()],
    [1, () => this.#twin()],
  ];

  get #directory(): DirectoryModel {
    return this.#oracle.directory;
  }

  #newId(prefix: string): string {
    return `${prefix}${++this.#made}`;
  }

  #people(): Person[] {
    return this.#directory.livePeople().filter(({ id }) => !fixed.has(id));
  }

  /** Any OU, but mostly one where people are synced. */
  #ou(): Id {
    const all = [...this.#directory.ous.keys()];
    const bases = all.filter((ou) => this.#directory.isUnder(ou, [ous.people, ous.berlin]));
    return this.#random.pick(this.#random.chance(0.6) ? bases : all) ?? ous.people;
  }

  /** A cn that is new, now and then with what DNs must escape. */
  #cn(): string {
    const cn = this.#newId('Colleague ');
    return this.#random.pick([cn, cn, `${cn}, Dr.`, `#${cn}`, `Ä ${cn} "+" \\ <x>;=`]) ?? cn;
  }

  #hire(): Deed {
    const person = this.#newId('n');
    const mail = this.#random.weighted([
      [16, mailOf(person)],
      [2, mailOf(person).toUpperCase()],
      [1, null],
      [1, 'nobody(at)example.test'],
    ]);
    return this.#creation(person, mail);
  }

  /** A new person, mostly with a group to begin with. */
  #creation(person: Id, mail: string | null): Deed {
    const named = this.#random.pick([{ displayName: `New ${person}` }, { givenName: 'Newly', sn: person }, {}]);
    const disabled = this.#random.chance(0.1);
    const created: Operation = {
      kind: 'create-person',
      person,
      cn: this.#cn(),
      ou: this.#ou(),
      mail,
      disabled,
      ...named,
    };
    const group = this.#random.chance(0.8) ? this.#random.pick(this.#directory.groups.values()) : undefined;
    return [created, ...(group ? [{ kind: 'add-member', group: group.id, member: person } as const] : [])];
  }

  #rename(): Deed | null {
    const person = this.#random.pick(this.#people());
    const displayName = this.#random.chance(0.1) ? null : this.#newId('Called ');
    return person && person.displayName !== displayName ? [{ kind: 'modify', person: person.id, displayName }] : null;
  }

  #renameCn(): Deed | null {
    const person = this.#random.pick(this.#people());
    return person ? [{ kind: 'rename-cn', person: person.id, cn: this.#cn() }] : null;
  }

  #move(): Deed | null {
    const person = this.#random.pick(this.#people());
    const ou = this.#ou();
    return person && person.ou !== ou ? [{ kind: 'move', person: person.id, ou }] : null;
  }

  #changeableOu(): Id | undefined {
    return this.#random.pick([...this.#directory.ous.keys()].filter((ou) => !fixed.has(ou)));
  }

  #moveOu(): Deed | null {
    const ou = this.#changeableOu();
    const above = this.#ou();
    if (ou === undefined || this.#directory.isUnder(above, [ou]) || this.#directory.ous.get(ou) === above) return null;
    return [{ kind: 'move-ou', ou, above }];
  }

  #renameOu(): Deed | null {
    const ou = this.#changeableOu();
    return ou === undefined ? null : [{ kind: 'rename-ou', ou, name: this.#newId('Unit, ') }];
  }

  #createOu(): Deed {
    return [{ kind: 'create-ou', ou: this.#newId('ou'), name: this.#newId('Unit '), above: this.#ou() }];
  }

  /** An OU with all below it, unless something fixed is there. */
  #deleteTree(): Deed | null {
    const ou = this.#changeableOu();
    if (ou === undefined) return null;
    const below = (each: { ou: Id }) => this.#directory.isUnder(each.ou, [ou]);
    const fixedBelow = [...this.#directory.livePeople(), ...this.#directory.groups.values()].some(
      (each) => fixed.has(each.id) && below(each),
    );
    const all = this.#directory.livePeople().filter(below).length;
    return fixedBelow || all > 8 ? null : [{ kind: 'delete-tree', ou }];
  }

  #join(): Deed | null {
    const group = this.#random.pick(this.#directory.groups.values());
    const isGroup = this.#random.chance(0.15);
    const candidates: Iterable<{ id: Id }> = isGroup ? this.#directory.groups.values() : this.#people();
    const member = this.#random.pick(candidates);
    if (!group || !member || member === group || group.members.has(member.id)) return null;
    return [{ kind: 'add-member', group: group.id, member: member.id }];
  }

  #leave(): Deed | null {
    const group = this.#random.pick([...this.#directory.groups.values()].filter(({ members }) => members.size > 0));
    const candidates = [...(group?.members ?? [])].filter((id) => !fixed.has(id));
    const groups = candidates.filter((id) => this.#directory.groups.has(id));
    const member = this.#random.pick(groups.length > 0 && this.#random.chance(0.3) ? groups : candidates);
    return group && member !== undefined ? [{ kind: 'remove-member', group: group.id, member }] : null;
  }

  #createGroup(): Deed | null {
    const cn = this.#random.pick(groupCns) ?? 'Mercury';
    const ou = this.#ou();
    const same = (each: Group) => each.ou === ou && each.cn.toLowerCase() === cn.toLowerCase();
    if ([...this.#directory.groups.values()].some(same)) return null;
    return [{ kind: 'create-group', group: this.#newId('g'), cn, ou }];
  }

  #deleteGroup(): Deed | null {
    const group = this.#random.pick([...this.#directory.groups.keys()].filter((id) => !fixed.has(id)));
    return group === undefined ? null : [{ kind: 'delete-group', group }];
  }

  #ofPerson(kind: 'disable' | 'enable' | 'delete', which: (person: Person) => boolean): Deed | null {
    const person = this.#random.pick(this.#people().filter(which));
    return person ? [{ kind, person: person.id }] : null;
  }

  #deleteAndRecreate(): Deed | null {
    const person = this.#random.pick(this.#people().filter((each) => usernameOf(each) !== null));
    const mail = person?.mail;
    if (!person || !mail) return null;
    return [{ kind: 'delete', person: person.id }, ...this.#creation(this.#newId('r'), mail)];
  }

  /** The addresses of deleted people that nobody has now, with who had it last. */
  #freeAddresses(): [Id, string][] {
    const taken = new Set(this.#directory.livePeople().map(usernameOf));
    const last = new Map<string, Id>();
    for (const operation of this.#oracle.operations) {
      if (!('person' in operation) || !('mail' in operation) || !operation.mail) continue;
      last.set(operation.mail.toLowerCase(), operation.person);
    }
    return [...last]
      .filter(([mail, id]) => !taken.has(mail) && known(this.#directory.people, id).deleted)
      .map(([mail, id]) => [id, mail]);
  }

  #recreate(): Deed | null {
    const [, mail] = this.#random.pick(this.#freeAddresses()) ?? [];
    return mail === undefined ? null : this.#creation(this.#newId('r'), mail);
  }

  /** Comes back without mail, names and groups, as AD without a recycle bin has it; the first two are mended at once. */
  #restore(): Deed | null {
    const [person, mail] = this.#random.pick(this.#freeAddresses()) ?? [];
    if (person === undefined || mail === undefined || fixed.has(person)) return null;
    const group = this.#random.chance(0.7) ? this.#random.pick(this.#directory.groups.values()) : undefined;
    return [
      { kind: 'restore', person, cn: this.#cn(), ou: this.#ou() },
      { kind: 'modify', person, mail, displayName: this.#newId('Back ') },
      ...(group ? [{ kind: 'add-member', group: group.id, member: person } as const] : []),
    ];
  }

  /** A first mail; another one for somebody who has an account is a matter of its own. */
  #giveMail(): Deed | null {
    const person = this.#random.pick(this.#people().filter(({ mail }) => mail === null));
    return person ? [{ kind: 'modify', person: person.id, mail: mailOf(person.id) }] : null;
  }

  /** Somebody new with the mail of a person whose account is linked: waits until that one goes. */
  #twin(): Deed | null {
    const linked = this.#people().filter((each) => this.#oracle.isSurelyLinked(usernameOf(each) ?? ''));
    const person = this.#random.pick(linked);
    return person?.mail ? this.#creation(this.#newId('t'), person.mail) : null;
  }
}
