/**
 * New entries of the audit trail, for whoever listens. Redis is asked for all listeners together, and only while there are any. Each gets every
 * entry behind the one that it names, in order and once, also where that was sealed before it came.
 */
import { every } from '@connector/shared/every.ts';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import type { Store } from '@connector/shared/store.ts';
import { readHead } from '@connector/sync/audit/audit-ends.ts';
import { readAfter, type Sealed } from '../audit/audit-trail.ts';

const lookEveryMs = 500;
/** So many entries are read at once. */
const atOnce = 500;
/** Nobody goes back by more entries: the others are in the trail. */
const mostMissed = 1_000;

/** Somebody who listens. */
export interface Listener {
  /** The number of the entry after which it goes on; `null`: what is sealed from now on. */
  readonly after: number | null;
  /** Told first of how many entries nothing comes, as too many were sealed before it came. */
  readonly miss: (entries: number) => void;
  readonly take: (entries: readonly Sealed[]) => void;
  /** Nothing comes any more: Redis has gone back to an earlier moment, and numbers are given out anew. */
  readonly end: () => void;
}

export interface LiveFeedOptions {
  readonly store: Store;
  /** Told of what keeps entries from being read, unless it is Redis itself, which others tell of. */
  readonly onError: (error: Error) => void;
}

export class LiveFeed {
  readonly #options: LiveFeedOptions;
  /** How far each has come; who is behind the others catches up by itself. */
  readonly #listeners = new Map<Listener, number>();
  /** The newest entry that all have had; `null` while nobody listens. */
  #at: number | null = null;
  #looking = new AbortController();

  constructor(options: LiveFeedOptions) {
    this.#options = options;
  }

  /** How many listen. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Begins to listen, until what it returns is called. @throws what Redis throws */
  async listen(listener: Listener): Promise<() => void> {
    const { sequence } = (await readHead(this.#options.store)).value;
    const wanted = Math.min(listener.after ?? sequence, sequence);
    const after = Math.max(wanted, sequence - mostMissed);
    if (after > wanted) listener.miss(after - wanted);
    this.#listeners.set(listener, after);
    if (this.#at === null) this.#begin(sequence);
    const leave = () => this.#leave(listener);
    await this.#catchUp(listener).catch((error) => {
      leave();
      throw error;
    });
    return leave;
  }

  #begin(sequence: number): void {
    this.#at = sequence;
    this.#looking = new AbortController();
    const onError = (error: Error) => {
      if (!isRedisTrouble(error)) this.#options.onError(error);
    };
    void every({ pauseMs: lookEveryMs, signal: this.#looking.signal, onError }, () => this.#look());
  }

  #leave(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#looking.abort();
    this.#at = null;
  }

  /** Has somebody read what the others have had already. */
  async #catchUp(listener: Listener): Promise<void> {
    for (;;) {
      const at = this.#listeners.get(listener);
      if (at === undefined || this.#at === null || at >= this.#at) return;
      const entries = await readAfter(this.#options.store, at, atOnce);
      // Of those that the look takes meanwhile it gets none: it isn't as far yet.
      const missed = entries.filter(({ sequence }) => sequence <= (this.#at ?? 0));
      this.#give(listener, missed, { upTo: missed.at(-1)?.sequence ?? this.#at });
    }
  }

  #give(listener: Listener, entries: readonly Sealed[], { upTo }: { upTo: number }): void {
    if (!this.#listeners.has(listener)) return; // it has left meanwhile
    this.#listeners.set(listener, upTo);
    if (entries.length > 0) listener.take(entries);
  }

  async #look(): Promise<void> {
    const { store } = this.#options;
    const { sequence } = (await readHead(store)).value;
    if (this.#at !== null && sequence < this.#at) return this.#endAll();
    while (this.#at !== null && this.#at < sequence) {
      const before: number = this.#at;
      const entries = await readAfter(store, before, atOnce);
      if (this.#at !== before) return; // all have left meanwhile
      const upTo = entries.at(-1)?.sequence ?? sequence; // none: they were trimmed
      this.#at = upTo;
      for (const [listener, at] of this.#listeners) {
        const news = entries.filter((entry) => entry.sequence > at); // it may have come when some were sealed already
        if (at >= before) this.#give(listener, news, { upTo: Math.max(at, upTo) });
      }
    }
  }

  #endAll(): void {
    for (const listener of [...this.#listeners.keys()]) {
      this.#leave(listener);
      listener.end();
    }
  }
}
