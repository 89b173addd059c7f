/** What stands in a service's way, each told once when it comes and once when it goes. */
import type { Logger } from 'pino';

export class Readiness {
  readonly #log: Logger;
  readonly #problems = new Map<string, string>();
  /** The messages, without details, that the log has. */
  readonly #told = new Map<string, string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * Notes a problem under a name of its own; the message says what is wrong and what to do.
   * @param detail what may change while the problem stays: shown with it, and told only the first time
   */
  problem(name: string, message: string, { detail = '' } = {}): void {
    const isTold = this.#told.get(name) === message;
    this.#told.set(name, message);
    this.#problems.set(name, message + detail);
    if (!isTold) this.#log.error({ problem: name }, message + detail);
  }

  /** Notes something that only takes its time, such as a first read: not ready yet, but nothing is wrong. */
  notYet(name: string, message: string): void {
    if (this.#problems.get(name) === message) return;
    this.#told.delete(name);
    this.#problems.set(name, message);
    this.#log.info({ notYet: name }, message);
  }

  solved(name: string): void {
    this.#told.delete(name);
    if (this.#problems.delete(name)) this.#log.info({ problem: name }, `solved: ${name}`);
  }

  has(name: string): boolean {
    return this.#problems.has(name);
  }

  get problems(): string[] {
    return [...this.#problems.values()];
  }

  get ready(): boolean {
    return this.#problems.size === 0;
  }
}
