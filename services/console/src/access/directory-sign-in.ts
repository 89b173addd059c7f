/** Signing in with a name and password of Active Directory: nobody's word is taken for it but the domain controller's. */
import { createHmac, randomBytes } from 'node:crypto';
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { ldapCode } from '@connector/active-directory/ldap-failure.ts';
import { provePassword } from '@connector/active-directory/who-signs-in.ts';
import type { Configuration, DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { personKey } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';
import { countRefusal, forgetRefusals, isRefused } from '@connector/sync/directory/bind-refusals.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import pLimit from 'p-limit';
import type { Role } from './access-tokens.ts';
import {
  beginTry,
  countFailure,
  endTry,
  forgetTries,
  giveBackTry,
  keepTry,
  permissionBy,
  takeTry,
} from './sign-in-tries.ts';

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
  /** Somebody else is just signing in as the same account. */
  | { readonly kind: 'under way'; readonly failures: number }
  /** The password is right, and the account is disabled or expired, or has to change it first. */
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

/** The connector's own account was refused: it isn't tried from here, or AD would lock it, and the sync would stand still. */
export class AccountRefused extends Error {
  override readonly name = 'AccountRefused';
  readonly code = 'bind-refused';
}

export interface SignInOptions {
  readonly store: Store;
  readonly may: WhoMay;
  /** Told which groups of the configuration aren't there: nobody is in them. */
  readonly onMissing: (groups: readonly string[]) => void;
  readonly signal: AbortSignal;
}

/** So many sign-ins at once, and so many look-ups of whoever has signed in: neither waits for the other. */
const signIns = pLimit(10);
const lookUps = pLimit(5);
/** The connector's own account signs in once at a time: were its password wrong, AD would count each. */
const oneBind = pLimit(1);
/** A domain controller that doesn't take a connection within this is passed over, ms. */
const connectTimeoutMs = 2_000;

/**
 * Signs in.
 * @throws DirectoryError or AccountRefused when the directory can't be asked; what Redis throws
 */
export function signIn(
  options: SignInOptions,
  { user, password }: { user: string; password: string },
): Promise<SignIn> {
  const { store, may, signal } = options;
  return signIns(async () => {
    await using connection = await connect(options);
    const found = await connection.findClaimant(user);
    const account = found === null ? nameless(user) : personKey(may.directory.id, found.guid);
    const failed = () => countFailure(store, account);
    const turn = await beginTry(store, account);
    if (turn === null) return { kind: 'under way', failures: await failed() };
    try {
      // As AD counts by now: another one may have ended meanwhile.
      const claimant = found === null ? null : await connection.findClaimant(user);
      const lockOut = claimant?.lockOut ?? (await connection.lockOut());
      const permission =
        permissionBy(lockOut, claimant?.wrong ?? null, Date.now()) ?? (await takeTry(store, account, lockOut));
      if (!permission.may) return { kind: 'too many', failures: await failed(), againInMs: permission.againInMs };
      if (claimant === null) return { kind: 'wrong', failures: await failed() };
      const { dn, guid, name } = claimant;
      try {
        await provePassword(connectionOptions(may.directory), { url: connection.url, dn, password }, signal);
      } catch (error) {
        if (error instanceof DirectoryError && error.passwordWasRight) await giveBackTry(store, account);
        else await keepTry(store, account, lockOut); // it was heard only now
        if (!(error instanceof DirectoryError) || error.code !== 'bind-refused') throw error;
        return { kind: error.passwordWasRight ? 'not let in' : 'wrong', failures: await failed() };
      }
      await forgetTries(store, account);
      const role = await roleAmong(options, connection, guid);
      return role === null
        ? { kind: 'may not', name }
        : { kind: 'welcome', who: { directory: may.directory.id, guid, name, role } };
    } finally {
      await endTry(store, account, turn);
    }
  });
}

/**
 * What somebody who has signed in may do by now; `null`: nothing any more.
 * @throws DirectoryError or AccountRefused when the directory can't be asked
 */
export function roleNow(options: SignInOptions, guid: string): Promise<Role | null> {
  return lookUps(async () => {
    await using connection = await connect(options);
    return await roleAmong(options, connection, guid);
  });
}

/** As the connector's own account, which isn't tried from here for a while after a refusal that counts: the watcher does so, ever more seldom. */
function connect({ store, may, signal }: SignInOptions): Promise<DirectoryConnection> {
  const { directory } = may;
  return oneBind(async () => {
    if (await isRefused(store, directory.id))
      throw new AccountRefused(
        `${directory.bindDn} was refused by the directory ${directory.id}: mend bindPassword, and restart pusher, console and watcher, in this order; it is tried again in half an hour`,
      );
    try {
      const connection = await connectDirectory({ ...connectionOptions(directory), connectTimeoutMs }, signal);
      await forgetRefusals(store, directory.id);
      return connection;
    } catch (error) {
      const isWrong = error instanceof DirectoryError && error.ldapCode === ldapCode.invalidCredentials;
      if (isWrong && error.countsTowardsLockOut) await countRefusal(store, directory.id, { of: 'other' });
      throw error;
    }
  });
}

async function roleAmong(
  { may, onMissing }: SignInOptions,
  connection: DirectoryConnection,
  guid: string,
): Promise<Role | null> {
  const { administrators, viewers } = may;
  const groups = viewers === undefined ? [administrators] : [administrators, viewers];
  const { among, missing } = await connection.groupsAmong(guid, groups);
  if (missing.length > 0) onMissing(missing);
  if (among.includes(administrators)) return 'administrator';
  return among.length > 0 ? 'viewer' : null;
}

/** Of this process: what is typed may be anything, a password in the wrong field too, and must not be guessed from what Redis has. */
const namelessKey = randomBytes(32);
const nameless = (user: string): string =>
  `unknown/${createHmac('sha256', namelessKey).update(user.toLowerCase()).digest('hex')}`;
