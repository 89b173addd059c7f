/**
 * Random rounds of a company's life, made from a seed: what happens to mails, accounts that expire and exclusions, besides
 * whatever else happens to a directory; and what people do at LastPass by hand.
 */
import { mailOf, ous } from '../acceptance/company.ts';
import type { DirectoryModel, Id, Operation, Person } from '../acceptance/directory-model.ts';
import { usernameOf } from '../acceptance/oracle.ts';
import type { Random } from '../acceptance/random.ts';
import { type Deed, type KnownCompany, RandomOperations } from '../acceptance/random-operations.ts';
import { admins, innerAdmins } from './change-log-company.ts';
import { corp, type Domain, idIn, modelOf, operationsIn } from './domains.ts';
import type { ExpectedAccount, HandOperation } from './expected-tenant.ts';
import type { SettledOracle } from './settled-oracle.ts';

/** Names at LastPass that AD has, has had, or never has. */
const groupNames = ['Staff', 'engineering', 'Sales', 'Apollo', 'Empty', 'Mercury', 'Shared Finance', 'Theirs'];

export interface RandomRoundsOptions {
  readonly oracle: SettledOracle;
  /** Everything that happened in the directory until now. */
  readonly operations: readonly Operation[];
  readonly random: Random;
  /** Where all this happens in the directory: its operations are in its own names. Default: the first, which all is where there is one. */
  readonly domain?: Domain;
}

/** The company as far as one domain knows it. */
class OwnDomain implements KnownCompany {
  readonly #options: Required<Omit<RandomRoundsOptions, 'random'>>;
  /** The domain by itself, as it was when it was looked at last. */
  directory: DirectoryModel;

  constructor(options: Required<Omit<RandomRoundsOptions, 'random'>>) {
    this.#options = options;
    this.directory = modelOf(options.domain, options.oracle.directory);
  }

