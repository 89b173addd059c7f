/**
 * resetpassword and requiremasterpasswordchange: the next log-in takes a new password.
 *
 * The public record tells their names, data and errors, not how they show in getuserdata: that both set
 * `password_reset_required`, and nothing else, is our reading.
 */
import { passwordChangeRequired } from '../happening.ts';
import { type Change, type CommandContext, type Outcome, userNotFound } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import type { User } from '../user.ts';
import { forOneUser } from './one-user.ts';

export function resetpassword(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  return forOneUser({ tenant, data, context, act: (user) => requireNewPassword(tenant, user), unknown: userNotFound });
}

export function requiremasterpasswordchange(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  return forOneUser({ tenant, data, context, act: (user) => requireNewPassword(tenant, user) });
}

function requireNewPassword(tenant: Tenant, user: User): Change[] {
  if (user.password_reset_required) return [];
  user.password_reset_required = true;
  tenant.note(passwordChangeRequired(user.username));
  return [{ username: user.username, step: 'require-new-password' }];
}
