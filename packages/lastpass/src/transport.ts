/**
 * One POST, sent once. Whatever comes back other than HTTP 200 is an error here.
 *
 * fetch (undici) sends a POST a second time only after HTTP 421, which says that nothing was done (RFC 9110, 15.5.20).
 * Redirects aren't followed: they would carry the provhash to another address. Through a forward proxy `post-by-proxy.ts` does the same. An idle connection that LastPass closes
 * while a call is on its way is `connection-lost`: the call may have arrived, so nobody but the caller may repeat it.
 */
import type { ForwardProxy } from '@connector/shared/proxy-settings.ts';
import { connectionFailure } from './connection-failure.ts';
import { LastPassError } from './errors.ts';
import { type Posted, postByProxy } from './post-by-proxy.ts';

export type Post = {
  apiUrl: string;
  /** The JSON text to send. */
  body: string;
  userAgent: string;
  /** Through which it goes; `null`: none. */
  proxy: ForwardProxy | null;
  /** Time limit for the whole exchange, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
};

/** Sends the body; the text of the HTTP 200 that came back. Throws `LastPassError`. */
export async function post({ apiUrl, body, userAgent, proxy, timeoutMs, signal }: Post): Promise<string> {
  const url = new URL(apiUrl);
  const { host } = url;
  if (signal?.aborted) {
    throw new LastPassError('cancelled', `the call to LastPass at ${host} was cancelled`, { arrived: 'no' });
  }
  const timeout = AbortSignal.timeout(timeoutMs);
  const headers = { 'content-type': 'application/json', 'user-agent': userAgent, accept: '*/*' };
  const sending = { url, headers, body, signal: signal ? AbortSignal.any([timeout, signal]) : timeout };
  try {
    const answer = await (proxy === null ? postDirectly(sending) : postByProxy({ ...sending, proxy }));
    if (answer.status !== 200) throw httpFailure(answer, host);
    return answer.text;
  } catch (error) {
    if (error instanceof LastPassError) throw error;
    const circumstances = { host, timeoutMs, timedOut: timeout.aborted, cancelled: signal?.aborted ?? false };
    throw connectionFailure(error, circumstances);
  }
}

async function postDirectly({ url, ...sending }: { url: URL } & RequestInit): Promise<Posted> {
  const response = await fetch(url, { ...sending, method: 'POST', redirect: 'manual' });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() };
}

function httpFailure({ status, retryAfter }: Posted, host: string): LastPassError {
  const retryAfterMs = waitOf(retryAfter, Date.now());
  const details = retryAfterMs === null ? {} : { retryAfterMs };
  const saying = (text: string) => `LastPass at ${host} answered HTTP ${status}: ${text}`;
  if (status === 401) return new LastPassError('unauthorized', saying('check cid and provhash'), { arrived: 'no' });
  if (status === 403) {
    const text = saying('check that this address may use the API, and that no proxy or firewall refuses it');
    return new LastPassError('forbidden', text, { arrived: 'no' });
  }
  if (status === 413)
    return new LastPassError('too-large', saying('send smaller batches (batchSize)'), { arrived: 'no' });
  if (status === 429) return new LastPassError('rate-limited', saying('slow down'), { arrived: 'no', ...details });
  if (status >= 500)
    return new LastPassError('server-error', saying('try again later'), { arrived: 'perhaps', ...details });
  return new LastPassError('unexpected-answer', saying('check apiUrl'), { arrived: 'perhaps' });
}

/** Retry-After in milliseconds: seconds, or a date (RFC 9110, 10.2.3). null where it is neither. */
export function waitOf(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const untilMs = Date.parse(header);
  return Number.isNaN(untilMs) ? null : Math.max(0, untilMs - nowMs);
}