  look(): void {
    this.directory = modelOf(this.#options.domain, this.#options.oracle.directory);
  }

  get operations(): Operation[] {
    return operationsIn(this.#options.domain, this.#options.operations);
  }

  isSurelyLinked(username: string): boolean {
    return this.#options.oracle.isSurelyLinked(username);
  }
}

export class RandomRounds {
  readonly #oracle: SettledOracle;
  readonly #random: Random;
  readonly #domain: Domain;
  readonly #own: OwnDomain;
  readonly #others: RandomOperations;
  #made = 0;

  constructor(options: RandomRoundsOptions) {
    this.#oracle = options.oracle;
    this.#random = options.random;
    this.#domain = options.domain ?? corp;
    this.#own = new OwnDomain({ ...options, domain: this.#domain });
    this.#others = new RandomOperations(this.#own, this.#random);
  }

  /** The next thing that somebody does in the directory; it must be noted before the next is asked for. */
  deed(): Deed {
    this.#own.look();
    for (;;) {
      const deed = this.#random.chance(0.5) ? this.#others.next() : this.#random.weighted(this.#deeds)();
      if (deed && !deed.some((operation) => this.#isTooMuch(operation))) return deed;
    }
  }

  /** The excluded groups stay; and groups of people don't come into them: too few would be left in scope. */
  #isTooMuch(operation: Operation): boolean {
    if (operation.kind === 'delete-group') return [admins, innerAdmins].includes(operation.group);
    if (operation.kind !== 'add-member' || ![admins, innerAdmins].includes(operation.group)) return false;
    return this.#own.directory.groups.has(operation.member);
  }

  readonly #deeds: readonly (readonly [number, () => Deed | null])[] = [
    [6, () => this.#mail((person) => `${person.id}-${++this.#made}@example.test`)],
    [3, () => this.#mail((person) => this.#formerMail(person))],
    [2, () => this.#mail(() => null)],
    [4, () => this.#mail(() => this.#othersMail())],
    [2, () => this.#swap()],
    [3, () => this.#ofPerson('expire', ({ expired }) => !expired)],
    [3, () => this.#ofPerson('unexpire', ({ expired }) => expired)],
    [2, () => this.#renameAccount()],
    [2, () => this.#becomeAdmin()],
    [4, () => this.#return()],
    [2, () => this.#ownGroup()],
  ];

  /** Of something at LastPass, where both domains are one. */
  #newName(): string {
    return `${this.#domain === corp ? '' : `${this.#domain.directory}-`}${++this.#made}`;
  }

  #person(which: (person: Person) => boolean = () => true): Person | undefined {
    return this.#random.pick(this.#own.directory.livePeople().filter(which));
  }

  #mail(choose: (person: Person) => string | null | undefined): Deed | null {
    const person = this.#person();
    const mail = person && choose(person);
    if (!person || mail === undefined || mail === person.mail) return null;
    return [{ kind: 'modify', person: person.id, mail: this.#random.chance(0.2) && mail ? mail.toUpperCase() : mail }];
  }

  #mailsOf(which: (person: Id) => boolean): string[] {
    return this.#own.operations.flatMap((operation) =>
      'person' in operation && 'mail' in operation && operation.mail && which(operation.person) ? [operation.mail] : [],
    );
  }

  #formerMail({ id }: Person): string | undefined {
    return this.#random.pick(this.#mailsOf((person) => person === id));
  }

  /** An address that somebody has, or somebody who is gone had. */
  #othersMail(): string | undefined {
    return this.#random.pick(this.#mailsOf(() => true));
  }

  #swap(): Deed | null {
    const [one, other] = [this.#person(), this.#person()];
    if (!one || !other || one === other) return null;
    return [
      { kind: 'modify', person: one.id, mail: other.mail },
      { kind: 'modify', person: other.id, mail: one.mail },
    ];
  }

  #ofPerson(kind: 'expire' | 'unexpire', which: (person: Person) => boolean): Deed | null {
    const person = this.#person(which);
    return person ? [{ kind, person: person.id }] : null;
  }

  #renameAccount(): Deed | null {
    const person = this.#person();
    if (!person) return null;
    const sam = `${this.#random.chance(0.6) ? 'svc-' : ''}${person.id}`;
    return [{ kind: 'rename-account', person: person.id, sam }];
  }

  #becomeAdmin(): Deed | null {
    const person = this.#person();
    const { groups } = this.#own.directory;
    if (!person || groups.get(innerAdmins)?.members.has(person.id)) return null;
    return [{ kind: 'add-member', group: innerAdmins, member: person.id }];
  }

  /** AD comes to have a group of a name that some have at LastPass. */
  #ownGroup(): Deed | null {
    const cn = this.#random.pick(groupNames) ?? 'Theirs';
    const names = [...this.#own.directory.groups.values()].map((group) => group.cn.toLowerCase());
    if (names.includes(cn.toLowerCase())) return null;
    return [{ kind: 'create-group', group: `own-${++this.#made}`, cn, ou: ous.groups }];
  }

  /** Somebody who is out of scope is put right again. */
  #return(): Deed | null {
    const { groups, ous: all } = this.#own.directory;
    const person = this.#person(
      ({ id, sam }) => sam?.startsWith('svc-') || groups.get(innerAdmins)?.members.has(id) || false,
    );
    if (!person) return null;
    const isAdmin = groups.get(innerAdmins)?.members.has(person.id);
    return [
      ...(person.sam?.startsWith('svc-')
        ? [{ kind: 'rename-account', person: person.id, sam: person.id } as const]
        : []),
      ...(isAdmin ? [{ kind: 'remove-member', group: innerAdmins, member: person.id } as const] : []),
      ...(all.has(ous.people) && person.ou !== ous.people
        ? [{ kind: 'move', person: person.id, ou: ous.people } as const]
        : []),
    ];
  }

  /** What is done at LastPass by hand, at most one thing for each account. */
  byHand(): HandOperation[] {
    const linked = [...this.#oracle.linked().values()];
    const operations = linked.flatMap((account) => (this.#random.chance(0.2) ? this.#on(account) : []));
    const waiting = linked.filter(({ pending, disabled }) => pending !== null && !disabled);
    for (const { username } of waiting)
      if (this.#random.chance(0.5) && !operations.some((each) => each.username === username))
        operations.push({ kind: 'log-in', username });
    if (this.#random.chance(0.7)) operations.push(...this.#add());
    const taken = new Set<string>();
    return operations.filter((operation) => {
      const names = [operation.username, ...('to' in operation ? [operation.to] : [])];
      if (operation.kind === 'log-in') names.push(this.#oracle.tenant.find(operation.username)?.pending ?? '');
      const isFree = names.every((name) => !taken.has(name));
      for (const name of names) taken.add(name);
      return isFree;
    });
  }

  #on({ username, fullname, disabled, groups, invited }: ExpectedAccount): HandOperation[] {
    if (invited) return this.#random.chance(0.5) ? [{ kind: 'log-in', username }] : [];
    const group = this.#random.pick(groupNames) ?? 'Staff';
    const isIn = groups.has(group.toLowerCase());
    return [
      this.#random.weighted<HandOperation>([
        [3, { kind: disabled ? 'hand-enable' : 'hand-disable', username }],
        [2, { kind: 'hand-rename', username, fullname: `${fullname} by hand` }],
        [4, { kind: isIn ? 'hand-leave' : 'hand-join', username, group }],
        [2, { kind: 'hand-delete', username }],
        [1, { kind: 'hand-readdress', username, to: `hand-${this.#newName()}@example.test` }],
      ]),
    ];
  }

  /** A new account: a stranger's, that of somebody in the directory who has none, or one in place of one that was deleted. */
  #add(): HandOperation[] {
    this.#own.look();
    const isFree = (person: Person) => this.#oracle.tenant.find(usernameOf(person) ?? '') === undefined;
    const people = this.#own.directory.livePeople().filter(isFree);
    const aside = this.#oracle.aside();
    const bereft = people.filter(({ id }) => aside.get(idIn(this.#domain, id)) === 'drift');
    const whose = this.#random.weighted([
      [4, this.#random.pick(bereft)],
      [4, this.#random.pick(people)],
      [4, undefined],
    ] as const);
    const username = (whose && usernameOf(whose)) ?? mailOf(`stranger-${this.#newName()}`);
    const groups = groupNames.filter(() => this.#random.chance(0.2));
    const disabled = this.#random.chance(0.3);
    return [{ kind: 'hand-add', username, fullname: `Made by hand ${++this.#made}`, groups, disabled }];
  }
}
