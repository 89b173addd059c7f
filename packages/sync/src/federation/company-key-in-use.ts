/**
 * Which company key people are provisioned with, by its fragment id. Somebody who configures another one would provision the next with it,
 * and AD FS has only one: so another takes its place only where nobody has been provisioned yet.
 */
import { link } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';

/** Fragment id of the company's key that is in use; `null` before there is one, or where it was forgotten with all of Redis. */
export const readCompanyKeyInUse = ({ redis, keys }: State): Promise<string | null> => redis.get(keys.companyKey);

/**
 * Notes which key is used from now on.
 * @returns the one that is in use: another than was asked for where people are provisioned with that
 */
export async function useCompanyKey(state: State, fragmentId: string): Promise<string> {
  for (;;) {
    const before = await readCompanyKeyInUse(state);
    if (before === fragmentId || (before !== null && (await hasFederatedByCompanyKey(state)))) return before;
    const { committed } = await state.commit({
      guards: [{ command: ['GET', state.keys.companyKey], is: before }],
      writes: [['SET', state.keys.companyKey, fragmentId]],
    });
    if (committed) return fragmentId;
  }
}

/** Whether the company's key opens anybody's vault, or will: a create or a conversion with it may be under way. */
async function hasFederatedByCompanyKey({ redis, keys }: State): Promise<boolean> {
  if ((await redis.hlen(keys.intents)) > 0) return true;
  let at = '0';
  do {
    const [next, flat] = await redis.hscan(keys.links, at, 'COUNT', 500);
    for (let index = 1; index < flat.length; index += 2) {
      const { value } = parseStored(link, keys.links, flat[index] ?? null);
      if (value?.federated === 'companyKey') return true;
    }
    at = next;
  } while (at !== '0');
  return false;
}
