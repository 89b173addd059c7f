/** The service account may not read part of the directory for a while: who lies there seems to be missing. */
import { ous } from '../acceptance/company.ts';
import { allowReading, denyReading } from '../support/samba/reading-right.ts';
import { exclusively } from './exclusively.ts';
import type { FaultKind } from './fault.ts';

/**
 * Everything is read again meanwhile, which doesn't find them; and has to be read once more afterwards. Nobody works on the
 * directory meanwhile: whoever is deleted while they are hidden stays so, for nobody gives rights to a tombstone.
 */
export const hidden: FaultKind = {
  name: 'an OU can not be read',
  weight: 2,
  lastsMs: [1_500, 4_000],
  begin: exclusively('directory', async (world, random) => {
    const ou = random.pick([ous.people, ous.berlin]) ?? ous.people;
    const { domain, store, accountDn, admin } = world.stack;
    const right = { domain, account: accountDn, object: await admin.dnOf(world.guidOf(ou)) };
    const over = await world.standStill(() => allowReading(right));
    await denyReading(right);
    await store.redis.hset(store.keys.requests, 'full-read', `hidden-${Date.now()}`);
    return { struck: ou, end: over };
  }),
};
