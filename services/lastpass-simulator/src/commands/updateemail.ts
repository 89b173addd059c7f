/**
 * updateemail: another e-mail, and so another username, for a user.
 *
 * Two-phase, as documented: the old name stays listed, and is what commands use, until the user next logs in with it.
 * The setting `updateEmail` makes it instant. The published limit, the only one there is: 10 calls a second from one
 * source address, and 10 for the same `oldemail`; that it shows as HTTP 429 is our reading.
 */
import { z } from 'zod';
import { usernameChangeRequested } from '../happening.ts';
import { type Change, type CommandContext, failed, noSuchUser, type Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import { type User, username } from '../user.ts';
import { address, readData } from './entries.ts';

const request = z.object({ oldemail: address, newemail: address });
type Request = z.infer<typeof request>;

export function updateemail(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  const read = readData(request, data);
  if ('refusal' in read) return read.refusal;
  if (!isWithinLimit(read.data, context)) return { answer: { kind: 'too-often' }, changes: [] };
  const { oldemail, newemail } = read.data;
  const error = context.poisoned.get(oldemail);
  if (error !== undefined) return failed(`${error}: ${oldemail}`);
  const user = tenant.find(oldemail);
  if (user === undefined) return failed(noSuchUser(oldemail));
  const refusal = refusalOf(tenant, newemail);
  return refusal === null
    ? { answer: { kind: 'done' }, changes: change(tenant, user, read.data, context) }
    : failed(refusal);
}

function isWithinLimit({ oldemail }: Request, { emailChanges, source, now }: CommandContext): boolean {
  return emailChanges.admits({ keys: [`from ${source}`, `for ${oldemail}`], nowMs: now.getTime() });
}

/** The user's own address counts as in use too: what is said of it isn't on record. */
function refusalOf(tenant: Tenant, newemail: string): string | null {
  if (!username.safeParse(newemail).success) return `Invalid username: ${newemail}`;
  return tenant.isTaken(newemail) ? `Username already in use: ${newemail}` : null;
}

function change(tenant: Tenant, user: User, { oldemail, newemail }: Request, { settings }: CommandContext): Change[] {
  const isInstant = settings.updateEmail === 'instant';
  if (!isInstant && user.pending_email === newemail) return [];
  user.pending_email = newemail;
  if (isInstant) tenant.settleEmail(user);
  else tenant.note(usernameChangeRequested({ from: oldemail, to: newemail }));
  return [{ username: oldemail, step: 'change-email' }];
}
