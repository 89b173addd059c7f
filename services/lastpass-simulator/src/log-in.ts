/** A person logs in at LastPass, which an administrator rehearses and no API command does. */
import * as happening from './happening.ts';
import type { Tenant } from './tenant.ts';
import { loggedIn, loggedInAgain, type User } from './user.ts';
import { wireTime } from './wire-time.ts';

/** Who logged in; or why nobody did. */
export type LogIn = { user: User } | { refused: 'unknown' | 'disabled' };

/**
 * The first time, an invitation is accepted and a password set. Any time, a pending change of e-mail takes effect, so the
 * username is the one from now on, and the keys of shared folders reach those who wait for them.
 */
export function logIn(tenant: Tenant, username: string, now: Date): LogIn {
  if (tenant.invited.delete(username)) {
    tenant.create({ username }, now);
    tenant.note(happening.invitationAccepted(username));
  }
  const user = tenant.find(username);
  if (user === undefined) return { refused: 'unknown' };
  if (user.disabled) {
    tenant.note(happening.loginFailed(username));
    return { refused: 'disabled' };
  }
  enter(tenant, user, now);
  return { user };
}

/** Somebody has shown a wrong password or key. */
export function logInRefused(tenant: Tenant, username: string): void {
  if (tenant.find(username)) tenant.note(happening.loginFailed(username));
}

function enter(tenant: Tenant, user: User, now: Date): void {
  const passwordBefore = user.last_pw_change;
  const moment = wireTime(now);
  Object.assign(user, user.neverloggedin ? loggedIn(moment) : loggedInAgain(user, moment));
  tenant.note(happening.loggedIn(user.username));
  if (user.last_pw_change !== passwordBefore) tenant.note(happening.passwordChanged(user.username));
  tenant.settleEmail(user);
  tenant.sharing.loggedIn(user);
}
