/** How many licences are taken, as far as it is known. */
import type { Configuration } from '@connector/shared/configuration.ts';
import type { Licences } from '@connector/shared/licences.ts';
import { accountsRead } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';

/** @returns `null` where it isn't configured how many there are, or the accounts weren't read yet */
export async function readLicences(
  { redis, keys }: Store,
  { lastpass: { licences } }: Configuration,
): Promise<Licences | null> {
  if (licences === undefined) return null;
  const taken = parseStored(accountsRead, keys.accountsRead, await redis.get(keys.accountsRead)).value?.licensed;
  return taken === undefined ? null : { taken, of: licences };
}
