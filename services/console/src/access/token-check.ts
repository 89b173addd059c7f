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

/** Nobody waits longer, ms. */
const longestDelayMs = 5_000;

export interface TokenCheckOptions {
  /** How late the answer to a wrong token comes, for each one of its address that is waiting, ms. */
  readonly delayMs?: number;
  /** Whether a token could be found out by no amount of guessing: it is looked at however many wrong ones wait. */
  readonly isUnguessable?: (token: string) => boolean;
}

/** Checks tokens, and slows down whoever guesses. */
export class TokenCheck<Who> {
  readonly #whoHas: (token: string) => Promise<Who | null>;
  readonly #delayMs: number;
  readonly #isUnguessable: (token: string) => boolean;
  /** How many of an address are looked at, or wait for their answer. */
  readonly #waiting = new Map<string, number>();

  /** @param whoHas takes a time that doesn't tell how much of a token was right */
  constructor(
    whoHas: (token: string) => Promise<Who | null>,
    { delayMs = 500, isUnguessable = () => false }: TokenCheckOptions = {},
  ) {
    this.#whoHas = whoHas;
    this.#delayMs = delayMs;
    this.#isUnguessable = isUnguessable;
  }

  /**
   * @param authorization the request's header
   * @param address where it comes from
   * @throws what looking the token up throws
   */
  async verdictOn(authorization: string | undefined, address: string): Promise<Verdict<Who>> {
    const token = tokenIn(authorization);
    if (token === null) return { kind: 'none' };
    const before = this.#waiting.get(address) ?? 0;
    const areTooMany = before >= mostWaiting;
    if (areTooMany && !this.#isUnguessable(token)) return { kind: 'too many' };
    this.#waiting.set(address, before + 1);
    try {
      const who = await this.#whoHas(token);
      if (who !== null) return { kind: 'welcome', who };
      if (areTooMany) return { kind: 'too many' };
      await sleep(Math.min(longestDelayMs, this.#delayMs * (before + 1)));
      return { kind: 'wrong' };
    } finally {
      const left = (this.#waiting.get(address) ?? 1) - 1;
      if (left > 0) this.#waiting.set(address, left);
      else this.#waiting.delete(address);
    }
  }
}
