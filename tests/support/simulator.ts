/** The LastPass simulator as a process, and its control API. */
import { resolve } from 'node:path';
import { Program } from './child-process.ts';
import { waitUntil } from './wait-until.ts';

const root = resolve(import.meta.dirname, '../..');

/** A LastPass user as the simulator keeps it, as far as tests look at it. */
export interface SimulatedUser {
  readonly id: string;
  readonly username: string;
  readonly fullname: string;
  readonly disabled: boolean;
  readonly groups?: readonly string[];
  readonly attribs?: Record<string, unknown>;
  /** Asked for, and taking effect with the next log-in. */
  readonly pending_email?: string;
}

export interface SimulatedState {
  /** By username; missing where nobody is federated. */
  readonly keys?: Record<string, { readonly k2: string; readonly fragmentId: string }>;
  readonly users: readonly SimulatedUser[];
  readonly groups: Record<string, readonly string[]>;
  readonly invited: readonly string[];
  readonly welcomeEmails: Record<string, readonly string[]>;
  /** Shared folders: `waiting` are the members who don't have the key yet. */
  readonly folders: readonly { readonly name: string; readonly waiting: readonly string[] }[];
}

export interface SimulatedCall {
  readonly sequence: number;
  readonly timeMs: number;
  readonly cmd: string;
  readonly data: unknown;
  readonly changes: readonly unknown[];
  readonly outcome: string;
  readonly executed: boolean;
  /** From arrival to the end of the answer; `null` while it runs. */
  readonly durationMs: number | null;
}

/** A simulator that runs somewhere: its control API. */
export class SimulatorControl {
  readonly #origin: string;

  /** @param origin such as `http://127.0.0.1:8081` */
  constructor(origin: string) {
    this.#origin = origin;
  }

  static readonly cid = '12345678';

  get apiUrl(): string {
    return `${this.#origin}/enterpriseapi.php`;
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const init =
      body === undefined
        ? { method }
        : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await fetch(`${this.#origin}/control/${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  state(): Promise<SimulatedState> {
    return this.#ask('GET', 'state');
  }

  seed(state: unknown): Promise<void> {
    return this.#ask('PUT', 'state', state);
  }

  async calls(since = 0): Promise<SimulatedCall[]> {
    return (await this.#ask<{ calls: SimulatedCall[] }>('GET', `calls?since=${since}`)).calls;
  }

  /** The sequence of the newest call. */
  async lastCall(): Promise<number> {
    return (await this.#ask<{ lastSequence: number }>('GET', 'calls?since=999999999')).lastSequence;
  }

  /** The calls that ask for a change. */
  async writes(since = 0): Promise<SimulatedCall[]> {
    return (await this.calls(since)).filter(({ cmd }) => cmd !== 'getuserdata');
  }

  faults(faults: readonly unknown[]): Promise<void> {
    return this.#ask('PUT', 'faults', faults);
  }

  /** Those that have not befallen as many calls as they are for. */
  faultsLeft(): Promise<readonly unknown[]> {
    return this.#ask('GET', 'faults');
  }

  settings(settings: unknown): Promise<{ provhash: string }> {
    return this.#ask(settings === null ? 'GET' : 'PUT', 'settings', settings ?? undefined);
  }

  /** Somebody changes accounts by hand, as with the Admin Console. */
  async byHand(cmd: string, data: unknown): Promise<void> {
    const { provhash } = await this.settings(null);
    const body = JSON.stringify({ cid: SimulatorControl.cid, provhash, cmd, data });
    const answer = await fetch(this.apiUrl, { method: 'POST', body });
    const { status } = (await answer.json()) as { status?: string };
    if (!['OK', 'success'].includes(status ?? '')) throw new Error(`${cmd} by hand: ${status}`);
  }

  /** The person logs in; a federated one by K1, or by the hidden master password. */
  login(username: string, shown: { LastPassKeyPart?: string; password?: string } = {}): Promise<void> {
    return this.#ask('POST', 'login', { username, ...shown });
  }
}

/** A simulator started by a test. */
export class Simulator extends SimulatorControl implements AsyncDisposable {
  readonly #program: Program;

  private constructor(program: Program, origin: string) {
    super(origin);
    this.#program = program;
  }

  static async create({ port = 0, args = [] }: { port?: number; args?: readonly string[] } = {}): Promise<Simulator> {
    const command = process.execPath;
    const program = new Program({
      command,
      args: ['src/main.ts', '--port', String(port), ...args],
      cwd: resolve(root, 'services/lastpass-simulator'),
    });
    const pattern = /LastPass simulator listening on (http:\/\/[^/]+)\//;
    const origin = await waitUntil('the simulator to listen', () => {
      if (!program.running) throw new Error(`the simulator ended: ${program.output}`);
      return pattern.exec(program.output)?.[1];
    });
    return new Simulator(program, origin);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
  }
}
