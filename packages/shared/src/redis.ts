/** Redis as our memory: how to reach it, what it must be set to, and how to be sure that something is on its disk. */
import { Redis, type RedisOptions } from 'ioredis';
import { addressOptions, type RedisTarget } from './redis-target.ts';

/** Redis is reachable but would lose or evict what must be kept. The message says which setting to change. */
export class RedisUnsuitable extends Error {
  override readonly name = 'RedisUnsuitable';
  readonly code = 'REDIS_UNSUITABLE';
}

/** Redis hasn't written something to its disk that must survive a crash: whoever needs it doesn't go on. */
export class NotDurable extends Error {
  override readonly name = 'NotDurable';
  readonly code = 'NOT_DURABLE';
}

/** A command without an answer for so long has failed, ms. */
const answerWithinMs = 15_000;

export type { RedisTarget } from './redis-target.ts';

/**
 * Opens a connection that comes back by itself. A command sent while it is away fails after a few seconds, rather than
 * wait for ever, except on a `blocking` one, which a BullMQ worker needs.
 */
export function connectRedis(
  target: RedisTarget,
  { blocking = false, name }: { blocking?: boolean; name: string },
): Redis {
  const address = addressOptions(target);
  const options = {
    ...address.options,
    connectionName: name,
    maxRetriesPerRequest: blocking ? null : 3,
    enableAutoPipelining: !blocking,
    // What was under way when a connection broke is sent again (not to would leave it without an answer for ever): a
    // transaction that had gone through is then refused by its own guards, and whoever sent it reads again.
    autoResendUnfulfilledCommands: true,
    ...(blocking ? {} : { commandTimeout: answerWithinMs }), // a Redis that fell silent is as good as away
    retryStrategy: (attempt: number) => Math.min(100 * attempt, 2_000),
  } satisfies RedisOptions;
  return address.url === undefined ? new Redis(options) : new Redis(address.url, options);
}

export type Durability = 'waitaof' | 'fsync-always';

/** How a server makes a write durable on demand. WAITAOF came with 7.2 (https://redis.io/docs/latest/commands/waitaof/). */
function durabilityOf({ version, fsync }: Pick<ServerSettings, 'version' | 'fsync'>): Durability | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (fsync === 'always') return 'fsync-always';
  return major > 7 || (major === 7 && minor >= 2) ? 'waitaof' : null;
}

/** What a server says of itself, as far as it matters whether it keeps what it is given. */
export interface ServerSettings {
  readonly version: string;
  /** `maxmemory-policy`. */
  readonly policy: string;
  /** `appendonly`. */
  readonly appendOnly: boolean;
  /** `appendfsync`. */
  readonly fsync: string;
  /** The whole answer to INFO, for `valueInInfo`. */
  readonly info: string;
}

/** A value in Redis' answer to INFO; empty where it has none of that name. */
export const valueInInfo = (info: string, key: string): string =>
  new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';

/** Asks it. @throws what Redis throws */
export async function readServerSettings(redis: Redis): Promise<ServerSettings> {
  const info = await redis.info();
  const fsync = ((await redis.config('GET', 'appendfsync')) as string[])[1] ?? '';
  return {
    version: valueInInfo(info, 'redis_version'),
    policy: valueInInfo(info, 'maxmemory_policy'),
    appendOnly: valueInInfo(info, 'aof_enabled') === '1',
    fsync,
    info,
  };
}

/** Why it would evict what must be kept, with the setting to change; `null`: it doesn't. */
export const evictionProblem = ({ policy }: ServerSettings): string | null =>
  policy === 'noeviction'
    ? null
    : `Redis would evict data (maxmemory-policy is ${policy}): set maxmemory-policy to noeviction`;

/** Why it would lose what it was given, likewise. */
export function persistenceProblem(settings: ServerSettings): string | null {
  // Begun with an append-only file that isn't there yet, Redis 7 and newer reads no dump.rdb: it would be empty.
  if (!settings.appendOnly)
    return 'Redis would forget everything at a restart (appendonly is no): have it write down what it has, by "redis-cli CONFIG SET appendonly yes", and only then, in its configuration, set appendonly to yes';
  if (durabilityOf(settings) !== null) return null;
  const { version, fsync } = settings;
  return `Redis ${version} could lose the last second (appendfsync is ${fsync}): set appendfsync to always, or use Redis 7.2 or newer`;
}

/**
 * Checks that Redis keeps what it is given.
 * @throws RedisUnsuitable naming the setting to change
 */
export async function checkRedis(redis: Redis): Promise<Durability> {
  const settings = await readServerSettings(redis);
  const problem = evictionProblem(settings) ?? persistenceProblem(settings);
  const durability = durabilityOf(settings);
  if (problem !== null || durability === null) throw new RedisUnsuitable(problem ?? 'Redis makes nothing durable');
  return durability;
}

/**
 * Waits until everything that this connection wrote is on the disk of Redis.
 * @throws NotDurable when it isn't within `timeoutMs`, or Redis refuses to say
 */
export async function makeDurable(redis: Redis, durability: Durability, { timeoutMs = 5_000 } = {}): Promise<void> {
  if (durability === 'fsync-always') return;
  const answer = redis.call('WAITAOF', '1', '0', String(timeoutMs)) as Promise<[number, number]>;
  const [local] = await answer.catch((cause: Error) => {
    if (cause.name !== 'ReplyError') throw cause;
    throw new NotDurable(`Redis doesn't say what is on its disk (${cause.message}): let the connector use WAITAOF`, {
      cause,
    });
  });
  if (local !== 1)
    throw new NotDurable(`Redis didn't write to its disk within ${timeoutMs} ms: is the disk slow or full?`);
}
