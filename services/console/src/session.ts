/** What every command needs: the configuration, and Redis as it should be. */
import { type Configuration, loadConfiguration } from '@connector/shared/configuration.ts';
import { RedisUnsuitable } from '@connector/shared/redis.ts';
import { isRedisTrouble, redisProblem } from '@connector/shared/redis-trouble.ts';
import { openStore, type Store } from '@connector/shared/store.ts';
import { TimelineChanged } from '@connector/shared/timeline.ts';

/** Redis doesn't answer, doesn't let us in, or takes no writes. The message is one line with the remedy. */
export class RedisUnreachable extends Error {
  override readonly name = 'RedisUnreachable';
  readonly code = 'REDIS_UNREACHABLE';
}

export interface Session extends Disposable {
  readonly configuration: Configuration;
  readonly store: Store;
  /** What a failing use of Redis means; any other error is itself. */
  readonly explain: (error: unknown) => unknown;
}

/**
 * Opens a session without asking whether Redis is there.
 * @throws ConfigurationError
 */
export function openUnchecked(environment: NodeJS.ProcessEnv = process.env): Session {
  const configuration = loadConfiguration(environment);
  const { redis } = configuration;
  return sessionOf({ configuration, store: openStore({ target: redis, prefix: redis.prefix, name: 'connector' }) });
}

/** A session on a store that is open. */
export function sessionOf({ configuration, store }: Pick<Session, 'configuration' | 'store'>): Session {
  const { redis } = configuration;
  let lastError: Error | null = null; // ioredis tells a command only that it gave up, and why by an event
  store.redis.on('error', (error: Error) => {
    lastError = error;
  });
  store.redis.on('ready', () => {
    lastError = null;
  });
  const explain = (error: unknown): unknown => {
    if (error instanceof RedisUnsuitable || error instanceof TimelineChanged || !(error instanceof Error)) return error;
    const isTrouble = isRedisTrouble(error) || error.name === 'AbortError' || /NOAUTH|WRONGPASS/.test(error.message);
    return isTrouble ? new RedisUnreachable(redisProblem(error, { redis, lastError }), { cause: error }) : error;
  };
  return { configuration, store, explain, [Symbol.dispose]: () => store.close() };
}

/**
 * Opens a session with a Redis that is as it should be.
 * @throws ConfigurationError, RedisUnsuitable, RedisUnreachable
 */
export async function openSession(): Promise<Session> {
  const session = openUnchecked();
  try {
    await session.store.check();
  } catch (error) {
    session[Symbol.dispose]();
    throw session.explain(error);
  }
  return session;
}
