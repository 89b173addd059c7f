/** One POST, sent once. */
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

export interface Posting {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** Of the authority that is trusted there, in PEM form; missing: those that Node trusts. */
  readonly ca?: string | undefined;
}

/** What came back. */
export interface Posted {
  readonly status: number;
  readonly text: string;
}

/** An answer about one key has some hundred bytes; whatever goes on for so long is none. */
const longestAnswer = 65_536;

/**
 * Sends it. Not by fetch, which takes no authority of its own for one call. Redirects aren't followed: they would carry a key to an address
 * that nobody has configured.
 * @throws Error of Node, without the body in it
 */
export function postOnce({ url, headers, body, signal, ca }: Posting): Promise<Posted> {
  const all = { ...headers, 'content-length': Buffer.byteLength(body) };
  const options = { method: 'POST', headers: all, signal, agent: false as const };
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage) =>
      void textOf(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject);
    const sent =
      url.protocol === 'http:'
        ? plainRequest(url, options, onAnswer)
        : tlsRequest(url, { ...options, ...(ca === undefined ? {} : { ca }) }, onAnswer);
    sent.on('error', reject);
    sent.end(body);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestAnswer) throw new Error(`an answer of more than ${longestAnswer} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
