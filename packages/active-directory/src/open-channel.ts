/** From addresses, a name and a password to a channel that is signed in. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { connectFailure, noneReachable } from './connect-failure.ts';
import { DirectoryError } from './errors.ts';
import { LdapChannel } from './ldap-channel.ts';

export interface DirectoryOptions {
  /** `ldaps://host[:port]`, tried in order. */
  readonly urls: readonly string[];
  /** A DN, `name@domain` or `DOMAIN\name`. */
  readonly bindDn: string;
  readonly bindPassword: string;
  readonly tls?: {
    /** Certificates of the authorities to trust instead of the system's: PEM text. */
    readonly ca?: string | undefined;
    /** The name that the certificate must be for, where it isn't the host in the address. */
    readonly serverName?: string | undefined;
  };
  /** Permits `ldap://`, which sends the password in the clear. */
  readonly insecure?: boolean;
  /** For TCP and TLS together, for each address. */
  readonly connectTimeoutMs?: number;
  /** How long the server may be silent while an answer is due. */
  readonly timeoutMs?: number;
}

/** A peer that vanished without a word is noticed after this plus ten probes, one a second (libuv's). */
const keepAliveAfterMs = 30_000;

/**
 * Opens a channel to the first domain controller that can be reached, and signs in.
 * A refused password isn't tried elsewhere: it is the same everywhere, and each try counts towards a lock-out.
 * @throws DirectoryError; the signal's reason when that is given first
 */
export async function openChannel(options: DirectoryOptions, signal?: AbortSignal): Promise<LdapChannel> {
  const failures: DirectoryError[] = [];
  for (const url of options.urls) {
    signal?.throwIfAborted();
    try {
      return await openAt(url, options, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof DirectoryError) || error.code === 'bind-refused') throw error;
      failures.push(error);
    }
  }
  throw noneReachable(failures);
}

async function openAt(url: string, options: DirectoryOptions, signal: AbortSignal | undefined): Promise<LdapChannel> {
  const { bindDn, bindPassword, timeoutMs = 60_000 } = options;
  refuseUnsafe(url, options);
  const channel = new LdapChannel(await openSocket(url, options, signal), { url, timeoutMs });
  const onAbort = () => channel.abandon(`the connection to ${url} isn't wanted any more`, signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  channel.ended.then(() => signal?.removeEventListener('abort', onAbort));
  try {
    await channel.bind(bindDn, bindPassword);
    return channel;
  } catch (error) {
    await channel.close();
    throw error;
  }
}

function refuseUnsafe(url: string, { bindDn, bindPassword, tls = {}, insecure = false }: DirectoryOptions): void {
  if (!/^ldaps:/i.test(url) && !insecure) {
    throw new DirectoryError('tls-required', `${url} isn't encrypted; write ldaps://, or insecure: true to allow it`);
  }
  // Node would take a text without any certificate for no text, and trust the system's authorities.
  if (tls.ca !== undefined && !tls.ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new DirectoryError(
      'certificate-untrusted',
      'tls.caFile holds no certificate in PEM form; write one that does',
    );
  }
  // AD takes a name with an empty password for an anonymous sign-in and says yes (RFC 4513, 5.1.2).
  if (bindPassword === '' || bindDn === '') {
    const key = bindDn === '' ? 'bindDn' : 'bindPassword';
    throw new DirectoryError('bind-refused', `${key} is empty, which would sign in as nobody; write it`);
  }
}

/** Connects, TLS included where the address says so. */
async function openSocket(url: string, options: DirectoryOptions, signal: AbortSignal | undefined): Promise<Socket> {
  const { connectTimeoutMs = 5_000 } = options;
  const { socket, readyEvent } = socketTo(url, options);
  const opened = Promise.withResolvers<void>();
  const tooLate = () => opened.reject(new Error(`no connection within ${connectTimeoutMs} ms`));
  const timer = setTimeout(tooLate, connectTimeoutMs);
  const onAbort = () => opened.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const onClose = () => opened.reject(new Error('the connection was closed at once'));
  // Stays for good: an error may come when nobody waits any more, and would end the process.
  socket.on('error', opened.reject).once('close', onClose).once(readyEvent, opened.resolve);
  try {
    await opened.promise;
    return socket.setNoDelay(true).setKeepAlive(true, keepAliveAfterMs);
  } catch (error) {
    socket.destroy();
    throw connectFailure(error, url);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    socket.removeListener('close', onClose);
  }
}

function socketTo(url: string, { tls = {} }: DirectoryOptions): { socket: Socket; readyEvent: string } {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol === 'ldap:') return { socket: connectTcp(Number(port) || 389, host), readyEvent: 'connect' };
  // An IP address may not be sent as a server name (RFC 6066, 3); it is compared with the certificate all the same.
  const serverName = tls.serverName ?? (isIP(host) ? undefined : host);
  const secured: ConnectionOptions = {
    host,
    port: Number(port) || 636,
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
  };
  try {
    return { socket: connectTls(secured), readyEvent: 'secureConnect' };
  } catch (error) {
    throw connectFailure(error, url);
  }
}
