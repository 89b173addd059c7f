/**
 * Who sends a request: whoever has the token that it carries, as a browser's password (HTTP Basic, under any user name) or as a bearer
 * token. Nothing is kept: no cookie, no session.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** What a request is: welcome, without a token, with a wrong one, or not even looked at while too many wrong ones wait. */
export type Verdict<Who> =
  | { readonly kind: 'welcome'; readonly who: Who }
  | { readonly kind: 'none' | 'wrong' | 'too many' };

/** So many wrong ones of an address may wait at once; together with the delay that allows two guesses a second. */
const mostWaiting = 10;

/** The token that a request's `Authorization` carries (RFC 7617, RFC 6750); `null` without one. */
export function tokenIn(authorization: string | undefined): string | null {
  const [, scheme = '', credentials = ''] = /^(Basic|Bearer) +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return null;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : null;
}

/** Checks tokens, and slows down whoever guesses. */
export class TokenCheck<Who> {
  readonly #whoHas: (token: string) => Promise<Who | null>;
  readonly #delayMs: number;
  /** How many wrong ones of an address wait for their answer. */
  readonly #waiting = new Map<string, number>();

  /**
   * @param whoHas takes a time that doesn't tell how much of a token was right
   * @param delayMs how late the answer to a wrong token comes, for each wrong one of its address that is still waiting
   */
  constructor(whoHas: (token: string) => Promise<Who | null>, { delayMs = 500 } = {}) {
    this.#whoHas = whoHas;
    this.#delayMs = delayMs;
  }

  /**
   * @param authorization the request's header
   * @param address where it comes from
   * @throws what looking the token up throws
   */
  async verdictOn(authorization: string | undefined, address: string): Promise<Verdict<Who>> {
    const token = tokenIn(authorization);
    if (token === null) return { kind: 'none' };
    if ((this.#waiting.get(address) ?? 0) >= mostWaiting) return { kind: 'too many' };
    const who = await this.#whoHas(token);
    if (who !== null) return { kind: 'welcome', who };
    const waiting = (this.#waiting.get(address) ?? 0) + 1;
    this.#waiting.set(address, waiting);
    await sleep(this.#delayMs * waiting);
    const left = (this.#waiting.get(address) ?? 1) - 1;
    if (left > 0) this.#waiting.set(address, left);
    else this.#waiting.delete(address);
    return { kind: 'wrong' };
  }
}
