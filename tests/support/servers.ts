/**
 * What serves the tests: this machine's own programs, or containers where `TEST_SERVERS=containers` asks for them and a
 * Docker engine answers. A container has the machine's network and the folder that it is given, under the same path, so that a test
 * can't tell the two apart.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Program } from './child-process.ts';

/** Where the programs of servers come from, as the environment tells it. */
export const inContainers = process.env['TEST_SERVERS'] === 'containers';

export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** A container has it from here. */
  readonly image: string;
  /** The only folder of this machine that it can use. */
  readonly folder: string;
}

/**
 * Runs a server as process 1's child, and ends with it, or as soon as standard input does: a container mustn't outlive the test
 * that started it, however that ended.
 */
const guardian = `
exec 3<&0
"$@" </dev/null & server=$!
trap 'kill -TERM $server' TERM INT
(cat <&3 >/dev/null; kill -KILL $server) &
wait $server
wait $server
`;

/** A server for a test. */
export class Server {
  readonly #program: Program;
  /** Of the container; `null` for a program of this machine. */
  readonly #name: string | null;

  constructor({ command, args, image, folder }: ServerOptions) {
    this.#name = inContainers ? `connector-test-${randomBytes(6).toString('hex')}` : null;
    const run = [
      'run',
      '--rm',
      '--interactive',
      '--network',
      'host',
      '--volume',
      `${folder}:${folder}`,
      '--user',
      'root',
    ];
    this.#program =
      this.#name === null
        ? new Program({ command, args })
        : new Program({
            command: 'docker',
            args: [...run, '--name', this.#name, image, 'sh', '-c', guardian, 'sh', command, ...args],
            holdsInput: true,
          });
  }

  get running(): boolean {
    return this.#program.running;
  }

  get output(): string {
    return this.#program.output;
  }

  /** Asks it to end and waits. @throws Error when it doesn't */
  async stop(): Promise<void> {
    await this.#program.stop();
  }

  /** Sends the process a signal; SIGSTOP makes it silent until SIGCONT. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void {
    if (this.#name === null || signal === 'SIGTERM') this.#program.signal(signal);
    else execFileSync('docker', [signal === 'SIGSTOP' ? 'pause' : 'unpause', this.#name]);
  }

  /** Ends it as a power cut would, if it hasn't ended. */
  async kill(): Promise<void> {
    if (this.#name === null) return await this.#program.kill();
    if (!this.running) return;
    execFileSync('docker', ['kill', this.#name]);
    await this.#program.ended;
  }
}
