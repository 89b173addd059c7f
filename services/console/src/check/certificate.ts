/** What a server's certificate says of itself. Pure. */
import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls';
import { formatDuration } from '@connector/shared/duration.ts';
import type { Grade } from './findings.ts';

/** One that ends sooner wants to be renewed, ms: authorities and administrators take their time. */
const soonMs = 30 * 24 * 3_600_000;

/** `for dc1.corp.test, 10.0.0.1; signed by "Corp Root CA"; valid until 2027-03-01`. */
export const describeCertificate = (certificate: DetailedPeerCertificate): string =>
  `for ${namesOf(certificate)}; signed by "${authorityOf(certificate)}"; valid from ${dayOf(certificate.valid_from)} until ${dayOf(certificate.valid_to)}`;

/** What to tell of one that is trusted; a warning in the month before it ends. */
export function trustedCertificate(
  certificate: DetailedPeerCertificate,
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
function namesOf({ subjectaltname, subject }: PeerCertificate): string {
  const names = (subjectaltname ?? '').split(', ').flatMap((name) => /^(?:DNS|IP Address):(.*)$/.exec(name)?.[1] ?? []);
  return names.length > 0 ? names.join(', ') : nameIn(subject);
}

/** The authority that signed the last certificate which the server sends: who trusts it trusts them all. */
function authorityOf(certificate: DetailedPeerCertificate): string {
  let last = certificate;
  for (const seen = new Set<string>(); isSent(last.issuerCertificate) && !seen.has(last.fingerprint256); ) {
    seen.add(last.fingerprint256);
    last = last.issuerCertificate;
  }
  return nameIn(last.issuer);
}

const isSent = (certificate: DetailedPeerCertificate | undefined): boolean => certificate?.fingerprint256 !== undefined;

const nameIn = (name: PeerCertificate['subject'] | undefined): string =>
  [name?.CN ?? name?.OU ?? name?.O ?? 'nobody'].flat().join(', ');

const dayOf = (date: string): string => new Date(date).toISOString().slice(0, 10);
