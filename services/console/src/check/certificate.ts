/** What a server's certificate says of itself. Pure. */
import { formatDuration } from '@connector/shared/duration.ts';
import type { Grade } from './findings.ts';

/** One that ends sooner wants to be renewed, ms: authorities and administrators take their time. */
const soonMs = 30 * 24 * 3_600_000;

type Name = { readonly [part in 'CN' | 'OU' | 'O']?: string | string[] };

/** Of what Node tells of a certificate (`tls.DetailedPeerCertificate`), what is told on. */
export interface ShownCertificate {
  readonly subject: Name;
  readonly issuer: Name;
  readonly subjectaltname?: string | undefined;
  readonly valid_from: string;
  readonly valid_to: string;
  readonly fingerprint256: string;
  /** As far as the server sends it; a root is its own. */
  readonly issuerCertificate?: ShownCertificate;
}

/** `for dc1.corp.test, 10.0.0.1; signed by "Corp Root CA"; valid until 2027-03-01`. */
export const describeCertificate = (certificate: ShownCertificate): string =>
  `for ${namesOf(certificate)}; signed by "${authorityOf(certificate)}"; valid from ${dayOf(certificate.valid_from)} until ${dayOf(certificate.valid_to)}`;

/** What to tell of one that is trusted; a warning in the month before it ends. */
export function trustedCertificate(
  certificate: ShownCertificate,
  nowMs: number,
): { readonly grade: Grade; readonly text: string } {
  const text = `the certificate is trusted: ${describeCertificate(certificate)}`;
  const leftMs = Date.parse(certificate.valid_to) - nowMs;
  if (leftMs > soonMs) return { grade: 'ok', text };
  const left = leftMs < 0 ? 'is over' : `ends in ${formatDuration(Math.floor(leftMs / 60_000) * 60_000)}`;
  return {
    grade: 'warning',
    text: `${text}, which ${left}: renew it on the server, or nobody connects any more from then on`,
  };
}

/** The names and addresses that it is for, else its subject's. */
function namesOf({ subjectaltname, subject }: ShownCertificate): string {
  const names = (subjectaltname ?? '').split(', ').flatMap((name) => /^(?:DNS|IP Address):(.*)$/.exec(name)?.[1] ?? []);
  return names.length > 0 ? names.join(', ') : nameIn(subject);
}

/** The authority that signed the last certificate which the server sends: who trusts it trusts them all. */
function authorityOf(certificate: ShownCertificate): string {
  let last = certificate;
  for (const seen = new Set<string>(); !seen.has(last.fingerprint256); ) {
    seen.add(last.fingerprint256);
    // Node gives an empty object, or none, for one that wasn't sent.
    if (last.issuerCertificate?.fingerprint256 !== undefined) last = last.issuerCertificate;
  }
  return nameIn(last.issuer);
}

const nameIn = (name: Name | undefined): string => [name?.CN ?? name?.OU ?? name?.O ?? 'nobody'].flat().join(', ');

const dayOf = (date: string): string => new Date(date).toISOString().slice(0, 10);
