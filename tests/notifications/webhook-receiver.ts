/** Somebody who is told by webhook: a real HTTP server that keeps what it gets, and verifies it as any receiver would. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { type Body, body } from '../../services/console/src/notifications/message.ts';
import { waitUntil } from '../support/wait-until.ts';

export const signingSecret = `whsec_${Buffer.from('a key of thirty-two random bytes').toString('base64')}`;

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it came. */
  readonly text: string;
  readonly body: Body;
}

/** How a try is answered: by a status, or never. */
export type Answer = number | 'hang';

/** Whether a request is of whom it should be, and unchanged: written by the specification, not by the sender's code. */
export function isGenuine(
  { headers, text: sent }: Pick<Received, 'headers' | 'text'>,
  secret = signingSecret,
): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${sent}`;
  const expected = createHmac('sha256', key).update(signed).digest();
  return (headers['webhook-signature'] ?? '').split(' ').some((each) => {
    const [version, signature = ''] = each.split(',', 2);
    const given = Buffer.from(signature, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

export class WebhookReceiver implements AsyncDisposable {
  readonly received: Received[] = [];
  /** What the next tries are answered; then 204. */
  readonly answers: Answer[] = [];
  /** Where a redirect leads. */
  location = '';
  readonly #server: Server;
  readonly #scheme: string;

  private constructor(tls: { key: string; cert: string } | null) {
    const onRequest = (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response);
    this.#server = tls === null ? createServer(onRequest) : createTlsServer(tls, onRequest);
    this.#scheme = tls === null ? 'http' : 'https';
  }

  static async create(tls: { key: string; cert: string } | null = null): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(tls);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return `${this.#scheme}://127.0.0.1:${address.port}/a-secret-path`;
  }

  get types(): string[] {
    return this.received.map((each) => each.body.type);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await text(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    this.received.push({ path: request.url ?? '', headers, text: sent, body: body.parse(JSON.parse(sent)) });
    const answer = this.answers.shift() ?? 204;
    if (answer === 'hang') return;
    response.writeHead(answer, answer >= 300 && answer < 400 ? { location: this.location } : {}).end();
  }

  /** Waits for the message of a type, the first that came since. @param since how many had come before */
  async gets(type: string, { since = 0, withinMs = 30_000 } = {}): Promise<Received> {
    const find = () => this.received.slice(since).find((each) => each.body.type === type);
    return waitUntil(`the message ${type} (there are ${this.types.join(', ')})`, find, { withinMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
