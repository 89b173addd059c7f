/**
 * Journeys of people through the states that the rules tell apart: at work, disabled, out of scope, deleted. Every journey of
 * two moves, and back to work, is somebody's, from each beginning. How it is done differs from person to person, by the seed:
 * disabled or expired, out of the filter or the bases or excluded, deleted and made anew or restored, with the state before or
 * without it.
 */
import { ous } from '../acceptance/company.ts';
import type { Id, Operation } from '../acceptance/directory-model.ts';
import type { Random } from '../acceptance/random.ts';
import { innerAdmins } from './change-log-company.ts';

const states = ['at work', 'disabled', 'left', 'deleted'] as const;
export type State = (typeof states)[number];

export interface Journey {
  readonly person: Id;
  readonly stops: readonly State[];
  /** There is an account with the person's address before. */
  readonly hasAccount: boolean;
}

const beginnings = [
  { from: 'at work', hasAccount: false },
  { from: 'disabled', hasAccount: false },
  { from: 'at work', hasAccount: true },
  { from: 'disabled', hasAccount: true },
  { from: 'left', hasAccount: true },
] as const;

/** What one leaves behind, what the next makes of it; then everybody comes back. */
const moves = 2;

function paths(from: State, length: number): State[][] {
  if (length === 0) return [[from]];
  return states.filter((to) => to !== from).flatMap((to) => paths(to, length - 1).map((rest) => [from, ...rest]));
}

const journeys: readonly Journey[] = beginnings
  .flatMap(({ from, hasAccount }) => paths(from, moves).map((stops) => ({ stops, hasAccount })))
  .map(({ stops, hasAccount }, index) => ({ person: `j${index}`, stops: [...stops, 'at work'], hasAccount }));

const addressOf = (person: Id): string => `${person}@example.test`;

/** The accounts that are there before; some are disabled by an administrator, some in groups. */
export const accountsBefore = journeys
  .filter(({ hasAccount }) => hasAccount)
  .map(({ person }, index) => ({
    username: addressOf(person),
    fullname: `Old ${person}`,
    disabled: index % 4 === 3,
    groups: [['Sales', 'Theirs'], [], ['Staff'], ['Empty']][index % 4],
  }));

/** How somebody is out of scope. */
type Exit = 'filter' | 'bases' | 'account name' | 'excluded group';
const exits: readonly Exit[] = ['filter', 'bases', 'account name', 'excluded group'];

/** One person on the way. */
class Traveller {
  readonly #journey: Journey;
  readonly #random: Random;
  #id: Id;
  #lives = 1;
  /** The group by which they are in the filter. */
  #entry: Id = 'g-staff';
  #disabled: 'disable' | 'expire' | null = null;
  #exit: Exit | null = null;

  constructor(journey: Journey, random: Random) {
    this.#journey = journey;
    this.#random = random;
    this.#id = journey.person;
  }

  /** Everything that brings them to a stop. */
  to(stop: number): Operation[] {
    const [before, now] = [this.#journey.stops[stop - 1], this.#journey.stops[stop]];
    const arrival = before === undefined ? this.#begin() : before === 'deleted' ? this.#comeBack() : [];
    if (now === 'deleted') return [...arrival, { kind: 'delete', person: this.#id }];
    const staysDisabled = now === 'disabled' || (now === 'left' && this.#random.chance(0.8));
    return [
      ...arrival,
      ...(staysDisabled ? [] : this.#enable()),
      ...(now === 'disabled' ? this.#disable() : []),
      ...(now === 'left' ? this.#leave() : this.#return()),
    ];
  }

  /** One of them, by chance. */
  #one<T>(first: T, ...others: T[]): T {
    return this.#random.pick([first, ...others]) ?? first;
  }

  #begin(): Operation[] {
    const mail = addressOf(this.#journey.person);
    return [
      {
        kind: 'create-person',
        person: this.#id,
        cn: this.#one(`Traveller ${this.#id}`, `Traveller, ${this.#id}`),
        ou: ous.people,
        mail: this.#one(mail, mail.toUpperCase()),
        ...this.#one({ displayName: `The ${this.#id}` }, { givenName: 'Tra', sn: this.#id }, {}),
      },
      ...this.#join(),
    ];
  }

  #join(): Operation[] {
    this.#entry = this.#one('g-staff', 'g-partners', 'g-engineering');
    return [this.#entry, ...this.#one([], ['g-apollo'])].map((group) => this.#member('add-member', group));
  }

  #member(kind: 'add-member' | 'remove-member', group: Id): Operation {
    return { kind, group, member: this.#id };
  }

  /** Made anew by an administrator, or restored: then without mail, names and groups, as AD without a recycle bin has it. */
  #comeBack(): Operation[] {
    if (this.#random.chance(0.5)) {
      this.#id = `${this.#journey.person}-${++this.#lives}`;
      this.#disabled = this.#exit = null;
      return this.#begin();
    }
    if (this.#exit !== 'account name') this.#exit = null;
    const cn = `Back ${this.#id} ${++this.#lives}`;
    return [
      { kind: 'restore', person: this.#id, cn, ou: ous.people },
      { kind: 'modify', person: this.#id, mail: addressOf(this.#journey.person), displayName: cn },
      ...this.#join(),
    ];
  }

  #disable(): Operation[] {
    if (this.#disabled !== null) return [];
    this.#disabled = this.#one('disable', 'expire');
    return [{ kind: this.#disabled, person: this.#id }];
  }

  #enable(): Operation[] {
    const was = this.#disabled;
    this.#disabled = null;
    return was === null ? [] : [{ kind: was === 'disable' ? 'enable' : 'unexpire', person: this.#id }];
  }

  #leave(): Operation[] {
    if (this.#exit !== null) return [];
    this.#exit = this.#random.pick(exits) ?? 'filter';
    return this.#through(this.#exit, { isLeaving: true });
  }

  #return(): Operation[] {
    const by = this.#exit;
    this.#exit = null;
    return by === null ? [] : this.#through(by, { isLeaving: false });
  }

  #through(exit: Exit, { isLeaving }: { isLeaving: boolean }): Operation[] {
    const person = this.#id;
    switch (exit) {
      case 'filter':
        return [this.#member(isLeaving ? 'remove-member' : 'add-member', this.#entry)];
      case 'bases':
        return [{ kind: 'move', person, ou: isLeaving ? ous.elsewhere : ous.people }];
      case 'account name':
        return [{ kind: 'rename-account', person, sam: isLeaving ? `svc-${person}` : person }];
      case 'excluded group':
        return [this.#member(isLeaving ? 'add-member' : 'remove-member', innerAdmins)];
    }
  }
}

/** Everybody's operations, stop by stop. */
export function stopsOf(random: Random): Operation[][] {
  const travellers = journeys.map((journey) => new Traveller(journey, random));
  return Array.from({ length: moves + 2 }, (_, stop) => travellers.flatMap((traveller) => traveller.to(stop)));
}
