/** Messages by HTTP: one POST of JSON, signed. */
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { hostOf, type WebhookSettings } from '@connector/shared/notification-settings.ts';
import manifest from '../../package.json' with { type: 'json' };
import { oneLine } from '../text/one-line.ts';
import type { Message } from './message.ts';
import { signatureOf } from './signature.ts';
import { endingAfter, NotSent, sendWithinMs, type Way } from './way.ts';

/**
 * The way there. Not by fetch, which takes no authority of its own for one call. Redirects aren't followed: they would carry what is told to
 * an address that nobody has configured.
 */
export function webhookWay(settings: WebhookSettings, { withinMs = sendWithinMs } = {}): Way {
  const host = hostOf(settings.endpoint);
  return {
    name: 'webhook',
    to: host,
    async send(message, signal) {
      const { timeout, either } = endingAfter(withinMs, signal);
      try {
        return told(await post(message, settings, either), host);
      } catch (error) {
        if (error instanceof NotSent) throw error;
        throw new NotSent(`${host} ${whyNot(error, { withinMs, timedOut: timeout.aborted })}`, { cause: error });
      }
    },
  };
}

function post({ id, body }: Message, { endpoint, secret, ca }: WebhookSettings, signal: AbortSignal): Promise<number> {
  const text = JSON.stringify(body);
  const timestamp = Math.floor(Date.now() / 1_000);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'user-agent': `lastpass-directory-connector/${manifest.version}`,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf({ id, timestamp, body: text }, secret),
  };
  const options = { method: 'POST', headers, signal, agent: false as const };
  return new Promise((answered, failed) => {
    const onAnswer = (answer: IncomingMessage) => {
      answer.on('error', () => undefined); // what comes after the status isn't needed
      answered(answer.statusCode ?? 0);
      answer.destroy();
    };
    const isPlain = new URL(endpoint).protocol === 'http:';
    const sent = isPlain
      ? plainRequest(endpoint, options, onAnswer)
      : tlsRequest(endpoint, { ...options, ...(ca === undefined ? {} : { ca }) }, onAnswer);
    sent.on('error', failed);
    sent.end(text);
  });
}

/** @throws NotSent for every answer but 2xx */
function told(status: number, host: string): string {
  if (status >= 200 && status < 300) return `HTTP ${status}`;
  const remedy =
    status >= 300 && status < 400
      ? 'redirects are not followed; write the address that it leads to as notifications.webhook.endpoint'
      : (remedies[status] ?? (status >= 500 ? 'look at what receives there' : 'check notifications.webhook.endpoint'));
  throw new NotSent(`${host} answered HTTP ${status}: ${remedy}`);
}

const remedies: Readonly<Record<number, string>> = {
  401: 'check that it knows notifications.webhook.secret',
  403: 'check that it knows notifications.webhook.secret, and lets this address in',
  429: 'it wants less at once; it is tried again',
};

/** Codes of a certificate that isn't trusted (node:tls, "X509 certificate error codes") and of a failed handshake. */
const tlsCode = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|EPROTO|HOSTNAME_MISMATCH|INVALID_)/;

/** A failure in words, by its code: its message may hold the address. */
function whyNot(error: unknown, { withinMs, timedOut }: { withinMs: number; timedOut: boolean }): string {
  if (timedOut)
    return `gave no answer within ${withinMs / 1_000} s: check notifications.webhook.endpoint and the firewall`;
  const code = error instanceof Error && 'code' in error ? oneLine(String(error.code)) : 'unknown';
  return tlsCode.test(code)
    ? `shows a certificate, or TLS, that isn't trusted (${code}): name its authority in notifications.webhook.caFile`
    : `can't be reached (${code}): check notifications.webhook.endpoint and the firewall`;
}
