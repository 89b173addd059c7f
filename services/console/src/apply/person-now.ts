/** What is true, and what is planned, of people whom a plan file names. */
import { type Account, account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import {
  isLinkedTo,
  type Link,
  link,
  type Plan,
  plan,
  type SetAside,
  type Step,
  setAside,
} from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { WaitingList } from '../held/held-people.ts';

export interface PersonNow {
  readonly plan: Plan | null;
  /** The list on which they wait for a word. */
  readonly list: WaitingList | null;
  readonly link: Link | null;
  /** The linked account; `null` without any. */
  readonly account: Account | null;
  /** Nobody is linked to the account that has the name in the file. */
  readonly isStray: boolean;
  readonly setAside: SetAside | null;
}

/** Of somebody nothing is known about. */
const unknown: PersonNow = { plan: null, list: null, link: null, account: null, isStray: false, setAside: null };

/** So many people are read at once. */
const atOnce = 500;

export interface Named {
  readonly person: PersonKey;
  readonly username: string;
}

/** Reads what is known of these people, plans before what they come to: what was delivered meanwhile is so, not gone. */
export async function readPeopleNow(state: State, people: readonly Named[]): Promise<Map<PersonKey, PersonNow>> {
  const lists = await readLists(state);
  const found = new Map<PersonKey, PersonNow>();
  for (let from = 0; from < people.length; from += atOnce)
    for (const [person, now] of await readSome(state, people.slice(from, from + atOnce), lists)) found.set(person, now);
  return found;
}

export const nowOf = (people: ReadonlyMap<PersonKey, PersonNow>, person: PersonKey): PersonNow =>
  people.get(person) ?? unknown;

async function readLists({ redis, keys }: State): Promise<Map<PersonKey, WaitingList>> {
  const lists = ['held', 'pending', 'rejected'] as const;
  const people = await Promise.all(lists.map((list) => redis.zrange(keys[list], '0', '-1')));
  return new Map(lists.flatMap((list, index) => (people[index] ?? []).map((person) => [person, list] as const)));
}

async function readSome(
  { redis, keys }: State,
  people: readonly Named[],
  lists: ReadonlyMap<PersonKey, WaitingList>,
): Promise<[PersonKey, PersonNow][]> {
  const persons = people.map(({ person }) => person);
  const plans = await redis.hmget(keys.plans, ...persons);
  const [links = [], asides = []] = await Promise.all(
    [keys.links, keys.setAside].map((key) => redis.hmget(key, ...persons)),
  );
  const linkOf = links.map((raw) => parseStored(link, keys.links, raw).value);
  const usernames = people.map(({ username }, index) => linkOf[index]?.username ?? username);
  const [accounts = [], holders = []] = await Promise.all(
    [keys.accounts, keys.linked].map((key) => redis.hmget(key, ...usernames)),
  );
  return people.map(({ person }, index) => {
    const named = parseStored(account, keys.accounts, accounts[index] ?? null).value;
    const linked = linkOf[index] ?? null;
    return [
      person,
      {
        plan: parseStored(plan, keys.plans, plans[index] ?? null).value,
        list: lists.get(person) ?? null,
        link: linked,
        account: linked !== null && named !== null && isLinkedTo(linked, named) ? named : null,
        isStray: named !== null && holders[index] == null,
        setAside: parseStored(setAside, keys.setAside, asides[index] ?? null).value,
      },
    ];
  });
}

/** Whether what a step makes true is so. */
export function isSo(step: Step, { link: linked, account: current, isStray }: PersonNow): boolean {
  switch (step.kind) {
    case 'create':
      return current !== null;
    case 'withdraw':
    case 'remove':
    case 'delete':
      return current === null && !isStray;
    case 'change-email':
      return linked?.changingTo === step.to || current?.username === step.to;
    case 'federate':
      return linked?.federated !== undefined;
    case 'rename':
      return current?.fullname === step.fullname;
    case 'enable':
      return current?.disabled === false;
    case 'disable':
      return current?.disabled === true;
    case 'join-groups':
      return current !== null && step.groups.every((name) => isIn(name, current));
    case 'leave-groups':
      return current !== null && !step.groups.some((name) => isIn(name, current));
  }
}

const isIn = (name: string, { groups }: Account): boolean => groups.some((group) => folded(group) === folded(name));
