/** One run: what its measurements share. */
import type { Stack } from '../support/stack.ts';
import type { CompanySize } from './company.ts';
import { directoryOf, emptyStack, syncFirst } from './first-sync.ts';
import type { Run, Synced } from './measurement.ts';
import { readWithLdapsearch } from './yardsticks/reading.ts';

export class OneRun implements Run, AsyncDisposable {
  readonly size: CompanySize;
  readonly snapshot: string;
  readonly say: (line: string) => void;
  #stack: Stack | null = null;
  #synced: Promise<Synced> | null = null;

  /** @param snapshot the company as a domain */
  constructor({ size, snapshot, say }: { size: CompanySize; snapshot: string; say: (line: string) => void }) {
    this.size = size;
    this.say = say;
    this.snapshot = snapshot;
  }

  synced(): Promise<Synced> {
    this.#synced ??= this.#begin();
    return this.#synced;
  }

  async #begin(): Promise<Synced> {
    this.say(`the first sync of ${this.size.people} people, with its yardsticks`);
    const stack = await emptyStack({ content: { snapshot: this.snapshot } });
    this.#stack = stack;
    const directory = directoryOf(stack);
    await readWithLdapsearch(directory); // so that no read is the first that a new server answers
    const readingMs = await readWithLdapsearch(directory);
    return { stack, size: this.size, readingMs, firstSync: await syncFirst(stack, this.size.people) };
  }

  async end(): Promise<void> {
    await this.#stack?.[Symbol.asyncDispose]();
    this.#stack = null;
    this.#synced = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
