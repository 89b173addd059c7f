/** What Redis holds of ours, by kind of key: how many, how much is in them, and how much memory they take. */
import type { Keys } from '@connector/shared/keys.ts';
import { queueNames } from '@connector/shared/queues.ts';
import type { Store } from '@connector/shared/store.ts';
import type { Redis } from 'ioredis';

/** Of what Redis tells of itself (https://redis.io/docs/latest/commands/info/), what is of use to whoever helps. */
const toldOfServer: readonly string[] = [
  ...['redis_version', 'redis_mode', 'role', 'connected_slaves', 'uptime_in_seconds', 'connected_clients'],
  ...['used_memory', 'used_memory_rss', 'maxmemory', 'maxmemory_policy', 'mem_fragmentation_ratio', 'aof_enabled'],
  ...['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status', 'instantaneous_ops_per_sec'],
];

/** Keys of one kind. */
export interface KindOfKeys {
  /** What tells one of the kind from another is left out: it may be an address, or what a session's secret comes to. */
  readonly kind: string;
  readonly keys: number;
  /** Fields, members, entries; of texts, one each. */
  readonly values: number;
  readonly bytes: number;
}

/** What Redis tells of itself. @throws what Redis throws */
export async function readServer({ redis }: Pick<Store, 'redis'>): Promise<Record<string, string>> {
  const told = (await redis.info()).split(/\r?\n/).map((line) => line.split(':', 2));
  return Object.fromEntries(
    told.flatMap(([name = '', value = '']) => (toldOfServer.includes(name) ? [[name, value]] : [])),
  );
}

/** Measures all our keys, some of them at a time. @throws what Redis throws */
export async function measureKeys(
  { redis, keys }: Pick<Store, 'redis' | 'keys'>,
  directories: readonly string[],
): Promise<KindOfKeys[]> {
  const kinds = new Map<string, KindOfKeys>();
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${keys.queues}:*`, 'COUNT', 500);
    for (const { key, values, bytes } of await Promise.all(found.map((each) => measured(redis, each)))) {
      const kind = kindOf(key, keys, directories);
      const before = kinds.get(kind) ?? { kind, keys: 0, values: 0, bytes: 0 };
      kinds.set(kind, { kind, keys: before.keys + 1, values: before.values + values, bytes: before.bytes + bytes });
    }
    cursor = next;
  } while (cursor !== '0');
  return [...kinds.values()].sort((a, b) => b.bytes - a.bytes || a.kind.localeCompare(b.kind));
}

/** `people-to-plan`, `session:*`, `corp:mirror:*:objects`, `queue account-updates`. */
export function kindOf(key: string, { queues: tag }: Pick<Keys, 'queues'>, directories: readonly string[]): string {
  const [first = '', ...rest] = key.slice(tag.length + 1).split(':');
  if (rest.length === 0) return first;
  if (queueNames.some((name) => name === first)) return `queue ${first}`;
  if (!directories.includes(first)) return `${first}:*`;
  const [second, , third, ...others] = rest;
  if (second !== 'mirror') return rest.length === 1 ? `${first}:${second}` : `${first}:${second}:*`;
  return `${first}:mirror:*:${third}${others.length > 0 ? ':*' : ''}`;
}

const countOf: Readonly<Record<string, (redis: Redis, key: string) => Promise<number>>> = {
  hash: (redis, key) => redis.hlen(key),
  set: (redis, key) => redis.scard(key),
  zset: (redis, key) => redis.zcard(key),
  list: (redis, key) => redis.llen(key),
  stream: (redis, key) => redis.xlen(key),
};

async function measured(redis: Redis, key: string): Promise<{ key: string; values: number; bytes: number }> {
  const [type, bytes] = await Promise.all([redis.type(key), redis.memory('USAGE', key)]);
  const values = (await countOf[type]?.(redis, key)) ?? 1;
  return { key, values, bytes: Number(bytes ?? 0) };
}
