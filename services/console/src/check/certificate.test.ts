import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeCertificate, type ShownCertificate, trustedCertificate } from './certificate.ts';

const certificate = (name: string, issuer: string, above?: ShownCertificate): ShownCertificate => ({
  subject: { CN: name },
  issuer: { CN: issuer },
  valid_from: 'Jan  1 00:00:00 2026 GMT',
  valid_to: 'Jan 31 12:00:00 2026 GMT',
  fingerprint256: name,
  ...(above === undefined ? {} : { issuerCertificate: above }),
});

test('the authority that has to be trusted is the one above all that the server sends', () => {
  const between = certificate('Between', 'Root');
  assert.match(
    describeCertificate(certificate('dc1', 'Between')),
    /^for dc1; signed by "Between"; valid from 2026-01-01/,
  );
  assert.match(describeCertificate(certificate('dc1', 'Between', between)), /signed by "Root"/);
  const root: { -readonly [key in keyof ShownCertificate]: ShownCertificate[key] } = certificate('Root', 'Root');
  root.issuerCertificate = root; // as Node shows one that signed itself
  assert.match(describeCertificate(certificate('dc1', 'Root', root)), /signed by "Root"/);
});

test('the names are those that count, not the subject', () => {
  const named = { ...certificate('dc1', 'Root'), subjectaltname: 'DNS:dc1.corp.test, IP Address:10.0.0.1, URI:x' };
  assert.match(describeCertificate(named), /^for dc1\.corp\.test, 10\.0\.0\.1; /);
});

test('one that ends within thirty days is a warning', () => {
  const grade = (day: string) => trustedCertificate(certificate('dc1', 'Root'), Date.parse(day)).grade;
  assert.deepEqual([grade('2026-01-01T11:00Z'), grade('2026-01-01T13:00Z')], ['ok', 'warning']);
});
