/** disablemultifactor: takes the second factor away. */
import type { CommandContext, Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import { forOneUser } from './one-user.ts';

/** The simulated users have no second factor set up (a `duousername` only names one), so nothing changes. */
export function disablemultifactor(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  return forOneUser({ tenant, data, context, act: () => [] });
}
