/** Why there is no way through a forward proxy, in words: the proxy by host and port, what it said, the remedy. Never its credentials. */
import { type ForwardProxy, proxyHost } from '@connector/shared/proxy-settings.ts';
import { isTlsTrouble } from './tls-trouble.ts';

/** There is no way through the proxy, so nothing was sent. The message is one line with the remedy. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
  readonly code = 'PROXY_FAILURE';
}

/** What the proxy answered to CONNECT. */
export interface ProxyAnswer {
  readonly status: number;
  /** Its `Proxy-Authenticate`: which ways to sign in it offers; empty for none. */
  readonly offers: string;
}

/** How a connection through a proxy was to be. */
export interface ProxyWay {
  readonly proxy: ForwardProxy;
  /** Host and port of the far end. */
  readonly target: string;
}

/** An answer other than 2xx to CONNECT (RFC 9110, 9.3.6). */
export function proxyRefusal({ proxy, target }: ProxyWay, { status, offers }: ProxyAnswer): ProxyFailure {
  return new ProxyFailure(`the proxy at ${proxyHost(proxy)} answered HTTP ${status}: ${remedyFor()}`);

  function remedyFor(): string {
    if (status === 407 || status === 401) return signInRemedy(proxy, offers);
    if (status === 403 || status === 405)
      return `it forbids connections to ${target}; have them allowed there, or check ${proxy.setting}`;
    if (status === 429 || status === 503) return 'it has too much to do, or is being mended; look at it if that lasts';
    if (status >= 500)
      return `it can't reach ${target}; check that it finds the name and that its own firewall lets it there`;
    return `check that ${proxy.setting} names a forward proxy, which answers CONNECT`;
  }
}

/** We can do Basic only: what else an organisation's proxy may ask for binds itself to a machine or a person. */
function signInRemedy({ username, setting }: ForwardProxy, offers: string): string {
  const schemes = [...offers.matchAll(/(?:^|,)\s*([\w-]+)(?=\s|,|$)/g)].map(([, scheme = '']) => scheme);
  if (schemes.length > 0 && !schemes.some((scheme) => scheme.toLowerCase() === 'basic'))
    return `it takes no name and password, but ${schemes.slice(0, 5).join(', ')}; have it take Basic, or let this machine through by its address`;
  const isFile = setting === 'lastpass.proxy';
  if (username === undefined)
    return isFile
      ? 'it asks for a name and password; write lastpass.proxy.username and passwordFile'
      : `it asks for a name and password; write them in ${setting}, as http://name:password@host:port, or all as lastpass.proxy in the configuration`;
  return isFile
    ? 'it refuses the name and password; check lastpass.proxy.username and its password'
    : `it refuses the name and password; check those in ${setting}`;
}

/** What was thrown before the far end could be spoken to. */
export function proxyTrouble({ proxy, target }: ProxyWay, error: unknown): ProxyFailure {
  if (error instanceof ProxyFailure) return error;
  const code = codeOf(error);
  const { setting } = proxy;
  return new ProxyFailure(`${said()} (${code})${remedyFor()}`, { cause: error });

  function said(): string {
    const name = `the proxy at ${proxyHost(proxy)}`;
    if (isTlsTrouble(code)) return `the certificate or TLS of ${name} isn't trusted`;
    if (code.startsWith('HPE_')) return `${name} doesn't answer as a proxy does`;
    if (code === tooLate) return `${name} made no way to ${target} in time`;
    if (code === 'ECONNRESET' || code === 'EPIPE') return `${name} broke the connection to ${target} off`;
    return `can't connect to ${name}`;
  }

  function remedyFor(): string {
    if (isTlsTrouble(code)) return `: check ${setting}, or name the CA of the proxy in NODE_EXTRA_CA_CERTS`;
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `: check ${setting}, and DNS`;
    return `: check ${setting}, that it runs there and lets this machine in, and the firewall`;
  }
}

/** The code of an error that says that a way took too long. */
export const tooLate = 'ETIMEDOUT';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
