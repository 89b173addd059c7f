/** Putting people on the list of those to plan, inside whatever transaction changed something about them. */
import type { Redis } from 'ioredis';
import type { Keys, PersonKey } from './keys.ts';
import type { Ringer } from './queues.ts';
import { manyValues, TICK } from './transaction.ts';

/**
 * The writes that make people be planned again. Their place in the list stays the one of the first change; the version of
 * what their plan depends on becomes this transaction's, so that a plan made from anything older is refused.
 * @param place in the list, a reading of the clock: that of whoever they are planned because of, for what waits for the one waits for all
 */
export function touch(
  keys: Keys,
  people: Iterable<PersonKey>,
  { place = TICK }: { readonly place?: string } = {},
): string[][] {
  const names = [...new Set(people)];
  return [
    ...manyValues(
      ['ZADD', keys.toPlan, 'NX'],
      names.flatMap((person) => [place, person]),
      { perValue: 2 },
    ),
    ...manyValues(
      ['HSET', keys.touched],
      names.flatMap((person) => [person, TICK]),
      { perValue: 2 },
    ),
  ];
}

/** The writes that note which change in the directory they are to be planned because of. */
export const causedBy = (keys: Keys, people: readonly PersonKey[], change: string): string[][] =>
  manyValues(
    ['HSET', keys.causes],
    people.flatMap((person) => [person, change]),
    { perValue: 2 },
  );

/** The writes that note since when what changed in the directory about them is on its way to LastPass. @param readAtMs ms since 1970 */
export const changedSince = (keys: Keys, people: readonly PersonKey[], readAtMs: number): string[][] =>
  manyValues(
    ['ZADD', keys.changedAt, 'NX'],
    people.flatMap((person) => [String(readAtMs), person]),
    { perValue: 2 },
  );

/** How many people one bell names: one answer's worth of work, so that several planners share a large change. */
const perBell = 100;

/** Rings for people who were just put on the list. */
export async function ringFor(ringer: Ringer<'people-to-plan'>, people: Iterable<PersonKey>): Promise<void> {
  const names = [...people];
  for (let from = 0; from < names.length; from += perBell)
    await ringer.ring({ people: names.slice(from, from + perBell) });
}

/** So many people of the list are looked at together, and those who came onto it together with the last of them. */
const perLook = 1_000;

/**
 * Rings for everybody on the list, in its order: those who are near each other in the directory share what their plans take. However many they are,
 * only some thousand are held at a time. Whoever is planned or put on it meanwhile may be rung for or not, which does no harm.
 */
export async function ringForAll(
  ringer: Ringer<'people-to-plan'>,
  { redis, keys }: { readonly redis: Redis; readonly keys: Keys },
): Promise<void> {
  for (let from = '-inf'; ; ) {
    const page = await redis.zrange(keys.toPlan, from, '+inf', 'BYSCORE', 'LIMIT', 0, perLook, 'WITHSCORES');
    const last = page.at(-1);
    if (last === undefined) return;
    const before = page.filter((_, index) => index % 2 === 0 && page[index + 1] !== last);
    await ringFor(ringer, [...before, ...(await redis.zrange(keys.toPlan, last, last, 'BYSCORE'))]);
    from = `(${last}`;
  }
}
