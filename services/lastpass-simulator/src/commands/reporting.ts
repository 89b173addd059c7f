/**
 * reporting: the event log, newest first, at most 10,000 events a call.
 *
 * `next` of an answer, in microseconds, is where the next call goes on: LastPass documents it as "that time or earlier",
 * and every event here has a microsecond of its own, so none is left out or told twice.
 */
import { z } from 'zod';
import { momentOf } from '../account-time.ts';
import type { CompanyEvent } from '../event-log.ts';
import { type CommandContext, failed, type Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import { address, flag, readData, wholeNumber } from './entries.ts';

const request = z.object({
  from: z.string().nullish(),
  to: z.string().nullish(),
  search: z.string().nullish(),
  user: address.nullish(),
  admin: flag.nullish(),
  next: wholeNumber.nullish(),
  format: z.string().nullish(),
});
type Request = z.infer<typeof request>;

export function reporting(tenant: Tenant, data: unknown, { settings }: CommandContext): Outcome {
  const read = readData(request, Array.isArray(data) || data === null || data === undefined ? {} : data);
  if ('refusal' in read) return read.refusal;
  const asked = read.data;
  const range = { from: boundary(asked.from, settings.timeZone), to: boundary(asked.to, settings.timeZone) };
  for (const [name, moment] of Object.entries(range)) {
    if (moment === 'malformed') return failed(`Invalid ${name}: must be a time such as 2015-07-17 09:45:00`);
  }
  const events: CompanyEvent[] = [];
  let next: number | null = null;
  for (const event of tenant.events.newestFirst(asked.next == null ? {} : { fromUs: asked.next })) {
    if (!isWanted(event, asked, range)) continue;
    if (events.length === settings.eventsPerCall) {
      next = event.timeUs;
      break;
    }
    events.push(event);
  }
  const form = asked.format?.toLowerCase() === 'siem' ? 'list' : 'numbered';
  return { answer: { kind: 'reported', events, next, form }, changes: [] };
}

type Boundary = number | null | 'malformed';

function boundary(text: string | null | undefined, timeZone: string): Boundary {
  if (text === null || text === undefined || text.trim() === '') return null;
  return momentOf(text, timeZone) ?? 'malformed';
}

/** Both ends belong to the range, to the second, as times are told to the second. */
function isWanted(event: CompanyEvent, asked: Request, { from, to }: { from: Boundary; to: Boundary }): boolean {
  const second = Math.floor(event.timeUs / 1_000_000) * 1_000;
  if (typeof from === 'number' && second < from) return false;
  if (typeof to === 'number' && second > to) return false;
  if (asked.admin === true && !isByAdministrators(event)) return false;
  return isAbout(event, asked.user ?? 'allusers') && has(event, asked.search ?? '');
}

/** `admin` leaves out what people did for themselves. */
function isByAdministrators({ username }: CompanyEvent): boolean {
  return !username.includes('@');
}

/** Events that the user made, and those that name the user: whether LastPass gives both isn't on record. */
function isAbout({ username, data }: CompanyEvent, user: string): boolean {
  if (user === 'allusers' || username.toLowerCase() === user) return true;
  return data
    .toLowerCase()
    .split(/[\s',]+/)
    .includes(user);
}

function has({ username, ipAddress, action, data }: CompanyEvent, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return [username, ipAddress, action, data].some((text) => text.toLowerCase().includes(wanted));
}
