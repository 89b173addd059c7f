/**
 * Who may see the queues: whoever sends the token, as a browser's password (HTTP Basic, under any user name) or as a bearer
 * token. Nothing is kept: no cookie, no session.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a request is: welcome, without a token, with a wrong one, or not even looked at while too many wrong ones wait. */
export type Verdict = 'welcome' | 'none' | 'wrong' | 'too many';

/** So many wrong ones may wait at once; together with the delay that allows two guesses a second. */
const mostWaiting = 10;

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The token that a request's `Authorization` carries (RFC 7617, RFC 6750); `null` without one. */
export function tokenIn(authorization: string | undefined): string | null {
  const [, scheme = '', credentials = ''] = /^(Basic|Bearer) +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return null;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : null;
}

/** Checks tokens in a time that doesn't tell how much of one was right, and slows down whoever guesses. */
export class TokenCheck {
  readonly #digest: Buffer;
  readonly #delayMs: number;
  #waiting = 0;

  /** @param delayMs how late the answer to a wrong token comes, for each wrong one that is still waiting */
  constructor(token: string, { delayMs = 500 } = {}) {
    this.#digest = digestOf(token);
    this.#delayMs = delayMs;
  }

  /** @param authorization the request's header */
  async verdictOn(authorization: string | undefined): Promise<Verdict> {
    const token = tokenIn(authorization);
    if (token === null) return 'none';
    if (this.#waiting >= mostWaiting) return 'too many';
    if (timingSafeEqual(digestOf(token), this.#digest)) return 'welcome';
    this.#waiting++;
    await sleep(this.#delayMs * this.#waiting);
    this.#waiting--;
    return 'wrong';
  }
}
