/** From an address to a socket, TLS included: its certificate is verified before anything is said. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { connectFailure } from './connect-failure.ts';
import type { DirectoryOptions } from './directory-options.ts';
import { DirectoryError } from './errors.ts';
import { lookupThrough } from './name-servers.ts';
import { askForTls } from './start-tls.ts';

/** A peer that vanished without a word is noticed after this plus ten probes, one a second (libuv's). */
const keepAliveAfterMs = 30_000;

/** For who only looks whether there is a way, and says nothing over it. */
export interface Look {
  /** Goes no further than TCP. */
  readonly tcpOnly?: boolean;
  /** Takes any certificate, so that one which isn't trusted can be read. */
  readonly unverified?: boolean;
}

/** Connects, TLS included where the address or StartTLS says so. @throws DirectoryError; the signal's reason when that comes first */
export async function openSocket(
  url: string,
  options: DirectoryOptions,
  signal: AbortSignal | undefined,
  { tcpOnly = false, unverified = false }: Look = {},
): Promise<Socket> {
  const { connectTimeoutMs = 5_000, tls = {} } = options;
  const given = Promise.withResolvers<never>();
  given.promise.catch(() => undefined); // whoever waits for it takes it
  const timer = setTimeout(
    () => given.reject(new Error(`no connection within ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  );
  const onAbort = () => given.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const opened: Socket[] = [];
  /** Waits for the socket's event; rejects with its error, its end, the time-out or the signal, whichever comes first. */
  const until = async (socket: Socket, event: string): Promise<void> => {
    opened.push(socket);
    const ready = Promise.withResolvers<void>();
    const onClose = () => ready.reject(new Error('the connection was closed at once'));
    // Stays for good: an error may come when nobody waits any more, and would end the process.
    socket.on('error', ready.reject).once('close', onClose).once(event, ready.resolve);
    await Promise.race([ready.promise, given.promise]).finally(() => socket.off('close', onClose));
  };
  try {
    const isLdaps = /^ldaps:/i.test(url) && !tcpOnly;
    const secure = { ...tlsOptions(url, options), ...(unverified ? { rejectUnauthorized: false } : {}) };
    let socket: Socket = isLdaps ? connectTls(secure) : connectTcp(target(url, options));
    await until(socket, isLdaps ? 'secureConnect' : 'connect');
    if (!isLdaps && tls.startTls && !tcpOnly) {
      await Promise.race([askForTls(socket, url), given.promise]);
      socket = connectTls({ ...secure, socket });
      await until(socket, 'secureConnect');
    }
    return socket.setNoDelay(true).setKeepAlive(true, keepAliveAfterMs);
  } catch (error) {
    for (const socket of opened) socket.destroy();
    throw error instanceof DirectoryError ? error : connectFailure(error, url);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function target(url: string, { dnsServers }: DirectoryOptions) {
  const { protocol, hostname, port } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'ldap:' ? 389 : 636),
    ...(dnsServers === undefined ? {} : { lookup: lookupThrough(dnsServers) }),
  };
}

function tlsOptions(url: string, options: DirectoryOptions): ConnectionOptions {
  const { tls = {} } = options;
  const to = target(url, options);
  // An IP address may not be sent as a server name (RFC 6066, 3); it is compared with the certificate all the same.
  const serverName = tls.serverName ?? (isIP(to.host) ? undefined : to.host);
  return {
    ...to,
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
  };
}
