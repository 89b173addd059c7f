/** The way to a domain controller, rung by rung, for who wants to know which one breaks. Nothing is said on it, and nobody signs in. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { connectFailure } from './connect-failure.ts';
import type { DirectoryOptions } from './directory-options.ts';
import { DirectoryError } from './errors.ts';
import { addressesOfHost } from './name-servers.ts';
import { refuseUnsafe } from './open-channel.ts';
import { type Look, openSocket } from './open-socket.ts';

/** Whether passwords go to an address through TLS. */
export const isEncrypted = (url: string, { tls }: DirectoryOptions): boolean =>
  /^ldaps:/i.test(url) || tls?.startTls === true;

/**
 * IP addresses of the host in an address, found as a connection finds them; empty where it is one itself.
 * @throws DirectoryError dns-failed
 */
export async function findHost(url: string, { dnsServers }: DirectoryOptions): Promise<string[]> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return [];
  try {
    const found =
      dnsServers === undefined ? await lookup(host, { all: true }) : await addressesOfHost(host, dnsServers);
    return found.map(({ address }) => address);
  } catch (error) {
    if (error instanceof DirectoryError) throw error;
    throw new DirectoryError('dns-failed', connectFailure(error, url).message, { cause: error });
  }
}

/** Connects and hangs up. @throws DirectoryError unreachable */
export async function knock(url: string, options: DirectoryOptions, signal?: AbortSignal): Promise<void> {
  (await openSocket(url, options, signal, { tcpOnly: true })).destroy();
}

/**
 * The certificate that a server shows, with those of its authorities that it sends, once it is known to be trusted.
 * @returns `null` where nothing is encrypted, and that is allowed
 * @throws DirectoryError tls-required, certificate-untrusted, certificate-name-mismatch, start-tls-refused, unreachable
 */
export async function seeCertificate(
  url: string,
  options: DirectoryOptions,
  signal?: AbortSignal,
): Promise<DetailedPeerCertificate | null> {
  refuseUnsafe(url, options);
  return await certificateAt(url, options, signal, {});
}

/** The same, whether it is trusted or not. @throws DirectoryError start-tls-refused, unreachable */
export const seeAnyCertificate = (url: string, options: DirectoryOptions, signal?: AbortSignal) =>
  certificateAt(url, options, signal, { unverified: true });

async function certificateAt(
  url: string,
  options: DirectoryOptions,
  signal: AbortSignal | undefined,
  look: Look,
): Promise<DetailedPeerCertificate | null> {
  const socket = await openSocket(url, options, signal, look);
  try {
    return socket instanceof TLSSocket ? socket.getPeerCertificate(true) : null;
  } finally {
    socket.destroy();
  }
}
