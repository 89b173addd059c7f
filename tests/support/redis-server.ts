/** A real Redis of its own, set as the connector wants it. */
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { inContainers, Server } from './servers.ts';
import { waitUntil } from './wait-until.ts';

/** A TCP port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Debian 12's Redis has no WAITAOF, and must write everything at once; that of the image is set as docker-compose.yml does. */
const appendfsync = inContainers ? 'everysec' : 'always';
const suitable = { appendonly: 'yes', appendfsync, 'maxmemory-policy': 'noeviction', save: '' };

export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #dir: string;
  readonly #settings: Record<string, string>;
  #server: Server | null = null;

  private constructor(dir: string, port: number, settings: Record<string, string>) {
    this.#dir = dir;
    this.port = port;
    this.#settings = settings;
  }

  /** Starts one with its data in `dir`, which disposal removes. */
  static async create({
    dir,
    port,
    settings = {},
  }: {
    dir: string;
    port?: number;
    settings?: Record<string, string>;
  }): Promise<RedisServer> {
    await mkdir(dir, { recursive: true });
    const server = new RedisServer(dir, port ?? (await freePort()), { ...suitable, ...settings });
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const settings = { ...this.#settings, port: String(this.port), bind: '127.0.0.1', dir: this.#dir };
    this.#server = new Server({
      command: 'redis-server',
      args: Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]),
      image: 'redis:8-trixie',
      folder: this.#dir,
    });
    const client = new Redis(this.url, { lazyConnect: true, retryStrategy: () => 20, maxRetriesPerRequest: null });
    client.on('error', () => undefined); // not up yet: waited for below
    try {
      await waitUntil('Redis to answer', async () => (await client.ping()) === 'PONG');
    } finally {
      client.disconnect();
    }
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  /** Sends the process a signal; SIGSTOP makes it silent until SIGCONT. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#server?.signal(signal);
  }

  async kill(): Promise<void> {
    await this.#server?.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }
}
