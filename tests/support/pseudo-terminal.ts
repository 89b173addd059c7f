/** A program on a terminal, with what it writes there as it writes it: bars that are overwritten have no line of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface OnTerminalOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

/** By this the line at the cursor is taken away. */
export const erased = '\r\u001b[K';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Started by `script` of util-linux, which makes a real pseudo-terminal of 80 columns. It never outlives the test. */
export class OnTerminal implements AsyncDisposable {
  /** All that was written, control sequences included. */
  text = '';
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor({ command, args, env }: OnTerminalOptions) {
    const line = [command, ...args].map(quoted).join(' ');
    this.#child = spawn('script', ['-qefc', line, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (part: string) => (this.text += part));
    this.ended = once(this.#child, 'close').then(([code]: (number | null)[]) => code ?? null);
  }

  /** What stood in the line that is overwritten, one after the other. */
  get bars(): string[] {
    return this.text
      .replaceAll(erased, '\n')
      .split(/\r?\n/)
      .filter((part) => part !== '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
