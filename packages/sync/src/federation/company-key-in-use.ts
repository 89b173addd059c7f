/**
 * Which company key people are provisioned with, by its fragment id. AD FS hands out one: whoever configures another would provision the next
 * people with a key that nobody brings them. So the first one stays until somebody lets go of it, which they can while nobody has it.
 */
import { intent, link } from '@connector/shared/plan.ts';
import type { Reader, State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';

/** Fragment id of the company's key that is in use; `null` before there is one, or where it was forgotten with all of Redis. */
export const readCompanyKeyInUse = ({ redis, keys }: State): Promise<string | null> => redis.get(keys.companyKey);

/** Notes which key is used, where none is yet. @returns the one that is in use from now on */
export async function useCompanyKey(state: State, fragmentId: string): Promise<string> {
  const { keys, commit } = state;
  const isFirst = { command: ['GET', keys.companyKey], is: null };
  const known = await readCompanyKeyInUse(state);
  if (known !== null) return known;
  await commit({ guards: [isFirst], writes: [['SET', keys.companyKey, fragmentId]] });
  return (await readCompanyKeyInUse(state)) ?? fragmentId;
}

/**
 * Lets go of it, as long as nobody has it, or is about to.
 * @returns how many have it or are about to; 0: it is let go of
 */
export async function forgetCompanyKey(state: State): Promise<number> {
  const { redis, keys, commit } = state;
  const inUse = await readCompanyKeyInUse(state);
  const holders = (await countIn(redis, keys.links, holdsIt)) + (await countIn(redis, keys.intents, isToHoldIt));
  if (holders === 0)
    await commit({
      guards: [{ command: ['GET', keys.companyKey], is: inUse }],
      writes: [['DEL', keys.companyKey]],
    });
  return holders;
}

const holdsIt = (raw: string, key: string): boolean => {
  const current = parseStored(link, key, raw).value;
  return current?.federated === 'companyKey' || current?.federating === 'companyKey';
};
const isToHoldIt = (raw: string, key: string): boolean =>
  parseStored(intent, key, raw).value?.federated === 'companyKey';

async function countIn(redis: Reader, key: string, holds: (raw: string, key: string) => boolean): Promise<number> {
  const found = new Set<string>(); // one may come twice
  let at = '0';
  do {
    const [next, flat] = await redis.hscan(key, at, 'COUNT', 500);
    for (let index = 0; index + 1 < flat.length; index += 2)
      if (holds(flat[index + 1] ?? '', key)) found.add(flat[index] ?? '');
    at = next;
  } while (at !== '0');
  return found.size;
}
