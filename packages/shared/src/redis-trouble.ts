/**
 * What is wrong with Redis, in words that say what to do. A service's check of Redis meets whatever the service's work meets, and
 * tells it once; nobody else needs to.
 */
import { RedisUnsuitable } from './redis.ts';
import { keysOfRedis, nameOfRedis, type RedisTarget } from './redis-target.ts';
import { SchemaMismatch } from './schema.ts';
import { TimelineChanged } from './timeline.ts';

const waits = 'nothing is lost, and what is outstanding goes on by itself then';

/** How Redis answers a write that it can't take, and what that means. */
const refusals: readonly (readonly [answer: RegExp, meaning: string])[] = [
  [/^MISCONF/, `can't write to its disk: free space there, or mend the disk; ${waits}`],
  [/^OOM/, `has reached its maxmemory: raise it, or free memory; ${waits}`],
  [/^READONLY/, 'is a replica, which takes no writes: point redis.url at the master, or let Sentinels tell it'],
  [/^NOREPLICAS/, `lacks the replicas that min-replicas-to-write wants: bring them back; ${waits}`],
  [/^MASTERDOWN/, `is a replica that has lost its master: bring that back; ${waits}`],
  [/^LOADING/, 'is reading its data: wait until it has'],
  [/^BUSY\b/, 'is kept busy by a script: wait until it has ended'],
  [/^NOPERM/, "doesn't let the connector's user run a command that it needs: give the user of redis.url all commands"],
  [
    /^(MOVED|CLUSTERDOWN)/,
    "is a node of a cluster that doesn't hold our keys, which all lie in one slot: set redis.url to the one that does",
  ],
];

const isAway = ({ name, message }: Error): boolean =>
  name === 'MaxRetriesPerRequestError' ||
  /^Connection is closed|^Command (aborted|timed out)|ECONNREFUSED|ECONNRESET|EPIPE/.test(message);

/** Whether an error only says that Redis is away, takes no writes, or goes on from an earlier moment. */
export const isRedisTrouble = (error: Error): boolean =>
  isAway(error) || error instanceof TimelineChanged || refusals.some(([answer]) => answer.test(error.message));

/**
 * What a failing check of Redis means, in one line, the same as long as the reason is.
 * @param lastError what the connection said last: ioredis tells a command only that it gave up, and why by an event
 */
export function redisProblem(
  error: Error,
  { redis, lastError }: { redis: RedisTarget; lastError: Error | null },
): string {
  if (error instanceof RedisUnsuitable || error instanceof SchemaMismatch || error instanceof TimelineChanged)
    return error.message;
  const where = `Redis at ${nameOfRedis(redis)}`;
  const why = lastError ?? error;
  if (/NOAUTH|WRONGPASS/.test(why.message + error.message))
    return `${where} refuses the password: check redis.password`;
  const refusal = refusals.find(([answer]) => answer.test(error.message));
  if (refusal !== undefined) return `${where} ${refusal[1]}`;
  const reason = (why as NodeJS.ErrnoException).code ?? why.message;
  return `${where} can't be reached (${reason}): start it, or check ${keysOfRedis(redis)}`;
}
