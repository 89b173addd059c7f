/**
 * Between the entries of one read. A directory tells what changed by object, not in the order in which it happened, so only
 * the whole of a read is a state that it ever was in: somebody may seem to be in a group that they left before that was nested
 * in another. Nobody is planned from such a mixture: they might get access that they never were to have.
 */
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import type { State } from '@connector/shared/state.ts';

/**
 * Whether part of a read is in the mirror that plans are made from, and the rest is still to come. So it is, too, when entries
 * of the log were lost, until everything was read again.
 */
export const isMidRead = async ({ redis, keys }: State, directory: string): Promise<boolean> =>
  (await redis.get(keys.directory(directory).caughtUp)) === '';

/** The directories for which it is so. */
export async function midRead(store: State, directories: readonly string[]): Promise<ReadonlySet<string>> {
  const are = await Promise.all(directories.map((id) => isMidRead(store, id)));
  return new Set(directories.filter((_, index) => are[index]));
}

/** How many names are looked through at once. */
const namesAtOnce = 1_000;

/** The first `count` people to plan, those left out who have to wait for the end of a read: others needn't wait behind them. */
export async function firstToPlan(
  store: State,
  { directories, count }: { directories: readonly string[]; count: number },
): Promise<PersonKey[]> {
  const reading = await midRead(store, directories);
  const size = reading.size === 0 ? count : namesAtOnce;
  const found: PersonKey[] = [];
  for (let from = 0; found.length < count; from += size) {
    const names = await store.redis.zrange(store.keys.toPlan, String(from), String(from + size - 1));
    found.push(...names.filter((person) => !reading.has(partsOfPerson(person).directory)));
    if (names.length < size) break;
  }
  return found.slice(0, count);
}
