/** A wire that can be cut, frozen and slowed: stands in front of any TCP server, knows nothing of what is said. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** One direction of one connection. */
interface Wire {
  readonly from: Socket;
  readonly to: Socket;
}

export interface TcpTarget {
  readonly host: string;
  readonly port: number;
}

export class TcpProxy implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly #server: Server;
  readonly #target: TcpTarget;
  readonly #wires = new Set<Wire>();
  /** Faults of a kind may overlap: each has an end of its own. */
  #freezes = 0;
  #cuts = 0;
  readonly #delaysMs: number[] = [];

  private constructor(server: Server, target: TcpTarget) {
    const { address, port } = server.address() as AddressInfo;
    this.host = address;
    this.port = port;
    this.#server = server;
    this.#target = target;
    server.on('connection', (client) => this.#serve(client));
  }

  /** Starts one on a free port. @param host where it listens; default: where the target does */
  static async start(target: TcpTarget, { host = target.host }: { host?: string } = {}): Promise<TcpProxy> {
    const server = createServer({ pauseOnConnect: true });
    server.listen(0, host);
    await once(server, 'listening');
    return new TcpProxy(server, target);
  }

  /** Ends all connections without a word, once. */
  breakConnections(): void {
    for (const { from } of this.#wires) from.resetAndDestroy();
  }

  /** Ends all connections, and every new one at once. @returns the end of that */
  cut(): () => void {
    this.#cuts++;
    this.breakConnections();
    return () => void this.#cuts--;
  }

  /** Connections stay, and nothing passes, in either direction. @returns the end of that */
  freeze(): () => void {
    this.#freezes++;
    for (const { from } of this.#wires) from.pause();
    return () => {
      this.#freezes--;
      if (this.#freezes === 0) for (const { from } of this.#wires) from.resume();
    };
  }

  /** Whatever is said takes so much longer, each way. @returns the end of that */
  slow(delayMs: number): () => void {
    this.#delaysMs.push(delayMs);
    return () => void this.#delaysMs.splice(this.#delaysMs.indexOf(delayMs), 1);
  }

  #serve(client: Socket): void {
    client.on('error', () => undefined); // a reset is what we are here for
    if (this.#cuts > 0) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.#target);
    this.#join({ from: client, to: server });
    this.#join({ from: server, to: client });
  }

  #join(wire: Wire): void {
    const { from, to } = wire;
    this.#wires.add(wire);
    let last: Promise<unknown> = Promise.resolve();
    const inOrder = (action: () => void) => {
      const delayMs = Math.max(0, ...this.#delaysMs);
      const due = delayMs === 0 ? null : new Promise((done) => setTimeout(done, delayMs));
      last = last.then(() => due).then(action);
    };
    from.on('data', (chunk: Buffer) => inOrder(() => to.destroyed || to.write(chunk)));
    from.on('end', () => inOrder(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#wires.delete(wire);
      inOrder(() => to.destroy());
    });
    from.setNoDelay(true);
    if (this.#freezes === 0) from.resume();
    else from.pause();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { from } of this.#wires) from.destroy();
    await closed;
  }
}
