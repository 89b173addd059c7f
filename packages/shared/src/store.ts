/** Redis, its keys, and the ways in which services read and change what it remembers. */
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import { keysOf } from './keys.ts';
import { checkSchema, type Migration, migrate, migrations as ours, versionAfter } from './migrations.ts';
import { checkRedis, connectRedis, type Durability, makeDurable, type RedisTarget } from './redis.ts';
import type { State } from './state.ts';
import { noticeTimeline, type Timeline, TimelineChanged } from './timeline.ts';
import { type CommitPlace, commit, commitAll } from './transaction.ts';

export interface Store extends State {
  readonly redis: Redis;
  /** Waits until everything written so far survives a crash of Redis. */
  readonly makeDurable: () => Promise<void>;
  /** @throws RedisUnsuitable when Redis would evict or lose what it is given, SchemaMismatch when that is of another release */
  readonly check: () => Promise<void>;
  /**
   * Learns which timeline Redis is on (`timeline.ts`); done before the first transaction, and again after a refused one.
   * @throws RedisUnsuitable, SchemaMismatch
   */
  readonly notice: () => Promise<Timeline>;
  /** Brings what is in Redis up to date (`migrate`). @throws MigrationUnderWay, SchemaMismatch */
  readonly migrate: (options: Parameters<typeof migrate>[1]) => Promise<void>;
  readonly close: () => void;
}

export interface StoreOptions {
  readonly target: RedisTarget;
  readonly prefix: string;
  /** Names the connection. */
  readonly name: string;
  /** Of this release, unless a test has others. */
  readonly migrations?: readonly Migration[];
}

/** Opens the store. Nothing is sent before the first use; `check` tells whether Redis is there and suits. */
export function openStore({ target, prefix, name, migrations = ours }: StoreOptions): Store {
  const redis = connectRedis(target, { name });
  redis.on('error', () => undefined); // told by whoever's command fails, and by the readiness check
  const keys = keysOf(prefix);
  let durability: Durability | undefined;
  const schema = { redis, keys, migrations };
  const expected = versionAfter(migrations);
  let known: Timeline | null = null;
  /** As far as is known, Redis is still on it. */
  let isCertain = false;
  const notice = async (): Promise<Timeline> => {
    await checkSchema(schema);
    known = await noticeTimeline({ redis, keys, schema: expected, known });
    isCertain = true;
    return known;
  };
  const check = async () => {
    durability = await checkRedis(redis);
    await checkSchema(schema);
  };
  const onTimeline = async <T>(run: (place: CommitPlace) => Promise<T>): Promise<T> => {
    const timeline = { key: keys.timeline, known: isCertain && known !== null ? known : await notice() };
    try {
      return await run({ clock: keys.clock, schema: keys.schema, expected, timeline });
    } catch (error) {
      if (error instanceof TimelineChanged) isCertain = false;
      throw error;
    }
  };
  redis.on('close', () => {
    durability = undefined; // another server may answer the next time
  });
  return {
    redis,
    keys,
    check,
    migrate: (options) => migrate(schema, options),
    notice,
    commit: (transaction) => onTimeline((place) => commit(redis, place, transaction)),
    commitAll: (transactions) => onTimeline((place) => commitAll(redis, place, transactions)),
    makeDurable: async () => {
      durability ??= await checkRedis(redis);
      await makeDurable(redis, durability);
    },
    close: () => redis.disconnect(),
  };
}

/** A stored value as read: parsed, and in the very text that a guard can hold a later write against. */
export interface Stored<T> {
  readonly raw: string | null;
  readonly value: T | null;
}

/** Another version of the connector, or a person, has written something into Redis that this one can't read. */
export class UnreadableState extends Error {
  override readonly name = 'UnreadableState';
  readonly code = 'UNREADABLE_STATE';
}

/**
 * Parses what is stored under a key.
 * @throws UnreadableState naming the key
 */
export function parseStored<T>(schema: z.ZodType<T>, key: string, raw: string | null): Stored<T> {
  if (raw === null) return { raw, value: null };
  try {
    return { raw, value: schema.parse(JSON.parse(raw)) };
  } catch (cause) {
    throw new UnreadableState(`Redis key ${key} holds something that this version can't read`, { cause });
  }
}
