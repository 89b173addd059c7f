/** Signing in with a name and password of Active Directory: nobody's word is taken for it but the domain controller's. */
import { createHash } from 'node:crypto';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { provePassword } from '@connector/active-directory/who-signs-in.ts';
import type { Configuration, DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { personKey } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import type { Role } from './access-tokens.ts';
import { countFailure, forgetTries, permissionBy, takeTry } from './sign-in-tries.ts';

/** Which groups of which directory may what. */
export interface WhoMay {
  readonly directory: DirectoryConfiguration;
  readonly administrators: string;
  readonly viewers: string | undefined;
}

/** Somebody of the directory who may use the console. */
export interface Member {
  readonly directory: string;
  readonly guid: string;
  /** As AD calls them. */
  readonly name: string;
  readonly role: Role;
}

/** How an attempt to sign in ended. */
export type SignIn =
  | { readonly kind: 'welcome'; readonly who: Member }
  /** Nobody learns whether it was the name or the password. */
  | { readonly kind: 'wrong'; readonly failures: number }
  | { readonly kind: 'too many'; readonly failures: number; readonly againInMs: number }
  /** The password needn't be wrong: the account is locked, disabled or expired, or the password has to be changed first. */
  | { readonly kind: 'not let in'; readonly failures: number }
  /** It is them, and they are in no group that may use the console. */
  | { readonly kind: 'may not'; readonly name: string };

/** What the configuration says of it; `null`: nobody signs in that way. */
export function whoMay({ directories, console: page }: Configuration): WhoMay | null {
  if (!page?.signIn) return null;
  const { directory: id, administrators, viewers } = page.signIn;
  const directory = id === undefined ? directories[0] : directories.find((each) => each.id === id);
  return directory === undefined ? null : { directory, administrators, viewers };
}

/** The limits of a name that nobody has are the same as of one that somebody has: they tell nothing. */
const strangersLockOut = { threshold: 5, windowMs: 30 * 60_000 };

/**
 * Signs in.
 * @throws DirectoryError when the directory can't be asked, or lacks a group of the configuration; what Redis throws
 */
export async function signIn(
  store: Store,
  may: WhoMay,
  { user, password, signal }: { user: string; password: string; signal: AbortSignal },
): Promise<SignIn> {
  const options = connectionOptions(may.directory);
  await using connection = await connectDirectory(options, signal);
  const claimant = await connection.findClaimant(user);
  const account = claimant === null ? nameless(user) : personKey(may.directory.id, claimant.guid);
  const { lockOut, wrong = null } = claimant ?? { lockOut: strangersLockOut };
  const permission = permissionBy(lockOut, wrong, Date.now()) ?? (await takeTry(store, account, lockOut));
  if (!permission.may)
    return { kind: 'too many', failures: await countFailure(store, account), againInMs: permission.againInMs };
  if (claimant === null) return { kind: 'wrong', failures: await countFailure(store, account) };
  try {
    await provePassword(options, { url: connection.url, dn: claimant.dn, password }, signal);
  } catch (error) {
    if (!(error instanceof DirectoryError) || error.code !== 'bind-refused') throw error;
    const failures = await countFailure(store, account);
    return { kind: error.countsTowardsLockOut ? 'wrong' : 'not let in', failures };
  }
  await forgetTries(store, account);
  const role = await roleAmong(may, (groups) => connection.groupsAmong(claimant.guid, groups));
  const { guid, name } = claimant;
  return role === null
    ? { kind: 'may not', name }
    : { kind: 'welcome', who: { directory: may.directory.id, guid, name, role } };
}

/**
 * What somebody who has signed in may do by now; `null`: nothing any more.
 * @throws DirectoryError when the directory can't be asked
 */
export async function roleNow(may: WhoMay, guid: string, signal: AbortSignal): Promise<Role | null> {
  await using connection = await connectDirectory(connectionOptions(may.directory), signal);
  return await roleAmong(may, (groups) => connection.groupsAmong(guid, groups));
}

async function roleAmong(
  { administrators, viewers }: WhoMay,
  groupsAmong: (groups: readonly string[]) => Promise<readonly string[]>,
): Promise<Role | null> {
  const among = await groupsAmong(viewers === undefined ? [administrators] : [administrators, viewers]);
  if (among.includes(administrators)) return 'administrator';
  return among.length > 0 ? 'viewer' : null;
}

/** What is typed may be anything, a password in the wrong field too. */
const nameless = (user: string): string => `unknown/${createHash('sha256').update(user.toLowerCase()).digest('hex')}`;
