/** Who a condition is about, for messages that may say so. */
import { plan, setAside } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { hashParts } from '../hash-parts.ts';
import type { ConditionKind, Named } from './condition.ts';

/** A message names so many at most: the list has everybody. */
const most = 20;

/** The newest of them; `null` for a condition that is about nobody in particular. */
export async function readNamed(store: Store, kind: ConditionKind): Promise<Named[] | null> {
  if (kind === 'people-held') return readPlanned(store, store.keys.held);
  if (kind === 'people-pending') return readPlanned(store, store.keys.pending);
  return kind === 'people-aside' ? readAside(store) : null;
}

async function readPlanned({ redis, keys }: Store, list: string): Promise<Named[]> {
  const people = await redis.zrevrange(list, 0, most - 1);
  if (people.length === 0) return [];
  const raws = await redis.hmget(keys.plans, ...people);
  return raws.flatMap((raw) => {
    const { value } = parseStored(plan, keys.plans, raw);
    return value === null ? [] : [{ name: value.name, mail: value.username }];
  });
}

async function readAside({ redis, keys }: Store): Promise<Named[]> {
  const found: { name: string; sinceMs: number }[] = [];
  for await (const part of hashParts(redis, keys.setAside))
    for (const raw of part.values()) {
      const { value } = parseStored(setAside, keys.setAside, raw);
      if (value?.kind === 'data' || value?.kind === 'refused') found.push(value);
    }
  found.sort((a, b) => b.sinceMs - a.sinceMs);
  return found.slice(0, most).map(({ name }) => ({ name, mail: null }));
}
