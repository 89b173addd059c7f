/**
 * How often one may try to sign in as an account. AD locks an account after a few wrong passwords; so it is asked less often than that
 * within the time over which it counts, whoever tries and by way of whichever console.
 */
import type { Claimant, LockOut } from '@connector/active-directory/who-signs-in.ts';
import type { Store } from '@connector/shared/store.ts';

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
 * What AD's own count says: others may have given wrong passwords, elsewhere. One more, and two are left, or with few anyway, one.
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

/**
 * Takes one of an account's tries, before AD is asked. What is refused here doesn't count as one.
 * @param account tells accounts apart
 */
export async function takeTry({ redis, keys }: Store, account: string, lockOut: LockOut): Promise<Permission> {
  const windowMs = lockOut.threshold === 0 ? windowWithoutLockOutMs : lockOut.windowMs;
  const key = keys.passwordTries(account);
  // Which comes first decides, whatever consoles ask at the same time.
  const answers = await redis.multi().set(key, 0, 'PX', windowMs, 'NX').incr(key).pttl(key).exec();
  const [, [, tries] = [], [, leftMs] = []] = answers ?? [];
  if (Number(tries) > mostTries(lockOut)) return { may: false, againInMs: Math.max(0, Number(leftMs)) };
  await redis.pexpire(key, windowMs); // as with AD, each wrong one makes the time begin anew
  return { may: true };
}

/** The password was right: AD counts anew, and so do we. */
export async function forgetTries({ redis, keys }: Store, account: string): Promise<void> {
  await redis.del(keys.passwordTries(account), keys.failedSignIns(account));
}

/** Counts a failure. @returns how many there were in a row */
export async function countFailure({ redis, keys }: Store, account: string): Promise<number> {
  const key = keys.failedSignIns(account);
  const answers = await redis.multi().incr(key).pexpire(key, rememberedMs).exec();
  return Number(answers?.[0]?.[1] ?? 1);
}
