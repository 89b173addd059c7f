/** The wire does what its faults say, and is a wire again afterwards. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { waitUntil } from '../support/wait-until.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** Sends back whatever it is sent. */
async function echo(): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

class Client {
  readonly #socket: Socket;
  received = '';
  isClosed = false;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setEncoding('utf8').on('data', (text: string) => {
      this.received += text;
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.isClosed = true;
    });
  }

  say(text: string): void {
    this.#socket.write(text);
  }

  async hears(text: string): Promise<void> {
    await waitUntil(`${text} to come back`, () => this.received === text, { withinMs: 5_000 });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

test('passes what is said, in its order, also while it is slow', async () => {
  await using server = await echo();
  await using proxy = await TcpProxy.start({ host: '127.0.0.1', port: server.port });
  using client = new Client(proxy.port);
  client.say('a');
  await client.hears('a');
  const end = proxy.slow(100);
  const slowSince = performance.now();
  client.say('b');
  await client.hears('ab');
  assert.ok(performance.now() - slowSince >= 199, 'there and back, 100 ms each');
  client.say('c');
  end();
  client.say('d');
  await client.hears('abcd');
});

test('frozen, it passes nothing and keeps the connection, and a new one too; thawed, it passes all', async () => {
  await using server = await echo();
  await using proxy = await TcpProxy.start({ host: '127.0.0.1', port: server.port });
  using early = new Client(proxy.port);
  early.say('a');
  await early.hears('a');
  const [thaw, thawToo] = [proxy.freeze(), proxy.freeze()];
  using late = new Client(proxy.port);
  early.say('b');
  late.say('x');
  thaw();
  await assert.rejects(waitUntil('an answer', () => early.received !== 'a' || late.received !== '', { withinMs: 300 }));
  assert.deepEqual([early.isClosed, late.isClosed], [false, false]);
  thawToo();
  await early.hears('ab');
  await late.hears('x');
});

test('cut, it ends connections and refuses new ones, until it is mended', async () => {
  await using server = await echo();
  await using proxy = await TcpProxy.start({ host: '127.0.0.1', port: server.port });
  using before = new Client(proxy.port);
  before.say('a');
  await before.hears('a');
  const mend = proxy.cut();
  await waitUntil('the connection to end', () => before.isClosed);
  using during = new Client(proxy.port);
  await waitUntil('the new connection to end', () => during.isClosed);
  mend();
  using after = new Client(proxy.port);
  after.say('b');
  await after.hears('b');
});
