/**
 * Bringing what is in Redis from one version to the next. One process does it, under a lock, while the others wait; whoever comes
 * after a crash does the step that was begun once more.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { newest, oldest, SchemaMismatch } from './schema.ts';
import { commit, type Guard, type Outcome, type Transaction } from './transaction.ts';

/** Where a migration works. */
export interface Migrating {
  readonly redis: Redis;
  readonly keys: Keys;
  /** Refused with an error when another process has taken over. */
  readonly commit: (transaction: Transaction) => Promise<Outcome>;
}

/** One step from a version to the next. It may be cut off anywhere and done again from its beginning, and must come to the same. */
export type Migration = (migrating: Migrating) => Promise<void>;

/** The steps of this release: the first leads from version 1 to 2. A step that was released stays as it is. */
export const migrations: readonly Migration[] = [];

/** Another process is at it. */
export class MigrationUnderWay extends Error {
  override readonly name = 'MigrationUnderWay';
  readonly code = 'MIGRATION_UNDER_WAY';
  constructor() {
    super(
      'what is in Redis is being brought up to date by another process, which takes its time: everybody waits for it',
    );
  }
}

/** A process that gives no sign of life for so long has lost the lock, ms. */
const lockMs = 5_000;
const renewEveryMs = 1_000;

export interface SchemaOptions {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly migrations: readonly Migration[];
}

/** The version that these migrations lead to, as the key says it. */
export const versionAfter = (steps: readonly Migration[]): string => String(1 + steps.length);

/** What the key says, or would say if the data weren't older than it; `null` in an empty Redis. */
async function readVersion({ redis, keys }: SchemaOptions): Promise<string | null> {
  const [found, clock] = await redis.mget(keys.schema, keys.clock);
  return found ?? (clock == null ? null : '1');
}

/**
 * Makes sure that this release may work with what is in Redis. Writes nothing.
 * @throws SchemaMismatch
 */
export async function checkSchema(options: SchemaOptions): Promise<void> {
  const expected = versionAfter(options.migrations);
  const found = await readVersion(options);
  if (found !== null && found !== expected) throw new SchemaMismatch(found, expected);
}

/**
 * Brings what is in Redis up to date.
 * @param migrator names this process
 * @param onStep told before each step, by the versions that it leads from and to
 * @throws MigrationUnderWay when another process is at it, SchemaMismatch when a newer release has been
 */
export async function migrate(
  options: SchemaOptions,
  { migrator, onStep }: { migrator: string; onStep: (from: number, to: number) => void },
): Promise<void> {
  const { redis, keys } = options;
  const expected = versionAfter(options.migrations);
  if ((await redis.set(keys.migrator, migrator, 'PX', lockMs, 'NX')) === null) throw new MigrationUnderWay();
  const own: Guard = { command: ['GET', keys.migrator], is: migrator };
  const ended = new AbortController();
  const renewing = keepLock({ redis, keys, own, signal: ended.signal });
  try {
    const found = (await readVersion(options)) ?? expected;
    if (newest(found) > newest(expected)) throw new SchemaMismatch(found, expected);
    for (let from = oldest(found), at = found; from < newest(expected); from++) {
      const [between, to] = [`${from}>${from + 1}`, String(from + 1)];
      onStep(from, from + 1);
      await move(options, own, { from: at, to: between });
      await options.migrations[from - 1]?.({ redis, keys, commit: (each) => fenced(options, own, between, each) });
      await move(options, own, { from: between, to });
      at = to;
    }
  } finally {
    ended.abort();
    await renewing;
    await releaseLock({ redis, keys, migrator });
  }
}

const move = ({ redis, keys, migrations }: SchemaOptions, own: Guard, { from, to }: { from: string; to: string }) =>
  fenced({ redis, keys, migrations }, own, from, { guards: [], writes: [['SET', keys.schema, to]] });

/** Commits only as long as the lock is this process's. */
async function fenced(
  { redis, keys }: SchemaOptions,
  own: Guard,
  expected: string,
  { guards, writes }: Transaction,
): Promise<Outcome> {
  const place = { clock: keys.clock, schema: keys.schema, expected, timeline: null }; // a step may be cut off anywhere
  const outcome = await commit(redis, place, { guards: [own, ...guards], writes });
  if (!outcome.committed && outcome.refusedBy === own) throw new MigrationUnderWay();
  return outcome;
}

const ifOwn = (command: string) => `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call(${command}) end`;

async function keepLock(lock: { redis: Redis; keys: Keys; own: Guard; signal: AbortSignal }): Promise<void> {
  const { redis, keys, own, signal } = lock;
  while (!signal.aborted) {
    await sleep(renewEveryMs, undefined, { signal }).catch(() => undefined); // woken at the end
    if (signal.aborted) return;
    const renew = redis.eval(ifOwn("'PEXPIRE', KEYS[1], ARGV[2]"), 1, keys.migrator, own.is ?? '', String(lockMs));
    await renew.catch(() => undefined); // the lock runs out, and the next commit is refused
  }
}

const releaseLock = async ({ redis, keys, migrator }: { redis: Redis; keys: Keys; migrator: string }) => {
  await redis.eval(ifOwn("'DEL', KEYS[1]"), 1, keys.migrator, migrator).catch(() => undefined); // else it runs out
};
