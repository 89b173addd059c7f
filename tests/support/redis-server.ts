/** A real Redis of its own, set as the connector wants it. */
import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
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
  #moments = 0;
  readonly #settings: Record<string, string>;
  /** The largest file that it may write, KiB; `null` without a limit. */
  #largestFile: number | null = null;
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
    const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
    // A write beyond the limit fails as on a full disk, if the signal that comes with it is ignored.
    const limited = `trap '' XFSZ; ulimit -f ${this.#largestFile}; exec redis-server "$@"`;
    this.#server = new Server({
      ...(this.#largestFile === null
        ? { command: 'redis-server', args }
        : { command: 'bash', args: ['-c', limited, 'bash', ...args] }),
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

  /**
   * Starts it anew on a disk that is nearly full.
   * @param room what it can still write, KiB; `null`: there is space again
   */
  async startWithRoom(room: number | null): Promise<void> {
    await this.kill();
    const folder = join(this.#dir, 'appendonlydir');
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
    this.#largestFile = room === null ? null : Math.ceil(Math.max(...sizes) / 1_024) + room;
    await this.start();
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

  /** Keeps what is on its disk now. @returns a name for this moment, to go back to */
  async moment(): Promise<string> {
    const kept = join(this.#dir, `moment-${++this.#moments}`);
    await cp(join(this.#dir, 'appendonlydir'), kept, { recursive: true });
    return kept;
  }

  /** Loses all that it was told since that moment, as a power cut or a fail-over to a replica would; it is back at once. */
  async goBackTo(moment: string): Promise<void> {
    await this.kill();
    await rm(join(this.#dir, 'appendonlydir'), { recursive: true });
    await cp(moment, join(this.#dir, 'appendonlydir'), { recursive: true });
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill(); // nothing of it is needed any more, and Redis may take its time over a last write
    await rm(this.#dir, { recursive: true, force: true });
  }
}
