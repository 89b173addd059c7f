/**
 * expiredmasterpwlist: who is at work with a master password older than `masterPasswordDays`, by ascending id.
 *
 * Request and answer are as LastPass documents them ("Reporting - Expired Master Password"): at most 500 at once, and a
 * token to go on with, which here is the last id.
 */
import { z } from 'zod';
import { type CommandContext, failed, type Outcome } from '../outcome.ts';
import type { Settings } from '../settings.ts';
import type { Tenant } from '../tenant.ts';
import type { User } from '../user.ts';
import { readData, wholeNumber } from './entries.ts';

const AT_MOST = 500;
const DAY_MS = 24 * 60 * 60 * 1_000;

const request = z.object({ limit: wholeNumber.nullish(), continuation_token: z.string().nullish() });

export function expiredmasterpwlist(tenant: Tenant, data: unknown, { settings, now }: CommandContext): Outcome {
  const read = readData(request, Array.isArray(data) || data === null || data === undefined ? {} : data);
  if ('refusal' in read) return read.refusal;
  const { limit, continuation_token: token } = read.data;
  if (token != null && !/^\d+$/.test(token)) return failed('Invalid continuation_token');
  const after = Number(token ?? 0);
  const left = Array.from(tenant.users()).filter((user) => Number(user.id) > after && isExpired(user, settings, now));
  const users = left.slice(0, Math.min(limit || AT_MOST, AT_MOST));
  return { answer: { kind: 'expired', users, remaining: left.length - users.length }, changes: [] };
}

function isExpired(user: User, { masterPasswordDays }: Settings, now: Date): boolean {
  if (masterPasswordDays === null || user.disabled || user.neverloggedin) return false;
  // Stored times are UTC without a zone.
  const changedMs = Date.parse(`${user.last_pw_change.replace(' ', 'T')}Z`);
  return now.getTime() - changedMs > masterPasswordDays * DAY_MS;
}
