/** Appending what was read to a directory's change log, together with the place up to which it was read. */
import {
  type Cursor,
  cursor,
  firstCursor,
  type LogEntry,
  type MirrorState,
  mirrorState,
} from '@connector/shared/directory-state.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import type { EntryLog } from '@connector/sync/directory/full-read.ts';
import type { Lease } from './lease.ts';

/** Another watcher has taken over, or Redis went back to an earlier moment: this one must begin afresh. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
  readonly code = 'FENCED';
}

/** So many entries may wait to be applied; more would only fill Redis. */
const longestLog = 50;

export class ChangeLog implements EntryLog {
  readonly #store: Store;
  readonly #lease: Lease;
  readonly #directory: string;
  #raw: string | null;
  #cursor: Cursor;

  private constructor(
    store: Store,
    lease: Lease,
    directory: string,
    { raw, value }: { raw: string | null; value: Cursor | null },
  ) {
    this.#store = store;
    this.#lease = lease;
    this.#directory = directory;
    this.#raw = raw;
    this.#cursor = value ?? firstCursor;
  }

  /** Opens the log where the last active watcher left it; behind whatever was applied, should the cursor be lost. */
  static async open(store: Store, lease: Lease, directory: string): Promise<ChangeLog> {
    const keys = store.keys.directory(directory);
    const { raw, value } = parseStored(cursor, keys.cursor, await store.redis.get(keys.cursor));
    const applied = parseStored(mirrorState, keys.mirrorState, await store.redis.get(keys.mirrorState)).value;
    if (value !== null || applied === null) return new ChangeLog(store, lease, directory, { raw, value });
    const [newest] = await store.redis.xrevrange(keys.log, '+', '-', 'COUNT', 1);
    const sequence = Math.max(applied.sequence, Number.parseInt(newest?.[0] ?? '0', 10));
    const swept = (await store.redis.smembers(keys.garbage)).map(Number);
    const generation = Math.max(applied.current?.generation ?? 0, applied.building?.generation ?? 0, ...swept);
    return new ChangeLog(store, lease, directory, { raw, value: { ...firstCursor, sequence, generation } });
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  /**
   * Appends entries and moves the cursor, in one transaction.
   * @throws Fenced when this watcher isn't the active one any more, or the cursor isn't where it left it
   */
  async append(entries: readonly LogEntry[], moved: Partial<Omit<Cursor, 'sequence'>> = {}): Promise<void> {
    const keys = this.#store.keys.directory(this.#directory);
    const next: Cursor = { ...this.#cursor, ...moved, sequence: this.#cursor.sequence + entries.length };
    const raw = JSON.stringify(next);
    const first = this.#cursor.sequence + 1;
    const outcome = await this.#store.commit({
      guards: [this.#lease.guard, { command: ['GET', keys.cursor], is: this.#raw }],
      writes: [
        ...entries.map((entry, index) => ['XADD', keys.log, `${first + index}-0`, 'entry', JSON.stringify(entry)]),
        ['SET', keys.cursor, raw],
        ...(moved.caughtUp ? [['SET', keys.readAt, String(Date.now())]] : []),
      ],
    });
    if (!outcome.committed) throw new Fenced(`the watcher of ${this.#directory} was superseded`);
    this.#cursor = next;
    this.#raw = raw;
  }

  /** Whether the reconcilers are so far behind that reading more had better wait. */
  async isLong(): Promise<boolean> {
    return (await this.#store.redis.xlen(this.#store.keys.directory(this.#directory).log)) >= longestLog;
  }

  /** Whether everything appended is applied. */
  async isApplied(): Promise<boolean> {
    return ((await this.#mirrorState())?.sequence ?? 0) >= this.#cursor.sequence;
  }

  /** Whether changes were missed, so that the mirror in use takes none until a full read is complete. */
  async isFrozen(): Promise<boolean> {
    return (await this.#mirrorState())?.gap ?? false;
  }

  async #mirrorState(): Promise<MirrorState | null> {
    const { mirrorState: key } = this.#store.keys.directory(this.#directory);
    return parseStored(mirrorState, key, await this.#store.redis.get(key)).value;
  }
}
