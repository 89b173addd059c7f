/** Which addresses a directory is to be reached at, in the order in which they are tried. */
import type { DirectoryOptions } from './directory-options.ts';
import { findControllers } from './service-records.ts';

export interface Address {
  readonly url: string;
  /** Which choice it is, the lower the better: its place in `urls`, or the priority that DNS gives it. */
  readonly rank: number;
}

/** Of LDAP and of LDAP over TLS (RFC 4513, 3.1.1; MS-ADTS 5.1.1.2). SRV records tell the former's alone. */
const ldapsPort = 636;

/**
 * The addresses as configured, or as DNS tells them now.
 * @throws DirectoryError dns-failed
 */
export async function addressesOf(options: DirectoryOptions, signal?: AbortSignal): Promise<Address[]> {
  const { urls = [], domain, dnsServers, tls } = options;
  if (domain === undefined) return urls.map((url, rank) => ({ url, rank }));
  const records = await findControllers({ domain, dnsServers }, signal);
  return records.map(({ name, port, priority }) => ({
    url: tls?.startTls ? `ldap://${name}:${port}` : `ldaps://${name}:${ldapsPort}`,
    rank: priority,
  }));
}

/** The preferred one first, the avoided one last, the others as they come. */
export function inOrderOfTrial(
  addresses: readonly Address[],
  { preferred, avoided }: Pick<DirectoryOptions, 'preferred' | 'avoided'>,
): Address[] {
  const place = ({ url }: Address) => (url === avoided ? 1 : url === preferred ? -1 : 0);
  return [...addresses].sort((a, b) => place(a) - place(b));
}

/** Whether none of the addresses is a better choice than this. */
export const isFirstChoice = ({ rank }: Address, addresses: readonly Address[]): boolean =>
  addresses.every((other) => other.rank >= rank);
