/**
 * A timer for what time alone changes, as no event in Active Directory tells of it: accountExpires passes, or the time that a leaver's
 * account is kept. Whoever planned a person notes when to plan them again.
 */
import type { Keys, PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import type { State } from '@connector/shared/state.ts';
import { manyValues, TICK } from '@connector/shared/transaction.ts';

/**
 * The write, of the transaction that stores a plan, which sets the person's timer or stops it.
 * @param againAtMs by the very time that the plan was made at: what time changes is either in the plan, or still ahead
 */
export const expiryWrite = ({ expiries }: Keys, person: PersonKey, againAtMs: number | null): string[] =>
  againAtMs === null ? ['ZREM', expiries, person] : ['ZADD', expiries, String(againAtMs), person];

/**
 * Puts everybody whose accountExpires has passed on the list of people to plan. Those who expire together are judged
 * together: the guard waits until all of them are planned, as after a read of the directory.
 * @returns whom to ring for; nobody when the directory moved on meanwhile, and the next call will do it
 */
export async function touchExpired(
  { redis, keys, commit }: State,
  { directories, nowMs }: { directories: readonly string[]; nowMs: number },
): Promise<readonly PersonKey[]> {
  const expired = await redis.zrangebyscore(keys.expiries, '-inf', nowMs);
  if (expired.length === 0) return [];
  const caughtUp = directories.map((id) => keys.directory(id).caughtUp);
  const ticks = await Promise.all(caughtUp.map((key) => redis.get(key)));
  const { committed } = await commit({
    guards: caughtUp.map((key, index) => ({ command: ['GET', key], is: ticks[index] ?? null })),
    writes: [
      ...manyValues(['ZREM', keys.expiries], expired),
      ...touch(keys, expired),
      // Where more is to be read, the guard waits for that anyway.
      ...caughtUp.filter((_, index) => ticks[index]).map((key) => ['SET', key, TICK]),
    ],
  });
  return committed ? expired : [];
}
