/** What is known of how it went for people so far: who is set aside, and how many calls about them in a row had no conclusive answer. */
import type { PersonKey } from '@connector/shared/keys.ts';
import { type SetAside, setAside } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';

/** How many calls about each in a row had no conclusive answer. */
export async function missesOf(
  { redis, keys }: Store,
  people: readonly PersonKey[],
): Promise<ReadonlyMap<PersonKey, number>> {
  const misses = people.length === 0 ? [] : await redis.hmget(keys.misses, ...people);
  return new Map(people.map((person, index) => [person, Number(misses[index] ?? 0)]));
}

/** Who of these is set aside, and why. */
export async function asidesOf(
  { redis, keys }: Store,
  people: readonly PersonKey[],
): Promise<ReadonlyMap<PersonKey, SetAside>> {
  const raws = people.length === 0 ? [] : await redis.hmget(keys.setAside, ...people);
  return new Map(
    people.flatMap((person, index) => {
      const { value } = parseStored(setAside, keys.setAside, raws[index] ?? null);
      return value === null ? [] : [[person, value]];
    }),
  );
}

/** Set aside, for as long as for the same kind of obstacle before: one that is only found again is no news. */
export const asideSince = (known: SetAside | null, now: Omit<SetAside, 'sinceMs'>): SetAside => ({
  ...now,
  sinceMs: known?.kind === now.kind ? known.sinceMs : Date.now(),
});
