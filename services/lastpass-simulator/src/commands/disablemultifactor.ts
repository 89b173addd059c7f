/** disablemultifactor: takes the second factor away. */
import { multifactorDisabled } from '../happening.ts';
import type { Change, CommandContext, Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import type { User } from '../user.ts';
import { forOneUser } from './one-user.ts';

/** Nothing changes for a user without a second factor set up (a `duousername` only names one). */
export function disablemultifactor(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  return forOneUser({ tenant, data, context, act: (user) => takeAway(tenant, user) });
}

function takeAway(tenant: Tenant, user: User): Change[] {
  if (user.multifactor === undefined) return [];
  delete user.multifactor;
  tenant.note(multifactorDisabled(user.username));
  return [{ username: user.username, step: 'disable-multifactor' }];
}
