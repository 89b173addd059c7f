/**
 * How often one may try to sign in as an account. AD locks an account after a few wrong passwords; so it is asked less often than that
 * within the time over which it counts, whoever tries and by way of whichever console.
 */
import { randomUUID } from 'node:crypto';
import type { Claimant, LockOut } from '@connector/active-directory/who-signs-in.ts';
import type { Store } from '@connector/shared/store.ts';
import type { ChainableCommander } from 'ioredis';

/** Tries that are left to the person elsewhere: with a phone that has an old password, a desktop, … */
const leftElsewhere = 3;
/** Wrong passwords in a row where AD locks nobody. */
const triesWithoutLockOut = 10;
const windowWithoutLockOutMs = 15 * 60_000;
/** Failures are remembered for so long after the last one, ms. */
const rememberedMs = 15 * 60_000;
const firstDelayMs = 250;
const longestDelayMs = 5_000;

/**
 * How many wrong passwords in a row AD is asked about, below `lockoutThreshold` − 2. Where it locks at two or three, one all the same, which
 * doesn't lock; where at the first, none.
 */
export function mostTries({ threshold }: LockOut): number {
  if (threshold === 0) return triesWithoutLockOut;
  return threshold === 1 ? 0 : Math.max(1, threshold - leftElsewhere);
}

/** How late a failure is answered. @param failures in a row, this one included */
export const delayAfterMs = (failures: number): number => Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1));

/** Whether AD may be asked about a password, and if not, when again. */
export type Permission = { readonly may: true } | { readonly may: false; readonly againInMs: number };

/**
 * What AD's own count says, in which wrong passwords given elsewhere are: nothing is tried when fewer than three are left, or where it locks
 * at three or fewer, once there was one.
 * @returns `null` where it has nothing against a try
 */
export function permissionBy(
  { threshold, windowMs }: LockOut,
  wrong: Claimant['wrong'] | null,
  nowMs: number,
): Permission | null {
  if (threshold === 0 || wrong === null || wrong.count < Math.max(1, threshold - 2)) return null;
  const againInMs = wrong.lastAtMs + windowMs - nowMs;
  return againInMs > 0 ? { may: false, againInMs } : null;
}

/** Ours is over later than AD's, whose begins when it hears the password, ms. */
const laterMs = 60_000;
/** A try takes no longer, ms: connecting and signing in have limits of their own. */
const tryWithinMs = 60_000;

/**
 * A policy may count for months, or for ever, and a right password elsewhere makes AD forget it all the same, of which nobody tells us: beyond a day
 * AD's own count decides (`permissionBy`).
 */
const longestWindowMs = 24 * 3_600_000;

const windowOf = ({ threshold, windowMs }: LockOut): number =>
  (threshold === 0 ? windowWithoutLockOutMs : Math.min(windowMs, longestWindowMs)) + laterMs;

/**
 * Begins a try: one of an account at a time, by all consoles together, so that none is counted before another has ended.
 * @returns what ends it; `null` while there is another
 */
export async function beginTry({ redis, keys }: Store, account: string): Promise<string | null> {
  const turn = randomUUID();
  return (await redis.set(keys.signingIn(account), turn, 'PX', tryWithinMs, 'NX')) === null ? null : turn;
}

export async function endTry({ keys, commit }: Store, account: string, turn: string): Promise<void> {
  const key = keys.signingIn(account);
  await commit({ guards: [{ command: ['GET', key], is: turn }], writes: [['DEL', key]] });
}

/**
 * Takes one of an account's tries, before AD is asked. What is refused here doesn't count as one.
 * @param account tells accounts apart
 */
export async function takeTry({ redis, keys }: Store, account: string, lockOut: LockOut): Promise<Permission> {
  if (mostTries(lockOut) === 0) return { may: false, againInMs: 0 }; // however long one waits
  const key = keys.passwordTries(account);
  const windowMs = windowOf(lockOut);
  const [, tries, leftMs] = await answersOf(redis.multi().set(key, 0, 'PX', windowMs, 'NX').incr(key).pttl(key));
  if (Number(tries) > mostTries(lockOut)) return { may: false, againInMs: Math.max(0, Number(leftMs)) };
  await redis.pexpire(key, windowMs); // as with AD, each wrong one makes the time begin anew
  return { may: true };
}

/** AD has heard a wrong password just now: its time begins now. */
export async function keepTry({ redis, keys }: Store, account: string, lockOut: LockOut): Promise<void> {
  await redis.pexpire(keys.passwordTries(account), windowOf(lockOut));
}

/** AD has found the password right, and counts nothing, though it lets nobody in. */
export async function giveBackTry({ redis, keys }: Store, account: string): Promise<void> {
  await redis.decr(keys.passwordTries(account));
}

/** The answers of a transaction of Redis. @throws the first that is an error: nobody may try without being counted */
async function answersOf(transaction: ChainableCommander): Promise<unknown[]> {
  return ((await transaction.exec()) ?? []).map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
}

/** The password was right: AD counts anew, and so do we. */
export async function forgetTries({ redis, keys }: Store, account: string): Promise<void> {
  await redis.del(keys.passwordTries(account), keys.failedSignIns(account));
}

/** Counts a failure. @returns how many there were in a row */
export async function countFailure({ redis, keys }: Store, account: string): Promise<number> {
  const key = keys.failedSignIns(account);
  const [failures] = await answersOf(redis.multi().incr(key).pexpire(key, rememberedMs));
  return Number(failures);
}
