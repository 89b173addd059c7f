/**
 * Claiming people to deliver: one pusher at a time works on somebody's account. A claim belongs to a batch; it holds as
 * long as the batch's pusher gives signs of life and is still at it, and is free for whoever asks next when not.
 */
import type { PersonKey } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import { noOwner } from '@connector/sync/accounts/account-changes.ts';
import type { Reviewed } from '@connector/sync/requests/reviewed-steps.ts';
import { type Due, type DueOptions, dueReviewed } from './due-reviewed.ts';

/** Without a sign of life for so long, a pusher's claims are free. */
const aliveForMs = 5_000;
/** How often a pusher gives a sign of life. */
export const signOfLifeEveryMs = 1_500;
const tries = 5;

export interface Claimed {
  readonly person: PersonKey;
  /** An earlier batch held the claim and never came to its end: what it had sent is unknown. */
  readonly unsettled: boolean;
}

/** Whom a pusher asks for. */
export interface Wanted {
  readonly leaversOnly?: boolean;
  /** Only those with something to send that was reviewed; `null`: everybody. */
  readonly reviewed?: Reviewed | null;
}

/** People claimed together. */
export interface Batch {
  /** `<pusher>#<number>`, as stored with each claim. */
  readonly owner: string;
  readonly claimed: readonly Claimed[];
  /** They all lose access by it. Leavers are never claimed together with others, whose calls may have to wait longer. */
  readonly ofLeavers: boolean;
}

export class Claims {
  readonly #store: Store;
  /** Names this pusher. */
  readonly #pusher: string;
  readonly #active = new Set<string>();
  #count = 0;

  constructor(store: Store, pusher: string) {
    this.#store = store;
    this.#pusher = pusher;
  }

  async giveSignOfLife(): Promise<void> {
    const { redis, keys } = this.#store;
    await redis.set(keys.alive(this.#pusher), '1', 'PX', aliveForMs);
  }

  /** Gives all claims free at the end of the process. */
  async sayGoodbye(): Promise<void> {
    await this.#store.redis.del(this.#store.keys.alive(this.#pusher));
  }

  /** Hold as long as the claims on these people are the batch's, and the pusher hasn't been silent for too long. */
  guards({ owner }: Batch, people: Iterable<PersonKey>): Guard[] {
    const { keys } = this.#store;
    const held = [...people].map((person) => ({ command: ['HGET', keys.claims, person], is: owner }));
    return [{ command: ['EXISTS', keys.alive(this.#pusher)], is: '1' }, ...held];
  }

  /** Claims the next people whose delivery is due, leavers first; `null` when there are none. Every batch must be ended. */
  async take(limit: number, { leaversOnly = false, reviewed = null }: Wanted = {}): Promise<Batch | null> {
    const { redis, keys } = this.#store;
    for (let attempt = 0; attempt < tries; attempt++) {
      const nowMs = Date.now();
      const asked = { nowMs, limit, leaversOnly };
      const { due, ofLeavers } =
        reviewed === null ? await this.#due(asked) : await dueReviewed(this.#store, reviewed, asked);
      if (due.length === 0) return null;
      const owners = await redis.hmget(keys.claims, ...due);
      const holding = await this.#holding(owners);
      const heldForMs = new Map(due.map((person, index) => [person, holding.get(owners[index] ?? '') ?? null]));
      const free = due.filter((person) => heldForMs.get(person) === null);
      const ownerOf = new Map(due.map((person, index) => [person, owners[index] ?? null]));
      const owner = `${this.#pusher}#${++this.#count}`;
      const untilOf = (person: PersonKey) => String(nowMs + (heldForMs.get(person) ?? aliveForMs));
      this.#active.add(owner); // before anybody here can read that it has claimed somebody
      const { committed } = await this.#store
        .commit({
          guards: free.map((person) => ({ command: ['HGET', keys.claims, person], is: ownerOf.get(person) ?? null })),
          writes: [
            ...free.map((person) => ['HSET', keys.claims, person, owner]),
            ...due.flatMap((person) => this.#dueAgain(person, untilOf(person))),
          ],
        })
        .catch((error) => {
          this.#active.delete(owner);
          throw error;
        });
      if (!committed || free.length === 0) {
        this.#active.delete(owner);
        continue;
      }
      return { owner, ofLeavers, claimed: free.map((person) => ({ person, unsettled: ownerOf.get(person) !== null })) };
    }
    return null;
  }

  #dueAgain(person: PersonKey, atMs: string): string[][] {
    const { keys } = this.#store;
    return [keys.toDeliver, keys.leavers].map((line) => ['ZADD', line, 'XX', atMs, person]);
  }

  /** People whose delivery is due: leavers, else the others, each in the order in which they came to be. */
  async #due({ nowMs, limit, leaversOnly }: DueOptions): Promise<Due> {
    const { redis, keys } = this.#store;
    const leavers = await redis.zrangebyscore(keys.leavers, '-inf', nowMs, 'LIMIT', 0, limit);
    if (leaversOnly || leavers.length > 0) return { due: leavers, ofLeavers: true };
    const due = await redis.zrangebyscore(keys.toDeliver, '-inf', nowMs, 'LIMIT', 0, limit);
    return { due, ofLeavers: false };
  }

  /**
   * The batch is done with. Claims that it still holds are free for any pusher at once, and what it sent for them is unknown.
   * @throws what Redis throws; this pusher then takes them up itself
   */
  async end({ owner, claimed }: Batch): Promise<void> {
    this.#active.delete(owner);
    const { redis, keys } = this.#store;
    const people = claimed.map(({ person }) => person);
    const owners = await redis.hmget(keys.claims, ...people);
    const left = people.filter((_, index) => owners[index] === owner);
    if (left.length === 0) return;
    await this.#store.commit({
      guards: left.map((person) => ({ command: ['HGET', keys.claims, person], is: owner })),
      writes: left.flatMap((person) => [
        ['HSET', keys.claims, person, noOwner],
        ...this.#dueAgain(person, String(Date.now())),
      ]),
    });
  }

  /** Which of these owners still hold their claims, and for how long, unless they give another sign of life, ms. */
  async #holding(owners: readonly (string | null)[]): Promise<ReadonlyMap<string, number>> {
    const holding = new Map<string, number>();
    const look = async (owner: string) => {
      const pusher = owner.slice(0, owner.lastIndexOf('#'));
      const isOwn = pusher === this.#pusher;
      const leftMs = isOwn ? aliveForMs : await this.#aliveForMs(pusher);
      if (isOwn ? this.#active.has(owner) : leftMs >= 0) holding.set(owner, leftMs);
    };
    await Promise.all([...new Set(owners.filter((owner) => owner !== null))].map(look));
    return holding;
  }

  /**
   * For how long another pusher's sign of life holds yet, ms; negative: it has none. One that holds for longer than any does is from before
   * Redis' clock went back: whoever is alive gives another, and who isn't keeps no claim for it.
   */
  async #aliveForMs(pusher: string): Promise<number> {
    const { redis, keys } = this.#store;
    const leftMs = await redis.pttl(keys.alive(pusher));
    if (leftMs <= aliveForMs) return leftMs;
    await redis.pexpire(keys.alive(pusher), aliveForMs, 'LT'); // one that was given meanwhile stays as it is
    return aliveForMs;
  }
}
