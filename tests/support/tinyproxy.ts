/** A real forward proxy, Debian's tinyproxy, on loopback: as an organisation has one between itself and LastPass. */
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Program } from './child-process.ts';
import { freePort } from './redis-server.ts';
import { waitUntil } from './wait-until.ts';

export interface TinyproxyOptions {
  /** Made for it; it goes with the test's folder. */
  readonly dir: string;
  /** Whom it lets through; default: everybody. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** A host that it lets nobody to. */
  readonly forbids?: string;
}

export class Tinyproxy implements AsyncDisposable {
  readonly port: number;
  readonly #file: string;
  #program: Program;
  /** What it said before it was started anew. */
  #saidBefore = '';

  private constructor(port: number, file: string) {
    this.port = port;
    this.#file = file;
    this.#program = this.#run();
  }

  static async create({ dir, credentials, forbids }: TinyproxyOptions): Promise<Tinyproxy> {
    await mkdir(dir, { recursive: true });
    const port = await freePort();
    const lines = ['Listen 127.0.0.1', `Port ${port}`, 'Timeout 600', 'LogLevel Connect', 'MaxClients 100'];
    if (credentials) lines.push(`BasicAuth ${credentials.username} ${credentials.password}`);
    if (forbids) {
      await writeFile(join(dir, 'filter'), `^${forbids.replaceAll('.', '\\.')}$\n`);
      lines.push(`Filter "${join(dir, 'filter')}"`);
    }
    const file = join(dir, 'tinyproxy.conf');
    await writeFile(file, `${lines.join('\n')}\n`);
    const proxy = new Tinyproxy(port, file);
    await proxy.#listens();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What clients have asked it for: `CONNECT lastpass.com:443`. */
  get requests(): string[] {
    const log = `${this.#saidBefore}\n${this.#program.output}`;
    return [...log.matchAll(/Request \(file descriptor \d+\): (\S+ \S+) HTTP/g)].map(([, request = '']) => request);
  }

  /** Ends it as a power cut would, with all that goes through it. */
  async kill(): Promise<void> {
    await this.#program.kill();
  }

  /** Starts it anew, at the same port. */
  async start(): Promise<void> {
    this.#saidBefore += `\n${this.#program.output}`;
    this.#program = this.#run();
    await this.#listens();
  }

  #run(): Program {
    return new Program({ command: 'tinyproxy', args: ['-d', '-c', this.#file] });
  }

  async #listens(): Promise<void> {
    await waitUntil('the proxy to listen', async () => {
      if (!this.#program.running) throw new Error(`the proxy ended: ${this.#program.output}`);
      const socket = connect(this.port, '127.0.0.1');
      try {
        await new Promise((open, failed) => socket.once('connect', open).once('error', failed));
      } finally {
        socket.destroy();
      }
      return true;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#program.running) await this.#program.stop();
  }
}
