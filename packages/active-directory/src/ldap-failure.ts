/** From an LDAP result that isn't success to an error of ours (RFC 4511, appendix A.1; MS-ADTS 3.1.1.3.1.9). */
import { DirectoryError } from './errors.ts';

/** What a server says at the end of an operation. */
export interface Outcome {
  readonly status: number;
  readonly errorMessage: string;
}

const names: Readonly<Record<number, string>> = {
  1: 'operationsError',
  2: 'protocolError',
  3: 'timeLimitExceeded',
  4: 'sizeLimitExceeded',
  8: 'strongerAuthRequired',
  10: 'referral',
  11: 'adminLimitExceeded',
  12: 'unavailableCriticalExtension',
  13: 'confidentialityRequired',
  16: 'noSuchAttribute',
  18: 'inappropriateMatching',
  19: 'constraintViolation',
  20: 'attributeOrValueExists',
  32: 'noSuchObject',
  34: 'invalidDNSyntax',
  48: 'inappropriateAuthentication',
  49: 'invalidCredentials',
  50: 'insufficientAccessRights',
  51: 'busy',
  52: 'unavailable',
  53: 'unwillingToPerform',
  65: 'objectClassViolation',
  80: 'other',
};

/** Result codes that tests of an outcome ask for. */
export const ldapCode = {
  protocolError: 2,
  sizeLimitExceeded: 4,
  referral: 10,
  unavailableCriticalExtension: 12,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  invalidCredentials: 49,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
  objectClassViolation: 65,
} as const;

const remedies: Readonly<Record<number, string>> = {
  3: "raise the domain controller's MaxQueryDuration, or read when it is less busy",
  4: 'the answer was cut short and is not used',
  11: "the domain controller's limits were reached; look at its LDAP policies",
  51: 'it is tried again',
  52: 'it is tried again',
};

const remediesOfWrites: Readonly<Record<number, string>> = {
  10: 'where it is a read-only domain controller, name others in urls',
};

/** A result in a few words, such as `LDAP 51 busy: try later`. */
export const resultText = ({ status, errorMessage }: Outcome): string => {
  const text = errorMessage.replaceAll('\0', '').trim();
  return `LDAP ${status} ${names[status] ?? 'unknown code'}${text && `: ${text}`}`;
};

/**
 * @param doing what failed, such as `reading DC=example,DC=com at ldaps://dc1`
 * @param access which right it takes
 */
export function ldapFailure(
  outcome: Outcome,
  doing: string,
  { access = 'read' }: { access?: 'read' | 'write' } = {},
): DirectoryError {
  const { status } = outcome;
  const options = { ldapCode: status };
  if (status === 8 || status === 13) return tlsRequired(doing, outcome);
  if (status === 50) {
    const remedy = `give the connector's account ${access} access there`;
    return new DirectoryError(
      'insufficient-rights',
      `${doing} isn't allowed (${resultText(outcome)}); ${remedy}`,
      options,
    );
  }
  const remedy = (access === 'write' ? remediesOfWrites : {})[status] ?? remedies[status];
  return new DirectoryError(
    `${access}-failed`,
    `${doing} failed (${resultText(outcome)})${remedy ? `; ${remedy}` : ''}`,
    options,
  );
}

const tlsRequired = (doing: string, outcome: Outcome): DirectoryError =>
  new DirectoryError(
    'tls-required',
    `${doing} needs an encrypted connection (${resultText(outcome)}); use ldaps://, or tls.startTls: true`,
    {
      ldapCode: outcome.status,
    },
  );

/** What AD means by `data …` in a refused bind: Win32 error codes in hexadecimal (MS-ERREF 2.2). */
const bindReasons: Readonly<Record<string, string>> = {
  '525': 'there is no such account; check bindDn',
  '52e': 'the name or the password is wrong; check bindDn and bindPassword',
  '52f': 'account restrictions forbid this sign-in; check its policies',
  '530': "it isn't allowed to sign in at this time; check its logon hours",
  '531': "it isn't allowed to sign in from here; check its logon workstations",
  '532': 'its password has expired; set a new one, and let it never expire',
  '533': 'it is disabled; enable it',
  '568': 'it is in too many groups; take it out of some',
  '701': 'it has expired; extend it',
  '773': 'it must change its password first; clear "User must change password at next logon"',
  '775': 'it is locked out; unlock it, and look for who uses an old password',
};

/** AD tells these only to who has the right password. */
const afterThePassword: ReadonlySet<string> = new Set(['530', '531', '532', '533', '701', '773']);
/** Of an account that is locked it doesn't look at the password any more: no such try counts as a wrong one either. */
const harmless: ReadonlySet<string> = new Set([...afterThePassword, '775']);

/** @param dn the account that was to be bound */
export function bindFailure({ dn, url, ...outcome }: Outcome & { dn: string; url: string }): DirectoryError {
  const { status, errorMessage } = outcome;
  if (status === 8 || status === 13) return tlsRequired(`signing in as ${dn} at ${url}`, outcome);
  if (status === ldapCode.busy || status === ldapCode.unavailable) return ldapFailure(outcome, `signing in at ${url}`);
  const data = /\bdata ([0-9a-f]+)/i.exec(errorMessage)?.[1]?.toLowerCase();
  const reason = data === undefined ? undefined : bindReasons[data];
  const why =
    reason === undefined ? `check bindDn and bindPassword (${resultText(outcome)})` : `${reason} (data ${data})`;
  return new DirectoryError('bind-refused', `${url} refuses the account ${dn}: ${why}`, {
    ldapCode: status,
    countsTowardsLockOut: !harmless.has(data ?? ''),
    passwordWasRight: afterThePassword.has(data ?? ''),
  });
}
