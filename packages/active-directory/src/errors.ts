/** What can go wrong with a directory, each kind under a code of its own and in one line that says what to do. */

export type DirectoryErrorCode =
  /** No connection: refused, no route, no such host, no answer in time. */
  | 'unreachable'
  /** DNS doesn't answer, or knows no domain controllers of the domain, or not the address of one. */
  | 'dns-failed'
  | 'certificate-untrusted'
  | 'certificate-name-mismatch'
  /** The server doesn't begin TLS; no password was sent. */
  | 'start-tls-refused'
  /** The server refused name and password; the message says what AD gave as the reason. */
  | 'bind-refused'
  /** The server, or we ourselves, want no password over an unencrypted connection. */
  | 'tls-required'
  | 'base-not-found'
  /** The server doesn't accept a DirSync cookie: only a full read helps. */
  | 'cookie-refused'
  | 'insufficient-rights'
  | 'deleted-objects-unreadable'
  /** A read ended with an LDAP error: whatever came before it is not the whole. */
  | 'read-failed'
  /** A write ended with an LDAP error: nothing was written. */
  | 'write-failed'
  /** An attribute isn't what it has to be; the message says how to make one that is. */
  | 'attribute-unfit'
  /** The connection is gone for good; connect anew. */
  | 'connection-lost'
  /** The server accepted a request and then fell silent, or left out what it must answer. */
  | 'no-answer';

/** One line that names the thing and the remedy. Never holds a password. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  readonly code: DirectoryErrorCode;
  /** The LDAP result code, where the server sent one (RFC 4511, appendix A). */
  readonly ldapCode: number | undefined;
  /** Of a refused sign-in: trying it again counts towards a lock-out, because the password may be wrong. */
  readonly countsTowardsLockOut: boolean;
  /** Of a refused sign-in: AD tells this reason only to who has the right password. */
  readonly passwordWasRight: boolean;

  constructor(
    code: DirectoryErrorCode,
    message: string,
    {
      cause,
      ldapCode,
      countsTowardsLockOut = false,
      passwordWasRight = false,
    }: { cause?: unknown; ldapCode?: number; countsTowardsLockOut?: boolean; passwordWasRight?: boolean } = {},
  ) {
    super(message.replace(/\s+/g, ' ').trim(), cause === undefined ? undefined : { cause });
    this.code = code;
    this.ldapCode = ldapCode;
    this.countsTowardsLockOut = countsTowardsLockOut;
    this.passwordWasRight = passwordWasRight;
  }
}
