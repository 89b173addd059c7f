/** reinviteuser: the welcome e-mail once more. */
import { type CommandContext, failed, noSuchUser, type Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import { readUsername } from './one-user.ts';

/**
 * To a user or to an address that is only invited. The public record doesn't say what it does for users who are at work
 * already; here it goes to them too.
 */
export function reinviteuser(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  const read = readUsername(data, context);
  if ('refusal' in read) return read.refusal;
  const { username } = read;
  if (!tenant.isTaken(username)) return failed(noSuchUser(username));
  tenant.welcome(username, context.now);
  return { answer: { kind: 'done' }, changes: [{ username, step: 'welcome-email' }] };
}
