/** From a connection that couldn't be opened to an error of ours. */
import { DirectoryError, type DirectoryErrorCode } from './errors.ts';

const codeOf = (error: unknown): string => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
};

/** OpenSSL's verification errors, as Node names them (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const untrusted: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired; renew it on the domain controller',
  CERT_NOT_YET_VALID: "it isn't valid yet; check both clocks",
  CERT_REVOKED: 'it was revoked; issue a new one on the domain controller',
};
const verification =
  /^(UNABLE_TO_|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_CERT_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH)/;

const addresses: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; is the domain controller up, and is this its port?',
  ENOTFOUND: 'there is no such host; check the address and DNS',
  EAI_AGAIN: "DNS doesn't answer; check the name servers",
  EHOSTUNREACH: 'there is no way to it; check network and firewall',
  ENETUNREACH: 'there is no way to it; check network and firewall',
  ETIMEDOUT: "it doesn't answer; check network and firewall",
  ERR_SSL_WRONG_VERSION_NUMBER: "it doesn't speak TLS on that port; LDAPS is usually 636",
};

export function connectFailure(error: unknown, url: string): DirectoryError {
  const code = codeOf(error);
  const told = error instanceof Error ? error.message : String(error);
  const fail = (kind: DirectoryErrorCode, message: string) => new DirectoryError(kind, message, { cause: error });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const remedy = 'connect by a name it is for, or set tls.serverName';
    return fail('certificate-name-mismatch', `the certificate of ${url} is for another name: ${told}; ${remedy}`);
  }
  if (verification.test(code)) {
    const why = untrusted[code] ?? 'its authority is unknown here; put that in tls.caFile';
    return fail('certificate-untrusted', `the certificate of ${url} can't be trusted (${code}): ${why}`);
  }
  if (/^ERR_OSSL_(PEM|ASN1|X509)/.test(code)) {
    return fail('certificate-untrusted', `tls.caFile holds no certificate in PEM form (${code}); write one that does`);
  }
  const why = addresses[code] ?? `${told}${code && ` (${code})`}; check address, network and firewall`;
  return fail('unreachable', `${url} can't be reached: ${why}`);
}

/** One error of all: when several addresses failed, under the code that tells most. */
export function noneReachable(failures: readonly DirectoryError[]): DirectoryError {
  const telling = failures.find(({ code }) => code !== 'unreachable') ?? failures[0];
  if (telling === undefined)
    return new DirectoryError('unreachable', 'no address is configured; write urls, or domain');
  if (failures.length === 1) return telling;
  const message = [...new Set(failures.map((failure) => failure.message))].join(' · ');
  const { ldapCode } = telling;
  return new DirectoryError(telling.code, `no domain controller will do: ${message}`, {
    cause: telling,
    ...(ldapCode === undefined ? {} : { ldapCode }),
  });
}
