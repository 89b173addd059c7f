/** getuserdata: users by filter and page, by ascending id. */
import { z } from 'zod';
import type { CommandContext, Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import type { User } from '../user.ts';
import { address, flag, readData, wholeNumber } from './entries.ts';

const query = z.object({
  username: address.optional(),
  disabled: flag.optional(),
  admin: flag.optional(),
  pagesize: wholeNumber.optional(),
  pageindex: wholeNumber.optional(),
});
type Query = z.infer<typeof query>;

/** `data` may be missing, null, `[]`, or the bare string "all": everyone. */
const everyone = z.union([z.null(), z.undefined(), z.literal('all'), z.literal(''), z.array(z.never())]);

export function getuserdata(tenant: Tenant, data: unknown, { settings }: CommandContext): Outcome {
  const read = everyone.safeParse(data).success ? { data: {} } : readData(query, data);
  if ('refusal' in read) return read.refusal;
  const asked = read.data;
  const matches = [...select(tenant, asked)];
  const invited = invitations(tenant, asked);
  if (asked.username !== undefined && matches.length + invited.length === 0 && settings.unknownUsername === 'error') {
    return { answer: { kind: 'not-listed', username: asked.username }, changes: [] };
  }
  const users = page(matches, asked);
  const withSharingKeys = users.filter((user) => !user.neverloggedin || tenant.sharing.neverWaits(user));
  const sharingKeys = new Set(withSharingKeys.map(({ id }) => id));
  return { answer: { kind: 'listed', total: matches.length, users, invited, sharingKeys }, changes: [] };
}

function* select(tenant: Tenant, { username, disabled, admin }: Query): Iterable<User> {
  const found = username === undefined ? tenant.users() : [tenant.find(username)];
  for (const user of found) {
    if (user === undefined) continue;
    if (disabled !== undefined && user.disabled !== disabled) continue;
    if (admin !== undefined && user.admin !== admin) continue;
    yield user;
  }
}

/** Every answer lists them all; one for a single username only that one. */
function invitations(tenant: Tenant, { username }: Query): string[] {
  if (username === undefined) return [...tenant.invited].toSorted();
  return tenant.invited.has(username) ? [username] : [];
}

function page(users: User[], { pagesize, pageindex }: Query): User[] {
  if (pagesize === undefined || pagesize === 0) return users;
  const start = (pageindex ?? 0) * pagesize;
  return users.slice(start, start + pagesize);
}
