/** The way to each of a directory's domain controllers: its name, its port, its certificate. */
import { addressesOf } from '@connector/active-directory/addresses.ts';
import type { DirectoryOptions } from '@connector/active-directory/directory-options.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { findHost, isEncrypted, knock, seeAnyCertificate, seeCertificate } from '@connector/active-directory/way.ts';
import { describeCertificate, trustedCertificate } from './certificate.ts';
import { type Finding, messageOf, type What } from './findings.ts';

export interface Way {
  /** In the order in which they are tried; those that there is a way to. */
  readonly urls: readonly string[];
  readonly findings: readonly Finding[];
}

/** What is needed to look: `trust` throws where the file with the authorities can't be read. */
export interface Looking {
  readonly end: string;
  /** Without the authorities to trust. */
  readonly options: DirectoryOptions;
  readonly trust: () => DirectoryOptions;
  readonly signal: AbortSignal;
}

/**
 * Looks at all of them at once. What keeps one of them from being reached is a failure only where it keeps all.
 * @throws the signal's reason
 */
export async function lookAtWay(looking: Looking): Promise<Way> {
  const { end, options, signal } = looking;
  let found: Awaited<ReturnType<typeof addressesOf>>;
  try {
    found = await addressesOf(options, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { urls: [], findings: [{ grade: 'failure', end, what: 'dns', text: messageOf(error) }] };
  }
  const looks = await Promise.all(found.map(({ url }) => lookAt(url, looking)));
  signal.throwIfAborted();
  const urls = found.map(({ url }) => url).filter((_, index) => looks[index]?.isOpen);
  const grade = urls.length === 0 ? 'failure' : 'warning';
  const findings = looks.flatMap((look) =>
    look.findings.map((finding) => ({ ...finding, grade: finding.grade ?? grade })),
  );
  return { urls, findings: [...recordsFound(looking, found), ...findings] };
}

function recordsFound({ end, options: { domain } }: Looking, { length }: readonly unknown[]): Finding[] {
  if (domain === undefined) return [];
  const text = `${domain} has SRV records of ${length} ${length === 1 ? 'domain controller' : 'domain controllers'}`;
  return [{ grade: 'ok', end, what: 'dns', text }];
}

/** Without a grade where it depends on the other addresses. */
type Ungraded = Omit<Finding, 'grade'> & { readonly grade?: Finding['grade'] };

async function lookAt(url: string, looking: Looking): Promise<{ isOpen: boolean; findings: Ungraded[] }> {
  const { end } = looking;
  const findings: Ungraded[] = [];
  const rungs = { dns: nameFinding, tcp: portFinding, tls: certificateFinding };
  for (const [what, look] of Object.entries(rungs) as [What, typeof nameFinding][]) {
    try {
      const finding = await look(url, looking);
      if (finding !== null) findings.push({ end, what, ...finding });
    } catch (error) {
      findings.push({ end, what, text: messageOf(error) });
      return { isOpen: false, findings };
    }
  }
  return { isOpen: true, findings };
}

type Told = Pick<Finding, 'grade' | 'text'> | null;

async function nameFinding(url: string, { options }: Looking): Promise<Told> {
  const found = await findHost(url, options);
  return found.length === 0 ? null : { grade: 'ok', text: `${new URL(url).hostname} is ${found.join(', ')}` };
}

async function portFinding(url: string, { options, signal }: Looking): Promise<Told> {
  await knock(url, options, signal);
  return { grade: 'ok', text: `${url} takes connections` };
}

async function certificateFinding(url: string, { trust, signal }: Looking): Promise<Told> {
  const options = trust();
  try {
    const certificate = await seeCertificate(url, options, signal);
    if (certificate !== null) {
      const { grade, text } = trustedCertificate(certificate, Date.now());
      return { grade, text: `${url}: ${text}` };
    }
    const text = `${url} isn't encrypted (insecure: true), so the password can be read on the way: write ldaps://, or tls.startTls: true`;
    return { grade: 'warning', text };
  } catch (error) {
    if (!isAboutCertificate(error) || !isEncrypted(url, options)) throw error;
    const shown = await seeAnyCertificate(url, options, signal).catch(() => null); // what was found before is told all the same
    throw shown === null ? error : new Error(`${error.message}. It is ${describeCertificate(shown)}`, { cause: error });
  }
}

const isAboutCertificate = (error: unknown): error is DirectoryError =>
  error instanceof DirectoryError && /^certificate-/.test(error.code);
