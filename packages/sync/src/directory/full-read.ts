/**
 * A full read, step by step, so that changes are read between two steps and a leaver needn't wait for its end:
 *
 * `pages` → `listed`: everything live is appended → `looking up`: what the generation in use has and the new one lacks is
 * looked up by itself, until there is nothing left → `done`.
 *
 * The order of the log is the order of the reading. So whoever wants to read anything else between two steps has what was asked for ahead
 * appended first (`settle`).
 */
import type { DirectoryConnection } from '@connector/active-directory/connection.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import type { Cursor, LogEntry } from '@connector/shared/directory-state.ts';

/** Objects in one page, and looked up at once. */
export const pageSize = 500;

/** Where what was read goes, in order. */
export interface EntryLog {
  /** Appends entries and moves the cursor, both or neither. */
  append(entries: readonly LogEntry[], moved?: Partial<Omit<Cursor, 'sequence'>>): Promise<void>;
  /** Whether so much waits to be applied that reading more had better wait. */
  isLong(): Promise<boolean>;
  /** Whether everything appended is applied. */
  isApplied(): Promise<boolean>;
}

export interface FullReadOptions {
  readonly log: EntryLog;
  readonly connection: DirectoryConnection;
  readonly generation: number;
  readonly basesVersion: string;
  /** The request that this read answers. */
  readonly answers: string | null;
  /** objectGUIDs that reconcilers want looked up. */
  readonly lookups: () => Promise<string[]>;
  readonly prepare: (changes: readonly DirectoryChange[]) => DirectoryChange[];
}

type NextPage = IteratorResult<DirectoryChange[], void>;

export class FullRead {
  readonly #options: FullReadOptions;
  readonly #pages: AsyncGenerator<DirectoryChange[]>;
  /** The next page, asked for while the one before it is worked on. */
  #ahead: Promise<NextPage> | null = null;
  #phase: 'pages' | 'looking up' | 'done' = 'pages';
  #objects = 0;

  constructor(options: FullReadOptions) {
    this.#options = options;
    this.#pages = options.connection.everything({ pageSize });
  }

  get done(): boolean {
    return this.#phase === 'done';
  }

  /** How many objects were read so far. */
  get objects(): number {
    return this.#objects;
  }

  /** Takes one step. @returns whether anything was done; if not, it waits for the reconcilers */
  async step(): Promise<boolean> {
    switch (this.#phase) {
      case 'pages':
        return this.#page();
      case 'looking up':
        return this.#lookUp();
      case 'done':
        return false;
    }
  }

  /** Appends the page that was asked for ahead, if there is one. */
  async settle(): Promise<void> {
    if (this.#ahead !== null) await this.#append(this.#ahead, { askAhead: false });
  }

  async #page(): Promise<boolean> {
    if (await this.#options.log.isLong()) return false;
    await this.#append(this.#ahead ?? this.#pages.next(), { askAhead: true });
    return true;
  }

  async #append(asked: Promise<NextPage>, { askAhead }: { askAhead: boolean }): Promise<void> {
    const { log, generation, prepare } = this.#options;
    const { value, done } = await asked;
    this.#ahead = null;
    if (done) {
      await log.append([{ type: 'listed', generation }]);
      this.#phase = 'looking up';
      return;
    }
    if (askAhead) {
      this.#ahead = this.#pages.next();
      this.#ahead.catch(() => undefined); // told when it is waited for
    }
    this.#objects += value.length;
    await log.append([{ type: 'page', generation, changes: prepare(value) }]);
  }

  async #lookUp(): Promise<boolean> {
    const { log, connection, generation, lookups, prepare, basesVersion, answers } = this.#options;
    if (!(await log.isApplied())) return false;
    const wanted = await lookups();
    if (wanted.length > 0) {
      await log.append([{ type: 'looked-up', changes: prepare(await connection.lookUp(wanted)) }]);
      return true;
    }
    await log.append([{ type: 'end', generation }], {
      completed: generation,
      completedAtMs: Date.now(),
      basesVersion,
      answered: answers,
    });
    this.#phase = 'done';
    return true;
  }
}
