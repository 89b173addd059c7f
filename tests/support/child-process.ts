/** A program run by a test: what it prints is kept, and it never outlives the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Record<string, string | undefined>;
  readonly onLine?: (line: string) => void;
  /** Its standard input stays open as long as we are there; default: it has none. */
  readonly holdsInput?: boolean;
}

const stopWithinMs = 15_000;

export class Program implements AsyncDisposable {
  /** Of both streams, as they came. */
  readonly lines: string[] = [];
  /** Of standard output alone. */
  readonly outLines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor({ command, args, cwd, env, onLine, holdsInput = false }: ProgramOptions) {
    const stdio = [holdsInput ? 'pipe' : 'ignore', 'pipe', 'pipe'] as const;
    this.#child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: [...stdio] });
    children.add(this.#child);
    this.#ended = once(this.#child, 'close').then(([code]: (number | null)[]) => {
      children.delete(this.#child);
      return code ?? null;
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          this.lines.push(line);
          if (stream === this.#child.stdout) this.outLines.push(line);
          onLine?.(line);
        }
      });
    }
  }

  /** Lets this process end although the program runs; it is killed then. */
  unref(): void {
    this.#child.unref();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr])
      if (stream instanceof Socket) stream.unref();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get output(): string {
    return this.lines.join('\n');
  }

  /** Resolves with the exit code when it has ended; `null` when a signal ended it. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Reads nothing more of what it prints: its next line breaks the pipe. */
  turnAway(): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks it to end and waits. @throws Error when it doesn't */
  async stop(): Promise<number | null> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), stopWithinMs);
    const code = await this.#ended;
    clearTimeout(timer);
    return code;
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) await this.stop();
  }
}
