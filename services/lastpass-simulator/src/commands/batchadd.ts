/** batchadd: creates users, and updates those that exist. */
import { z } from 'zod';
import { userUpdated } from '../happening.ts';
import { type Change, type CommandContext, failed, type Outcome } from '../outcome.ts';
import type { Settings } from '../settings.ts';
import type { Tenant } from '../tenant.ts';
import { type User, username } from '../user.ts';
import { address, flag, isOver, readData, tooLarge } from './entries.ts';
import { moveBetweenGroups } from './group-moves.ts';
import { hasFreeSeat, noSeat } from './seats.ts';

const entry = z.object({
  username: address,
  fullname: z.string().optional(),
  groups: z.array(z.string().min(1)).optional(),
  attribs: z.record(z.string(), z.unknown()).optional(),
  duousername: z.string().nullable().optional(),
  securidusername: z.string().nullable().optional(),
  password: z.string().optional(),
  password_reset_required: flag.optional(),
});
type Entry = z.infer<typeof entry>;

/** Carried out entry by entry; refused ones make the whole answer a FAIL (`batchaddRefusal` says what of the rest). */
export function batchadd(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  const read = readData(z.array(entry), data);
  if ('refusal' in read) return read.refusal;
  const refusal = tooLarge(read.data, context);
  if (refusal) return refusal;
  const { accepted, errors } = sift(tenant, read.data, context);
  if (errors.length > 0 && context.settings.batchaddRefusal === 'none-applied') return failed(...errors);
  const changes = accepted.flatMap((one) => apply(tenant, one, context));
  if (errors.length > 0) return { answer: { kind: 'failed', errors }, changes };
  return { answer: { kind: 'done', ...slowDown(read.data, context) }, changes };
}

function slowDown(entries: Entry[], { settings }: CommandContext): { message?: string } {
  if (!isOver(entries, settings.largestBatch)) return {};
  return { message: `Large batch: ${entries.length} users were sent, please send at most ${settings.largestBatch}` };
}

/** Entries that can be applied, and why the others can't: seats are counted as the batch fills them. */
function sift(tenant: Tenant, entries: Entry[], context: CommandContext): { accepted: Entry[]; errors: string[] } {
  const accepted: Entry[] = [];
  const errors = new Set<string>();
  const seated = new Set<string>();
  for (const one of entries) {
    const isNewcomer = takesSeat(tenant, one, context.settings) && !seated.has(one.username);
    const refusal = refusalOf(one, context);
    const isFull = isNewcomer && !hasFreeSeat(tenant, { settings: context.settings, taken: seated.size });
    if (refusal !== null) errors.add(`${refusal}: ${one.username}`);
    else if (isFull) errors.add(noSeat(one.username, context.settings));
    else {
      accepted.push(one);
      if (isNewcomer) seated.add(one.username);
    }
  }
  return { accepted, errors: [...errors] };
}

/** Whether the entry makes a user who has had no seat: a new one, or one who is enabled again. */
function takesSeat(tenant: Tenant, { username }: Entry, { batchaddReenables }: Settings): boolean {
  const user = tenant.find(username);
  return user ? user.disabled && batchaddReenables : !tenant.invited.has(username);
}

function refusalOf(one: Entry, { poisoned }: CommandContext): string | null {
  return poisoned.get(one.username) ?? (username.safeParse(one.username).success ? null : 'Invalid username');
}

function apply(tenant: Tenant, one: Entry, context: CommandContext): Change[] {
  if (tenant.invited.has(one.username)) return [welcome(tenant, one, context)];
  const user = tenant.find(one.username);
  return user ? update(tenant, user, one, context) : create(tenant, one, context);
}

function create(tenant: Tenant, one: Entry, context: CommandContext): Change[] {
  const { password, ...seed } = one;
  const master_key = context.masterKeys.get(one.username);
  tenant.create({ ...seed, ...(master_key === undefined ? {} : { master_key }) }, context.now);
  const created: Change = { username: one.username, step: 'create' };
  return password === undefined ? [created, welcome(tenant, one, context)] : [created];
}

/** What the public record doesn't say: an address that is only invited is sent its invitation once more. */
function welcome(tenant: Tenant, one: Entry, { now }: CommandContext): Change {
  tenant.welcome(one.username, now);
  return { username: one.username, step: 'welcome-email' };
}

function update(tenant: Tenant, user: User, one: Entry, context: CommandContext): Change[] {
  const edits = profile(user, one);
  if (edits.length > 0) tenant.note(userUpdated(user.username));
  const changes: Change[] = [...edits, ...regroup(tenant, user, one, context)];
  if (context.settings.batchaddReenables && tenant.setDisabled(user, false)) {
    changes.push({ username: user.username, step: 'enable' });
  }
  return changes;
}

function profile(user: User, one: Entry): Change[] {
  const before = JSON.stringify(user);
  if (one.attribs) user.attribs = { ...user.attribs, ...one.attribs };
  if (one.duousername !== undefined) user.duousername = one.duousername;
  if (one.securidusername !== undefined) user.securidusername = one.securidusername;
  const step = one.fullname !== undefined && one.fullname !== user.fullname ? 'rename' : 'update';
  if (one.fullname !== undefined) user.fullname = one.fullname;
  return JSON.stringify(user) === before ? [] : [{ username: user.username, step }];
}

function regroup(tenant: Tenant, user: User, { groups }: Entry, { settings }: CommandContext): Change[] {
  if (groups === undefined) return [];
  const wanted = new Set(groups.map((name) => name.toLowerCase()));
  const surplus =
    settings.batchaddGroups === 'add' ? [] : user.groups.filter((name) => !wanted.has(name.toLowerCase()));
  return moveBetweenGroups(tenant, user, { add: groups, del: surplus });
}
