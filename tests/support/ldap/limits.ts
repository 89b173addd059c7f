/** Everything that a Windows domain controller limits and Samba doesn't; each may be left out. */
import type { DirSyncPageSize } from './dirsync-pages.ts';
import type { LdapMessage, Result } from './messages.ts';
import { firstOnly, smallerPage } from './page-size.ts';
import { type ConnectionState, clearTextBind, notificationTooMany } from './refusals.ts';
import type { SearchAnswer } from './search.ts';
import { inRanges } from './value-ranges.ts';

export interface Limits {
  /** Entries in one answer. */
  readonly maxPageSize?: number;
  /** Values of one attribute in one answer. */
  readonly maxValRange?: number;
  /** What fits into one of DirSync's answers. */
  readonly dirSyncPage?: DirSyncPageSize;
  /** Notification searches on one connection. */
  readonly maxNotificationPerConn?: number;
  /** A connection that asked for nothing for so long, and waits for no answer, is given notice and closed, ms. */
  readonly maxConnIdleMs?: number;
  /** Passwords only where TLS is. */
  readonly clearTextBindRefused?: boolean;
  /** Refuses any request that a test wants refused; `null`: let it pass. */
  readonly refuse?: (request: LdapMessage) => Result | null;
  /** Changes a search before the server gets it. */
  readonly ask?: (request: LdapMessage) => LdapMessage;
  /** Changes an answer before the client gets it. */
  readonly answer?: (request: LdapMessage, answer: SearchAnswer) => SearchAnswer;
}

/**
 * Windows' defaults (MS-ADTS 3.1.1.3.4.6; Microsoft's KB 315071). How much a DirSync answer holds is the client's wish of
 * bytes there; here it is a number of entries, small enough to tell.
 */
export const windowsLimits = {
  maxPageSize: 1_000,
  maxValRange: 1_500,
  dirSyncPage: { entries: 100, values: 1_000 },
  maxNotificationPerConn: 5,
  maxConnIdleMs: 900_000,
  clearTextBindRefused: true,
} as const satisfies Limits;

/** Why a request isn't answered but refused; `null` when it passes. */
export function refusalOf(request: LdapMessage, state: ConnectionState, limits: Limits): Result | null {
  const { clearTextBindRefused = false, maxNotificationPerConn = Number.POSITIVE_INFINITY, refuse } = limits;
  return (
    (clearTextBindRefused ? clearTextBind(request, state) : null) ??
    notificationTooMany(request, state, maxNotificationPerConn) ??
    refuse?.(request) ??
    null
  );
}

/** The search as it goes on to the server. */
export function limitedRequest(request: LdapMessage, limits: Limits): LdapMessage {
  const { maxPageSize = Number.POSITIVE_INFINITY, ask = (asked) => asked } = limits;
  return smallerPage(ask(request), maxPageSize);
}

/** The answer as the client gets it. */
export function limitedAnswer(request: LdapMessage, answer: SearchAnswer, limits: Limits): SearchAnswer {
  const { maxPageSize = Number.POSITIVE_INFINITY, maxValRange = Number.POSITIVE_INFINITY } = limits;
  const limited = inRanges(request, firstOnly(request, answer, maxPageSize), maxValRange);
  return limits.answer?.(request, limited) ?? limited;
}
