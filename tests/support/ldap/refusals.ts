/** Requests that a Windows domain controller refuses and Samba, as we run it, takes. */
import { ProtocolOperation } from 'ldapts';
import type { LdapMessage, Result } from './messages.ts';
import { isNotification } from './search.ts';

/** What is known of a connection when a request comes. */
export interface ConnectionState {
  readonly encrypted: boolean;
  /** Notification searches that are under way. */
  readonly notifications: number;
}

export const resultCode = { strongerAuthRequired: 8, adminLimitExceeded: 11, busy: 51, unavailable: 52 } as const;

/**
 * A simple bind in the clear, where signing is required (LDAPServerIntegrity), the default of new domains since Windows
 * Server 2025 and by hardening long before (MS-ADTS 5.1.1.1: strongerAuthRequired).
 */
export function clearTextBind({ operation }: LdapMessage, { encrypted }: ConnectionState): Result | null {
  if (operation !== ProtocolOperation.LDAP_REQ_BIND || encrypted) return null;
  const errorMessage =
    '00002028: LdapErr: DSID-0C090202, comment: The server requires binds to turn on integrity checking if SSL\\TLS are not already active on the connection';
  return { status: resultCode.strongerAuthRequired, errorMessage };
}

/**
 * One notification search more than MaxNotificationPerConn allows on one connection (MS-ADTS 3.1.1.3.4.6). Samba answers
 * with this code; Microsoft's KB 315071 says `busy`.
 */
export function notificationTooMany(
  request: LdapMessage,
  { notifications }: ConnectionState,
  max: number,
): Result | null {
  if (!isSearch(request) || !isNotification(request) || notifications < max) return null;
  return {
    status: resultCode.adminLimitExceeded,
    errorMessage: '00002024: SvcErr: MaxNotificationPerConn was reached',
  };
}

/** A server that has too much to do, or is about to go. */
export const tooBusy = (status: 51 | 52): Result => ({
  status,
  errorMessage:
    status === resultCode.busy ? '0000200E: SvcErr: the server is busy' : '0000200F: SvcErr: it is unavailable',
});

export const isSearch = ({ operation }: LdapMessage): boolean => operation === ProtocolOperation.LDAP_REQ_SEARCH;
