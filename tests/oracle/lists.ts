/** The connector's lists of people, held against what the oracle says of them. */
import type { PersonKey } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';
import { readAside } from '../../services/console/src/aside/aside-people.ts';
import type { Id } from '../acceptance/directory-model.ts';
import type { SettledOracle } from './settled-oracle.ts';

export interface ComparedLists {
  readonly store: Store;
  readonly oracle: SettledOracle;
  /** The key of somebody. */
  readonly keyOf: (id: Id) => PersonKey;
}

/** Every difference as a line that begins with the test's name of somebody: who is pending, rejected or set aside. */
export async function differencesOfLists(lists: ComparedLists): Promise<string[]> {
  const waiting = await Promise.all((['pending', 'rejected'] as const).map((list) => differencesOfList(lists, list)));
  return [...waiting.flat(), ...(await differencesOfAside(lists))];
}

async function differencesOfList(lists: ComparedLists, list: 'pending' | 'rejected'): Promise<string[]> {
  const { redis, keys } = lists.store;
  const is = new Set(await redis.zrange(keys[list], '0', '-1'));
  const should = new Map(lists.oracle[list]().map((id) => [keyOf(lists, id), id]));
  return [
    ...[...should].filter(([key]) => !is.has(key)).map(([, id]) => `${id}: should be ${list}`),
    ...[...is].filter((key) => !should.has(key)).map((key) => `${idOf(lists, key)}: shouldn't be ${list}`),
  ];
}

async function differencesOfAside(lists: ComparedLists): Promise<string[]> {
  const is = new Map((await readAside(lists.store)).map((person) => [person.person, person]));
  const should = new Map([...lists.oracle.aside()].map(([id, kind]) => [keyOf(lists, id), { id, kind }]));
  return [
    ...[...should]
      .filter(([key, { kind }]) => is.get(key)?.kind !== kind)
      .map(([key, { id, kind }]) => `${id}: should be set aside as ${kind}, is ${is.get(key)?.reason ?? 'not'}`),
    ...[...is]
      .filter(([key]) => !should.has(key))
      .map(([key, { reason }]) => `${idOf(lists, key)}: shouldn't be set aside: ${reason}`),
  ];
}

const keyOf = (lists: ComparedLists, id: Id): PersonKey => lists.keyOf(id);

/** The test's name for somebody. */
const idOf = (lists: ComparedLists, key: PersonKey): Id =>
  [...lists.oracle.directory.people.keys()].find((id) => keyOf(lists, id) === key) ?? key;
