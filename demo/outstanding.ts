/** Looking into Redis, as the connector's own command does: what is still to be done, and what has been mirrored. */
import { mirrorState } from '@connector/shared/directory-state.ts';
import { accountsRead, setAside } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { z } from 'zod';
import { directoryId } from './stage.ts';

/** How much each step has before it. */
export interface Outstanding {
  /** A complete read is applied and all accounts were read: planning can begin. */
  readonly begun: boolean;
  readonly toPlan: number;
  /** Everything that isn't finished, people to plan included. */
  readonly total: number;
}

/** Deliveries put off for longer than this are set aside, not outstanding. */
const soonMs = 120_000;

async function mirrorOf({ redis, keys }: Store) {
  const key = keys.directory(directoryId).mirrorState;
  const state = parseStored(mirrorState, key, await redis.get(key)).value;
  return state?.current ? keys.directory(directoryId).mirror(state.current.generation) : null;
}

export async function outstandingIn(store: Store): Promise<Outstanding> {
  const { redis, keys } = store;
  const [mirror, read, toPlan, ...others] = await Promise.all([
    mirrorOf(store),
    redis.get(keys.accountsRead),
    redis.zcard(keys.toPlan),
    redis.xlen(keys.directory(directoryId).log),
    redis.zcard(keys.waiting),
    redis.hlen(keys.claims),
    redis.hlen(keys.intents),
    redis.zcount(keys.toDeliver, '-inf', Date.now() + soonMs),
  ]);
  const begun = mirror !== null && parseStored(accountsRead, keys.accountsRead, read).value !== null;
  return { begun, toPlan, total: others.reduce((sum, count) => sum + count, toPlan) };
}

const mirrored = z.object({ rdn: z.string(), parent: z.string().nullable() });

/** An object as mirrored: its RDN, and the objectGUID of what it lies in; `null` when it isn't there. */
export async function mirroredObject(store: Store, guid: string) {
  const mirror = await mirrorOf(store);
  const raw = mirror === null ? null : await store.redis.hget(mirror.objects, guid);
  return raw === null ? null : mirrored.parse(JSON.parse(raw));
}

/** Names and reasons of those who are set aside, in the order of the alphabet. */
export async function peopleSetAside({ redis, keys }: Store): Promise<{ name: string; reason: string }[]> {
  const found = (await redis.hvals(keys.setAside)).map((raw) => setAside.parse(JSON.parse(raw)));
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

/** How many people wait for a person's word. */
export const peopleHeld = ({ redis, keys }: Store): Promise<number> => redis.zcard(keys.held);
