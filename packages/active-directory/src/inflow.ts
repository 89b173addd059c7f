/**
 * Entries of a search between the server, which sends them as fast as it can, and whoever takes them in parts. The flow is held while
 * a part waits to be taken, so that no more than a part and what one read of the socket brings is ever kept.
 */
import type { LdapEntry } from './ldap-entry.ts';

/** A part is full with so many entries, or so many bytes. */
export const partSize = { entries: 500, bytes: 1 << 20 } as const;

export interface Flow {
  /** Nothing more is to be read from the server. */
  hold(): void;
  release(): void;
}

export class Inflow {
  readonly #flow: Flow;
  #entries: LdapEntry[] = [];
  #bytes = 0;
  #isOver = false;
  #ready = Promise.withResolvers<void>();

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  /** @param bytes how many the entry has */
  add(entry: LdapEntry, bytes: number): void {
    this.#entries.push(entry);
    this.#bytes += bytes;
    if (this.#entries.length < partSize.entries && this.#bytes < partSize.bytes) return;
    this.#flow.hold();
    this.#ready.resolve();
  }

  /** Nothing comes any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Nothing more will come: what is there is the last part. */
  end(): void {
    this.#isOver = true;
    this.#ready.resolve();
  }

  /** The next part, which waits to be full; `null` after the last one. */
  async next(): Promise<LdapEntry[] | null> {
    this.#flow.release();
    await this.#ready.promise;
    const part = this.#entries;
    this.#entries = [];
    this.#bytes = 0;
    if (this.#isOver) return part.length > 0 ? part : null;
    this.#ready = Promise.withResolvers();
    return part;
  }
}
