/**
 * The life of a company with two domains: in each whatever happens in one, and people who move from one to the other. They have the same mail
 * in both, and are a new object where they arrive; which they may do before they leave, or after.
 */
import { fixed, founding, mailOf, ous, personId } from '../acceptance/company.ts';
import type { Id, Operation, Person } from '../acceptance/directory-model.ts';
import { usernameOf } from '../acceptance/oracle.ts';
import type { Deed } from '../acceptance/random-operations.ts';
import { excluded, innerAdmins } from './change-log-company.ts';
import { type Domain, domainOf, inDomain, modelOf, otherThan } from './domains.ts';
import { RandomRounds, type RandomRoundsOptions } from './random-rounds.ts';

/** Of those whom the second domain begins with, so many have the mail of somebody of the first: every third. */
const sharedEvery = 3;
const sharedFrom = new Set(['off', 'away', 'off-with-account', 'stopped']);

/** A mail of the first domain, as the second has it for people of its own. */
const ownMail = (mail: string): string => mail.replace(/@(example)\.test$/i, '@labs.test');

/** What the second domain begins with, in its own names. @param people how many ordinary ones */
export function secondFounding(people: number): Operation[] {
  const shared = new Set([
    ...sharedFrom,
    ...Array.from({ length: people }, (_, index) => personId(index * sharedEvery)),
  ]);
  return [...founding(people), ...excluded].map((operation) =>
    operation.kind === 'create-person' && operation.mail && !shared.has(operation.person)
      ? { ...operation, mail: ownMail(operation.mail) }
      : operation,
  );
}

/** How likely the next deed in a domain is that somebody moves, and that somebody new there has a mail of the domain's own. */
const [moveChance, ownMailChance] = [0.3, 0.7];

export class LifeInDomain {
  readonly #options: RandomRoundsOptions & { readonly domain: Domain };
  readonly #rounds: RandomRounds;
  #moved = 0;

  constructor(options: RandomRoundsOptions & { readonly domain: Domain }) {
    this.#options = options;
    this.#rounds = new RandomRounds(options);
  }

  /** The next thing that somebody does in the domain; it must be noted before the next is asked for. */
  deed(): Deed {
    const { random, domain } = this.#options;
    const moved = random.chance(moveChance) ? this.#move() : null;
    const deed = moved ?? this.#rounds.deed().map((operation) => this.#ownMail(operation));
    return deed.map((operation) => inDomain(domain, operation));
  }

  /** What is done at LastPass by hand. */
  byHand() {
    return this.#rounds.byHand();
  }

  #ownMail(operation: Operation): Operation {
    const { random, domain } = this.#options;
    if (domain.mark === '' || operation.kind !== 'create-person' || !operation.person.startsWith('n')) return operation;
    if (!operation.mail || !random.chance(ownMailChance)) return operation;
    return { ...operation, mail: ownMail(operation.mail) };
  }

  #move(): Deed | null {
    return this.#options.random.chance(0.5) ? this.#arrive() : this.#depart();
  }

  #live(domain: Domain): Person[] {
    return modelOf(domain, this.#options.oracle.directory).livePeople();
  }

  /** The mails of the other domain's people, and of those who have left it: whom this one may get. */
  #mailsElsewhere(): string[] {
    const { operations, domain } = this.#options;
    const here = new Set(this.#live(domain).map(usernameOf));
    const elsewhere = this.#live(otherThan(domain)).flatMap((person) => usernameOf(person) ?? []);
    const former = operations.flatMap((operation) =>
      'person' in operation && 'mail' in operation && operation.mail && domainOf(operation.person) !== domain
        ? [operation.mail.toLowerCase()]
        : [],
    );
    const all = this.#options.random.chance(0.6) ? elsewhere : former;
    return all.filter((mail) => /^[^@\s]+@[^@\s]+\.test$/.test(mail) && !here.has(mail));
  }

  #arrive(): Deed | null {
    const { random, oracle, domain } = this.#options;
    const mail = random.pick(this.#mailsElsewhere());
    if (mail === undefined) return null;
    const person = `m${++this.#moved}`;
    const { groups } = modelOf(domain, oracle.directory);
    const joined = new Set<Id>(['g-staff', ...(random.chance(0.5) ? [random.pick(groups.keys()) ?? 'g-staff'] : [])]);
    const ou = random.pick([ous.people, ous.people, ous.berlin, ous.elsewhere]) ?? ous.people;
    return [
      {
        ...{ kind: 'create-person', person, cn: `Moved ${this.#moved}`, ou, mail },
        displayName: `Moved to ${domain.directory} ${this.#moved}`,
        disabled: random.chance(0.2),
      },
      ...[...joined].map((group): Operation => ({ kind: 'add-member', group, member: person })),
    ];
  }

  /** Somebody who is in both goes here; or comes back to work. */
  #depart(): Deed | null {
    const { random, oracle, domain } = this.#options;
    const elsewhere = new Set(this.#live(otherThan(domain)).map(usernameOf));
    const inBoth = this.#live(domain).filter(
      (each) => !fixed.has(each.id) && usernameOf(each) !== null && elsewhere.has(usernameOf(each)),
    );
    const who = random.pick(inBoth);
    if (who === undefined) return null;
    const person = who.id;
    const { groups } = modelOf(domain, oracle.directory);
    const isAdmin = groups.get(innerAdmins)?.members.has(person);
    const ways: [number, Operation[]][] = [
      [5, [{ kind: 'delete', person }]],
      [3, [{ kind: who.disabled ? 'enable' : 'disable', person }]],
      [2, [{ kind: who.expired ? 'unexpire' : 'expire', person }]],
      [3, [{ kind: 'move', person, ou: who.ou === ous.elsewhere ? ous.people : ous.elsewhere }]],
      [2, [{ kind: isAdmin ? 'remove-member' : 'add-member', group: innerAdmins, member: person }]],
      [2, [{ kind: 'modify', person, mail: mailOf(`${domain.directory}-${person}-${++this.#moved}`) }]],
    ];
    return random.weighted(ways);
  }
}
