/** Writing down what is now true of accounts. Every record is refused unless the claim on the person still holds. */
import { auditWrites } from '@connector/shared/audit.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import type { Store } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import { type Change, peopleWaitingFor, writesOf } from '@connector/sync/accounts/account-changes.ts';
import { latencyWrites, readChangedAt } from '@connector/sync/requests/latency.ts';
import { paceWrites } from '@connector/sync/requests/pace.ts';
import type { Batch, Claims } from './claims.ts';

export interface RecordsOptions {
  readonly store: Store;
  readonly claims: Claims;
  /** Ids of all directories. */
  readonly directories: readonly string[];
  /** Told of people to whom everything was delivered: how long each change that is counted took, ms. */
  readonly onDelivered: (tookMs: readonly number[]) => void;
}

export class Records {
  readonly #store: Store;
  readonly #claims: Claims;
  readonly #directories: readonly string[];
  readonly #onDelivered: (tookMs: readonly number[]) => void;

  constructor({ store, claims, directories, onDelivered }: RecordsOptions) {
    this.#store = store;
    this.#claims = claims;
    this.#directories = directories;
    this.#onDelivered = onDelivered;
  }

  /**
   * Commits changes about several people of a batch at once.
   * @param also guards that must hold besides the claims
   * @returns those whose change was committed; the others have lost their claim, or another guard didn't hold for them
   */
  async commit<T extends Change>(
    batch: Batch,
    changes: readonly T[],
    also: (change: T) => readonly Guard[] = () => [],
  ): Promise<T[]> {
    return this.#commit(batch, changes, also, () => []);
  }

  /**
   * Commits the end of those to whom everything was delivered, and notes how many in how long a time, and since when.
   * @returns as `commit`
   */
  async delivered<T extends Change>(
    batch: Batch,
    changes: readonly T[],
    also: (change: T) => readonly Guard[],
    { tookMs }: { tookMs: number },
  ): Promise<T[]> {
    const changedAt = await readChangedAt(
      this.#store,
      changes.map(({ person }) => person),
    );
    const noted = (left: readonly T[]) => {
      const atMs = Date.now();
      const theirs = new Map([...changedAt].filter(([person]) => left.some((change) => change.person === person)));
      return [
        ...paceWrites(this.#store.keys, batch.owner, { atMs, tookMs, people: left.length }),
        ...latencyWrites(this.#store.keys, theirs, atMs),
      ];
    };
    const delivered = await this.#commit(batch, changes, also, noted);
    if (delivered.length > 0) {
      const atMs = Date.now();
      this.#onDelivered(
        delivered.flatMap(({ person }) => {
          const sinceMs = changedAt.get(person);
          return sinceMs === undefined ? [] : [atMs - sinceMs];
        }),
      );
    }
    return delivered;
  }

  async #commit<T extends Change>(
    batch: Batch,
    changes: readonly T[],
    also: (change: T) => readonly Guard[],
    more: (left: readonly T[]) => string[][],
  ): Promise<T[]> {
    if (changes.length === 0) return []; // Redis isn't asked for nothing: others may wait for whom this batch gives back
    const touched = touch(this.#store.keys, await peopleWaitingFor(this.#store, this.#directories, changes));
    let left = [...changes];
    while (left.length > 0) {
      const guarded = left.map((change) => ({ change, guards: also(change) }));
      const outcome = await this.#store.commit({
        guards: [
          ...this.#claims.guards(
            batch,
            left.map(({ person }) => person),
          ),
          ...guarded.flatMap(({ guards }) => guards),
        ],
        writes: [
          ...left.flatMap((change) => writesOf(this.#store.keys, change)),
          ...auditWrites(
            this.#store.keys,
            left.flatMap(({ noted = [] }) => noted),
          ),
          ...touched,
          ...more(left),
        ],
      });
      if (outcome.committed) return left;
      const { refusedBy } = outcome;
      const person = refusedBy.command[2] ?? '';
      const refused = guarded.find(({ change, guards }) => guards.includes(refusedBy) || change.person === person);
      if (!refused) return []; // the pusher itself was silent for too long: none of its claims counts
      left = left.filter((change) => change !== refused.change);
    }
    return [];
  }
}
