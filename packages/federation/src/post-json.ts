/** A POST of JSON that may be sent twice, on a connection that is kept for the next. */
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';

export interface Posting {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** What came back. */
export interface Posted {
  readonly status: number;
  readonly text: string;
}

/** An answer about one key has some hundred bytes; whatever goes on for so long is none. */
const longestAnswer = 65_536;

/** A way there, with the connections that are kept. */
export type Post = (posting: Posting) => Promise<Posted>;

/**
 * Makes a way there. Not by fetch, which takes no authority of its own. Redirects aren't followed: they would carry a key to an address that
 * nobody has configured. A connection that was kept may be over by the time that it is used: then it is sent once more, on another, which does no
 * harm to either question of a registrar's.
 * @param ca of the authority that is trusted there, in PEM form; missing: those that Node trusts
 */
export function postOver({ ca }: { readonly ca?: string | undefined }): Post {
  const agents = {
    'http:': new PlainAgent({ keepAlive: true }),
    'https:': new TlsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) }),
  };
  return async (posting) => {
    try {
      return await post(posting, agents);
    } catch (error) {
      if (error instanceof ConnectionOver) return await post(posting, agents);
      throw error;
    }
  };
}

/** The server had ended the connection before the request was there. */
class ConnectionOver extends Error {}

/** @throws Error of Node, without the body in it */
function post(
  { url, headers, body, signal }: Posting,
  agents: Readonly<Record<'http:' | 'https:', PlainAgent>>,
): Promise<Posted> {
  const isPlain = url.protocol === 'http:';
  const all = { ...headers, 'content-length': Buffer.byteLength(body) };
  const options = { method: 'POST', headers: all, signal, agent: isPlain ? agents['http:'] : agents['https:'] };
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage) =>
      void textOf(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject);
    const sent = isPlain ? plainRequest(url, options, onAnswer) : tlsRequest(url, options, onAnswer);
    sent.on('error', (error: NodeJS.ErrnoException) =>
      reject(sent.reusedSocket && error.code === 'ECONNRESET' ? new ConnectionOver() : error),
    );
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
