/**
 * resetpassword and requiremasterpasswordchange: the next log-in takes a new password.
 *
 * The public record tells their names, data and errors, not how they show in getuserdata: that both set
 * `password_reset_required`, and nothing else, is our reading.
 */
import { type Change, type CommandContext, type Outcome, userNotFound } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import type { User } from '../user.ts';
import { forOneUser } from './one-user.ts';

export function resetpassword(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  return forOneUser({ tenant, data, context, act: requireNewPassword, unknown: userNotFound });
}

export function requiremasterpasswordchange(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  return forOneUser({ tenant, data, context, act: requireNewPassword });
}

function requireNewPassword(user: User): Change[] {
  if (user.password_reset_required) return [];
  user.password_reset_required = true;
  return [{ username: user.username, step: 'require-new-password' }];
}
