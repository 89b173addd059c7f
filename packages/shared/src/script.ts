/**
 * Lua scripts, sent by their digest. By hand rather than by ioredis' `defineCommand`, which fails when its first use meets
 * other commands that are being pipelined.
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

export interface Script {
  readonly text: string;
  /** SHA-1, as Redis names scripts. */
  readonly digest: string;
}

export const scriptOf = (text: string): Script => ({ text, digest: createHash('sha1').update(text).digest('hex') });

/**
 * Runs a script, atomically.
 * @throws whatever ioredis throws; with a lost connection it may have run or not
 */
export async function runScript(
  redis: Redis,
  { text, digest }: Script,
  { keys, args }: { keys: readonly string[]; args: readonly string[] },
): Promise<unknown> {
  try {
    return await redis.evalsha(digest, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
    return redis.eval(text, keys.length, ...keys, ...args);
  }
}
