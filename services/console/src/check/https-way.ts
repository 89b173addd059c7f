/** The way to LastPass, rung by rung. Nothing is said on it: no provhash leaves. */
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { connect as connectTls, type DetailedPeerCertificate } from 'node:tls';
import { openSecureTunnel, openTunnel } from '@connector/lastpass/proxy-tunnel.ts';
import type { ForwardProxy } from '@connector/shared/proxy-settings.ts';

/** A way that isn't open by then is none, ms. */
const openWithinMs = 10_000;

export interface Place {
  /** As messages name it. */
  readonly host: string;
  readonly hostname: string;
  readonly port: number;
  /** Plain HTTP is allowed to a simulator. */
  readonly isEncrypted: boolean;
}

export function placeOf(apiUrl: string): Place {
  const { host, hostname, port, protocol } = new URL(apiUrl);
  const isEncrypted = protocol === 'https:';
  const bare = hostname.replace(/^\[|\]$/g, '');
  return { host, hostname: bare, port: Number(port) || (isEncrypted ? 443 : 80), isEncrypted };
}

/** IP addresses of the host; empty where it is one itself. @throws what the look-up throws */
export async function findHost({ hostname }: Place): Promise<string[]> {
  if (isIP(hostname) !== 0) return [];
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

/** Connects and hangs up. @throws what connecting throws; the signal's reason */
export async function knock({ hostname, port }: Place, signal: AbortSignal): Promise<void> {
  await whenOpen(connectTcp({ host: hostname, port }), 'connect', signal, () => undefined);
}

/** Has a proxy make a way, and hangs up. @throws ProxyFailure; the signal's reason */
export async function knockByProxy(place: Place, { proxy, signal }: { proxy: ForwardProxy; signal: AbortSignal }) {
  (await openTunnel({ proxy, target: place, signal })).destroy();
}

/**
 * The certificate that the server shows, directly or through a proxy.
 * @param verified only one that is trusted
 * @throws what connecting throws, a certificate that isn't trusted included; the signal's reason
 */
export async function seeCertificate(
  place: Place,
  { proxy, verified, signal }: { proxy: ForwardProxy | null; verified: boolean; signal: AbortSignal },
): Promise<DetailedPeerCertificate> {
  const { hostname, port } = place;
  if (proxy !== null) {
    const socket = await openSecureTunnel({ proxy, target: place, verified, signal });
    const shown = socket.getPeerCertificate(true);
    socket.destroy();
    return shown;
  }
  const name = isIP(hostname) === 0 ? { servername: hostname } : {};
  const socket = connectTls({ host: hostname, port, ...name, rejectUnauthorized: verified });
  return await whenOpen(socket, 'secureConnect', signal, () => socket.getPeerCertificate(true));
}

/** Waits until it is open, looks, and hangs up. */
async function whenOpen<T>(socket: Socket, event: string, signal: AbortSignal, look: () => T): Promise<T> {
  const ready = Promise.withResolvers<void>();
  const tooLate = () =>
    ready.reject(
      Object.assign(new Error(`no connection within ${openWithinMs} ms`), { code: 'ETIMEDOUT', syscall: 'connect' }),
    );
  const timer = setTimeout(tooLate, openWithinMs);
  socket.on('error', ready.reject).once(event, ready.resolve);
  socket.once('close', () => ready.reject(new Error('the connection was closed at once')));
  addAbortSignal(signal, socket);
  try {
    await ready.promise;
    return look();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
