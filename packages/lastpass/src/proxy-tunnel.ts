/**
 * A way through a forward proxy: the proxy is asked to CONNECT (RFC 9110, 9.3.6), and passes on whatever is sent from there on. With
 * TLS inside it sees the far end's host and port, and nothing else.
 */
import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { ForwardProxy } from '@connector/shared/proxy-settings.ts';
import { type ProxyWay, proxyRefusal, proxyTrouble, tooLate } from './proxy-failure.ts';
import { isTlsTrouble } from './tls-trouble.ts';

/** A way that isn't open by then is none, ms: as long as fetch takes to connect. */
const openWithinMs = 10_000;

/** The far end. */
export interface Target {
  /** A name or an IP address, without brackets. */
  readonly hostname: string;
  readonly port: number;
}

export interface TunnelOptions {
  readonly proxy: ForwardProxy;
  readonly target: Target;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a way through the proxy.
 * @throws ProxyFailure, with the remedy; the signal's reason
 */
export async function openTunnel(options: TunnelOptions): Promise<Socket> {
  return await within(options, (signal) => connected(options, signal));
}

/**
 * Opens one, with TLS to the far end inside.
 * @param verified only to who can prove to be the far end
 * @throws ProxyFailure; what TLS throws, where the far end isn't trusted; the signal's reason
 */
export async function openSecureTunnel(options: TunnelOptions & { verified: boolean }): Promise<TLSSocket> {
  return await within(options, async (signal) => secured(await connected(options, signal), options, signal));
}

const wayOf = ({ proxy, target }: TunnelOptions): ProxyWay => ({ proxy, target: authorityOf(target) });

/** Does it in time. What fails, but for the far end's own certificate, is the proxy's. */
async function within<T>(options: TunnelOptions, open: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(openWithinMs);
  const { signal } = options;
  try {
    return await open(signal === undefined ? timeout : AbortSignal.any([timeout, signal]));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof FarEnd) throw error.cause;
    const why = timeout.aborted
      ? Object.assign(new Error(`no way within ${openWithinMs} ms`, { cause: error }), { code: tooLate })
      : error;
    throw proxyTrouble(wayOf(options), why);
  }
}

/** `lastpass.com:443`, `[2001:db8::1]:443`. */
const authorityOf = ({ hostname, port }: Target): string =>
  `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`;

function connected(options: TunnelOptions, signal: AbortSignal): Promise<Socket> {
  const request = connectRequest(options, signal);
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('connect', (answer: IncomingMessage, socket: Socket, early: Buffer) => {
      const status = answer.statusCode ?? 0;
      socket.on('error', () => undefined); // until somebody uses it, and after
      if (status >= 200 && status < 300) {
        if (early.length > 0) socket.unshift(early);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(proxyRefusal(wayOf(options), { status, offers: answer.headers['proxy-authenticate'] ?? '' }));
    });
    request.end();
  });
}

function connectRequest({ proxy, target }: TunnelOptions, signal: AbortSignal): ClientRequest {
  const { protocol, hostname, port } = new URL(proxy.url);
  const path = authorityOf(target);
  const options = {
    ...{ method: 'CONNECT', path, signal, agent: false as const },
    host: hostname.replace(/^\[|\]$/g, ''),
    headers: { host: path, ...credentialsOf(proxy) },
  };
  return protocol === 'https:'
    ? tlsRequest({ ...options, port: port || 443 })
    : plainRequest({ ...options, port: port || 80 });
}

/** Basic (RFC 7617), in UTF-8. */
function credentialsOf({ username, password = '' }: ForwardProxy): Record<string, string> {
  if (username === undefined) return {};
  const written = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return { 'proxy-authorization': `Basic ${written}` };
}

/** The far end, and not the proxy, isn't as it should be. */
class FarEnd extends Error {}

function secured(
  socket: Socket,
  { target: { hostname }, verified }: TunnelOptions & { verified: boolean },
  signal: AbortSignal,
): Promise<TLSSocket> {
  const name = isIP(hostname) === 0 ? { servername: hostname } : {};
  const inside = connectTls({
    socket,
    host: hostname,
    ...name,
    rejectUnauthorized: verified,
    ALPNProtocols: ['http/1.1'],
  });
  return new Promise((resolve, reject) => {
    const giveUp = () => inside.destroy(new Error('given up', { cause: signal.reason }));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    inside.once('secureConnect', () => {
      signal.removeEventListener('abort', giveUp);
      resolve(inside);
    });
    inside.on('error', (error: Error & { code?: string }) => {
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      reject(isTlsTrouble(error.code ?? '') ? new FarEnd('not trusted', { cause: error }) : error);
    });
  });
}
