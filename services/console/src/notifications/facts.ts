/**
 * What the conditions are made of, read from Redis. Less than the status: it is looked at every few seconds, and a hundred thousand people who
 * are set aside must not be fetched as a whole so often.
 */
import type { Configuration } from '@connector/shared/configuration.ts';
import { noSeat } from '@connector/shared/no-seat.ts';
import { accountsRead, type SetAside, setAside } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { readSyncedGroups } from '@connector/sync/plan/group-renames.ts';
import { readLateChanges } from '@connector/sync/requests/on-the-way.ts';
import { mayDeliver } from '@connector/sync/requests/steering.ts';
import { hashParts } from '../hash-parts.ts';
import { readLicences } from '../status/licences.ts';
import { readServiceStates } from '../status/service-states.ts';
import { readAlarm } from '../status/status.ts';
import { mostLate } from './condition.ts';
import type { Facts, Listed } from './conditions-of.ts';

/** Reads them. @param noSuccessMs changes that have waited for longer are late */
export async function readFacts(
  store: Store,
  configuration: Configuration,
  { nowMs, noSuccessMs }: { nowMs: number; noSuccessMs: number },
): Promise<Facts> {
  const { redis, keys } = store;
  const { directories, lastpass, sync } = configuration;
  const accounts = parseStored(accountsRead, keys.accountsRead, await redis.get(keys.accountsRead)).value;
  return {
    nowMs,
    services: await readServiceStates(store, nowMs),
    directories: await Promise.all(
      directories.map(async ({ id }) => {
        const raw = await redis.get(keys.directory(id).readAt);
        return { id, readAtMs: raw === null ? null : Number(raw) };
      }),
    ),
    accountsReadAtMs: accounts?.atMs ?? null,
    alarm: await readAlarm(store, lastpass),
    licences: await readLicences(store, configuration),
    noSeat: parseStored(noSeat, keys.noSeat, await redis.get(keys.noSeat)).value,
    mayDeliver: await mayDeliver(store, sync.mode),
    late: await readLateChanges(store, { beforeMs: nowMs - noSuccessMs, most: mostLate }),
    held: await readHeld(store),
    pending: await readListed(store, keys.pending),
    ...(await readAside(store)),
  };
}

async function readListed({ redis }: Store, key: string): Promise<Listed> {
  const [count, [, newest]] = await Promise.all([redis.zcard(key), redis.zrange(key, '-1', '-1', 'WITHSCORES')]);
  return { count, newestMs: Number(newest ?? 0) };
}

/** People, and groups whose new name waits for a word. */
async function readHeld(store: Store): Promise<Listed> {
  const people = await readListed(store, store.keys.held);
  const renamed = [...(await readSyncedGroups(store)).values()].flatMap(({ value: { rename } }) =>
    rename?.verdict === 'held' ? [rename.sinceMs] : [],
  );
  return { count: people.count + renamed.length, newestMs: Math.max(people.newestMs, ...renamed.slice(0, 1_000)) };
}

async function readAside({ redis, keys }: Store): Promise<Pick<Facts, 'aside' | 'seatless'>> {
  let [count, newestMs, seatless] = [0, 0, 0];
  for await (const part of hashParts(redis, keys.setAside)) {
    for (const raw of part.values()) {
      const { value } = parseStored<SetAside>(setAside, keys.setAside, raw);
      if (value?.kind === 'no-seat') seatless++;
      if (value?.kind !== 'data' && value?.kind !== 'refused') continue;
      count++;
      newestMs = Math.max(newestMs, value.sinceMs);
    }
  }
  return { aside: { count, newestMs }, seatless };
}
