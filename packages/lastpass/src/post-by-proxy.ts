/**
 * One POST through a forward proxy, sent once, on connections that are used again.
 *
 * By node:http and not by fetch: Node's own fetch takes no way of ours but from another copy of undici, whose import would carry every
 * other fetch of the process, too. node:http repeats nothing, and follows no redirect.
 */
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ForwardProxy } from '@connector/shared/proxy-settings.ts';
import { openSecureTunnel, openTunnel, type Target } from './proxy-tunnel.ts';

export interface PostByProxy {
  readonly proxy: ForwardProxy;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** What came back. */
export interface Posted {
  readonly status: number;
  /** The header `Retry-After`. */
  readonly retryAfter: string | null;
  readonly text: string;
}

/** Sends the body. @throws ProxyFailure, or what TLS, node:http or the signal throw */
export async function postByProxy({ proxy, url, headers, body, signal }: PostByProxy): Promise<Posted> {
  const { hostname, port } = targetOf(url);
  const options: CallOptions = {
    ...{ method: 'POST', host: hostname, port, path: `${url.pathname}${url.search}`, signal, until: signal },
    headers: { host: url.host, ...headers, 'content-length': Buffer.byteLength(body) },
    agent: agentFor(proxy, url),
  };
  const sent = request(options);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', reject); // what comes after the answer's first byte, the answer tells, too
    sent.end(body);
  });
  return {
    status: answer.statusCode ?? 0,
    retryAfter: answer.headers['retry-after'] ?? null,
    text: await text(answer),
  };
}

/** Where calls to an address go. */
export function targetOf({ hostname, port, protocol }: URL): Target {
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

/** An idle connection is kept for so long, ms, unless the far end names a shorter time: as fetch does. */
const idleMs = 4_000;

interface CallOptions extends RequestOptions {
  /** The call's signal, for its agent: node:http keeps the one that it knows to itself, and waits for a connection all the same. */
  readonly until: AbortSignal;
}

/** Connections to one far end, each a way through the proxy. */
class TunnelAgent extends Agent {
  readonly #open: (signal: AbortSignal) => Promise<Duplex>;

  constructor(proxy: ForwardProxy, url: URL) {
    super({ keepAlive: true, timeout: idleMs });
    const way = { proxy, target: targetOf(url) };
    this.#open = (signal) =>
      url.protocol === 'https:' ? openSecureTunnel({ ...way, signal, verified: true }) : openTunnel({ ...way, signal });
  }

  override createConnection({ until }: CallOptions, opened: (error: Error | null, stream?: Duplex) => void): undefined {
    this.#open(until).then(
      (stream) => opened(null, stream),
      (error) => opened(error),
    );
  }
}

/** By proxy, as the configuration has it once for each process, and the far end's origin. */
const agents = new WeakMap<ForwardProxy, Map<string, TunnelAgent>>();

function agentFor(proxy: ForwardProxy, url: URL): TunnelAgent {
  const known = agents.get(proxy) ?? new Map<string, TunnelAgent>();
  agents.set(proxy, known);
  const agent = known.get(url.origin) ?? new TunnelAgent(proxy, url);
  known.set(url.origin, agent);
  return agent;
}
