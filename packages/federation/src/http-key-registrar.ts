/**
 * A key registrar behind HTTP, by a contract of ours (docs/federation.md): LastPass's own isn't public.
 *
 * Both questions are POSTs whose answer says everything in words: a wrong address answers 404, which must never be taken for "nothing
 * is registered", and people's addresses stay out of URLs, which proxies and servers write down.
 */
import { z } from 'zod';
import { isFragmentId } from './derived.ts';
import { KeyHalfError, LastPassHalf } from './key-halves.ts';
import {
  type CallOptions,
  type KeyRegistrar,
  type RegisteredKey,
  RegistrarError,
  type Registration,
} from './key-registrar.ts';
import { type Post, postOver } from './post-json.ts';

/** Of a whole exchange, in milliseconds. */
const usualTimeoutMs = 10_000;

export interface HttpKeyRegistrarOptions {
  /** https://, or http:// on loopback; what is asked comes behind its path. */
  readonly url: string;
  /** What lets us in: printable, without blanks. */
  readonly token: string;
  /** Whether http:// is taken elsewhere, too. */
  readonly insecure?: boolean;
  /** Of the authority that signed its certificate, in PEM form; those that Node trusts by default. */
  readonly ca?: string | undefined;
  /** For the whole of an exchange, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number;
}

/** A registrar can't be made from its options. The message begins with the option, and tells nothing of the token. */
export class RegistrarOptionsError extends Error {
  override readonly name = 'RegistrarOptionsError';
  readonly code = 'options';
}

/** What is asked: of a user, or with their key to be kept. */
interface Question {
  readonly username: string;
  readonly k2?: string;
  readonly fragmentId?: string;
}

const kept = z.strictObject({
  k2: z.string(),
  fragmentId: z.string().refine(isFragmentId),
});
const toldAnswer = z.object({ username: z.string(), registered: kept.nullable() });
const keptAnswer = z.object({ username: z.string(), outcome: z.enum(['kept', 'known']) });

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export class HttpKeyRegistrar implements KeyRegistrar {
  readonly #base: URL;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #post: Post;

  /** @throws RegistrarOptionsError */
  constructor({ url, token, insecure = false, timeoutMs = usualTimeoutMs, ca }: HttpKeyRegistrarOptions) {
    this.#base = baseOf(url, { insecure });
    if (!/^[\x21-\x7e]+$/.test(token))
      throw new RegistrarOptionsError('token is empty, or has a blank or a letter that no header takes');
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    this.#post = postOver({ ca });
  }

  async registered(username: string, options: CallOptions = {}): Promise<RegisteredKey | null> {
    const answer = this.#read(toldAnswer, await this.#ask('registered', { username }, options), username);
    if (answer.registered === null) return null;
    const { k2, fragmentId } = answer.registered;
    return { k2: this.#halfOf(k2, username), fragmentId };
  }

  async register({ username, k2, fragmentId }: Registration, options: CallOptions = {}): Promise<void> {
    const text = await this.#ask('register', { username, k2: k2.reveal(), fragmentId }, options);
    this.#read(keptAnswer, text, username);
    const back = await this.registered(username, options);
    const isSame = back !== null && back.fragmentId === fragmentId && back.k2.equals(k2);
    back?.k2[Symbol.dispose]();
    if (isSame) return;
    const told = back === null ? 'nothing' : 'another key';
    throw this.#error(
      'not-kept',
      `has taken a key for ${username}, and tells of ${told}: have whoever runs it look into it`,
    );
  }

  /** The text of an answer that isn't a refusal. */
  async #ask(what: 'registered' | 'register', question: Question, { signal }: CallOptions): Promise<string> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const url = new URL(what, this.#base);
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${this.#token}`,
    };
    const until = signal ? AbortSignal.any([timeout, signal]) : timeout;
    const posting = { url, headers, body: JSON.stringify(question), signal: until };
    const answer = await this.#post(posting).catch((cause: unknown) => {
      throw this.#lost(cause, { isCancelled: signal?.aborted ?? false, isLate: timeout.aborted });
    });
    if (answer.status === 200 || answer.status === 201) return answer.text;
    throw this.#refusal(answer.status, question.username);
  }

  #lost(cause: unknown, { isCancelled, isLate }: { isCancelled: boolean; isLate: boolean }): RegistrarError {
    if (isCancelled) return this.#error('cancelled', 'was not waited for', cause);
    if (isLate)
      return this.#error('unavailable', `gave no answer within ${this.#timeoutMs} ms: look whether it runs`, cause);
    const code = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : String(cause);
    const remedy = 'check its url, its certificate, DNS and the firewall';
    return this.#error('unavailable', `can't be reached (${code}): ${remedy}`, cause);
  }

  #refusal(status: number, username: string): RegistrarError {
    const saying = (code: RegistrarError['code'], text: string) =>
      this.#error(code, `answered HTTP ${status}: ${text}`);
    if (status === 409) return saying('taken', `another key is registered for ${username}, and stays`);
    if (status === 401 || status === 403)
      return saying('unauthorized', 'it refuses the token; write the one that it was given');
    if (status === 429 || status >= 500)
      return saying('unavailable', 'it is asked again later; look whether it is well');
    return saying('not-a-registrar', 'no key registrar is there; check its url');
  }

  /** @throws RegistrarError without a cause: what a parser complains of may quote a key */
  #read<T extends { username: string }>(schema: z.ZodType<T>, text: string, username: string): T {
    const answer = schema.safeParse(jsonOf(text)).data;
    if (answer === undefined)
      throw this.#error('not-a-registrar', 'answered what no key registrar answers; check its url, and its version');
    if (answer.username.toLowerCase() === username.toLowerCase()) return answer;
    throw this.#error(
      'not-a-registrar',
      `was asked about ${username}, and answered about somebody else: have nothing between keep answers`,
    );
  }

  #halfOf(text: string, username: string): LastPassHalf {
    try {
      return LastPassHalf.from(text);
    } catch (error) {
      if (!(error instanceof KeyHalfError)) throw error;
      throw this.#error('damaged', `tells a K2 of ${username} that ${error.message}`);
    }
  }

  #error(code: RegistrarError['code'], text: string, cause?: unknown): RegistrarError {
    return new RegistrarError(
      code,
      `the key registrar at ${this.#base.host} ${text}`,
      cause === undefined ? {} : { cause },
    );
  }
}

/** The address behind whose last slash a question's name is put. @throws RegistrarOptionsError */
function baseOf(text: string, { insecure }: { insecure: boolean }): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new RegistrarOptionsError('url is no address; write such as https://keys.example.com/registrar/');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new RegistrarOptionsError('url holds more than a host, a port and a path; write the token as token');
  if (url.protocol === 'http:' && !insecure && !loopback.test(url.hostname))
    throw new RegistrarOptionsError(
      "url isn't encrypted, and keys go there; write https://, or insecure: true to allow it",
    );
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // told as an answer of another shape: the parser's words quote the text
  }
}
