/** What fetch, or a way through a proxy, throws, told apart by one question: may the command have been sent? */
import { type Arrived, LastPassError } from './errors.ts';
import { ProxyFailure } from './proxy-failure.ts';
import { isTlsTrouble } from './tls-trouble.ts';

/** System calls that come before the first byte of a request. */
const BEFORE_SENDING = new Set(['connect', 'getaddrinfo', 'bind']);

/**
 * Codes that only occur before the first byte of a request, when no system call is named. `UND_ERR_CONNECT_TIMEOUT` is
 * undici's.
 */
const CONNECTING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

type Circumstances = {
  /** Names the far end in the message. */
  host: string;
  timeoutMs: number;
  timedOut: boolean;
  cancelled: boolean;
};

/** The error for a call that ended without a whole answer. */
export function connectionFailure(
  error: unknown,
  { host, timeoutMs, timedOut, cancelled }: Circumstances,
): LastPassError {
  if (cancelled) return lost('cancelled', `the call to LastPass at ${host} was cancelled`, 'perhaps', error);
  if (timedOut) {
    const text = `LastPass at ${host} gave no answer within ${timeoutMs} ms: look whether the command was carried out before sending it again`;
    return lost('no-answer', text, 'perhaps', error);
  }
  const { code, syscall, message } = rootOf(error);
  if (error instanceof ProxyFailure) return lost('unreachable', error.message, 'no', error);
  if (isTlsTrouble(code)) {
    const text = `the certificate or TLS of LastPass at ${host} isn't trusted (${code}): check apiUrl, or name your proxy's CA in NODE_EXTRA_CA_CERTS`;
    return lost('unreachable', text, 'no', error);
  }
  if (BEFORE_SENDING.has(syscall) || CONNECTING.has(code)) {
    return lost(
      'unreachable',
      `can't connect to LastPass at ${host} (${code}): check apiUrl, DNS and the firewall`,
      'no',
      error,
    );
  }
  const text = `the connection to LastPass at ${host} was lost before the answer (${code || message}): look whether the command was carried out before sending it again`;
  return lost('connection-lost', text, 'perhaps', error);
}

function lost(code: LastPassError['code'], text: string, arrived: Arrived, error: unknown): LastPassError {
  return new LastPassError(code, text, { arrived, cause: rootOf(error).error });
}

/** fetch wraps the system's error in a TypeError that says only "fetch failed". */
function rootOf(error: unknown): { error: unknown; code: string; syscall: string; message: string } {
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = root instanceof Error ? root.message : String(root);
  return { error: root, code: textAt(root, 'code'), syscall: textAt(root, 'syscall'), message };
}

function textAt(value: unknown, key: 'code' | 'syscall'): string {
  if (typeof value !== 'object' || value === null || !(key in value)) return '';
  const found = Reflect.get(value, key);
  return typeof found === 'string' ? found : '';
}
