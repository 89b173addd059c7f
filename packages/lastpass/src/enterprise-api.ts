/** One call of the Enterprise API, whatever the command: sent once, its answer judged. */
import type { ForwardProxy } from '@connector/shared/proxy-settings.ts';
import { objectFrom, type Question, refused, type Verdict, verdictOf } from './answer.ts';
import { LastPassOptionsError } from './errors.ts';
import { type Post, post } from './transport.ts';

export type LastPassClientOptions = {
  /** Such as `https://lastpass.com/enterpriseapi.php`. */
  apiUrl: string;
  /** The account number, digits. */
  cid: string;
  provhash: string;
  /** Time limit of one call, in milliseconds: 1 … 300,000. Default 30,000. */
  timeoutMs?: number;
  userAgent?: string;
  /** The forward proxy to go through. Default `null`: none. */
  proxy?: ForwardProxy | null;
  /** How a call gets there: a preview's goes nowhere. Default: HTTP, see `transport.ts`. */
  send?: (request: Post) => Promise<string>;
};

/** undici ends a call without headers after 300 s by itself. */
const LONGEST_TIMEOUT_MS = 300_000;

export type Command = {
  cmd: string;
  data: unknown;
  /** The accounts of the call, to find them in error texts. */
  usernames?: string[];
  /** The master passwords of the call, to hide them from error texts. */
  passwords?: string[];
  signal?: AbortSignal | undefined;
};

/** An answer that is a JSON object, and what it is judged by. */
export type Exchange = { answer: Record<string, unknown>; question: Question };

export class EnterpriseApi {
  readonly #options: Required<LastPassClientOptions>;

  /** Throws `LastPassOptionsError`. */
  constructor(options: LastPassClientOptions) {
    this.#options = {
      timeoutMs: 30_000,
      userAgent: 'lastpass-directory-connector',
      proxy: null,
      send: post,
      ...options,
    };
    checkOptions(this.#options);
  }

  /** Sends a command; its answer isn't judged yet, but for wrong credentials and what isn't JSON. Throws `LastPassError`. */
  async send({ cmd, data, usernames = [], passwords = [], signal }: Command): Promise<Exchange> {
    const { cid, provhash, send, ...transport } = this.#options;
    const text = await send({ ...transport, body: JSON.stringify({ cid, provhash, cmd, data }), signal });
    const question = { cmd, usernames, secret: provhash, passwords };
    return { answer: objectFrom(text, question), question };
  }

  /** Sends a command that reads; an answer that tells of a failure throws. */
  async ask(command: Command): Promise<Exchange> {
    const exchange = await this.send(command);
    mustBeWhole(verdictOf(exchange.answer, exchange.question), exchange.question);
    return exchange;
  }

  /** Sends a command that changes something, and is refused as a whole where a part of it is. */
  async carryOut(command: Command): Promise<{ slowDown: string | null }> {
    const { answer, question } = await this.send(command);
    return { slowDown: mustBeWhole(verdictOf(answer, question), question).slowDown };
  }
}

/** The verdict, unless a part was refused: that throws `refused`. */
export function mustBeWhole(verdict: Verdict, question: Question): Verdict {
  if (verdict.partly !== null) throw refused(verdict.partly, question);
  return verdict;
}

function checkOptions({ apiUrl, cid, provhash, timeoutMs }: Required<LastPassClientOptions>): void {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new LastPassOptionsError('apiUrl must be an http(s) address such as https://lastpass.com/enterpriseapi.php');
  }
  if (!/^\d+$/.test(cid)) throw new LastPassOptionsError('cid must be the account number, digits only');
  if (provhash === '')
    throw new LastPassOptionsError('provhash must not be empty: the Admin Console shows it when it is made');
  if (!(timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw new LastPassOptionsError(`timeoutMs must be from 1 to ${LONGEST_TIMEOUT_MS} (milliseconds)`);
  }
}
