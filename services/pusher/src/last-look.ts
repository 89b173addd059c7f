/**
 * Right before a call leaves: what must be known of it after a crash is written down, and claims and plans are looked at once more.
 * Whoever is to get something else by now, or is somebody else's to deliver, drops out of the round.
 */
import type { Keys, PersonKey } from '@connector/shared/keys.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import type { Change } from '@connector/sync/accounts/account-changes.ts';
import type { CallKind } from '@connector/sync/calls/calls.ts';
import { type Delivery, stepOf } from '@connector/sync/calls/delivery.ts';
import type { ReviewedSteps } from '@connector/sync/requests/reviewed-steps.ts';
import type { Batch } from './claims.ts';
import type { DeliverOptions, RoundParts } from './deliver-options.ts';
import { createSettlesMs } from './settling.ts';

/** So long after the claims were checked, the check is stale and made again before sending (a process that was paused). */
const checkedForMs = 2_000;
/** After so many stale checks in a row Redis is too slow to be sure of anything. */
const looksAtMost = 5;

/** Holds when no other person's create of the same user name is under way. */
function nobodyElseCreates(
  keys: Keys,
  { person, plan }: Delivery,
  creators: ReadonlyMap<string, string | null>,
): Guard {
  const creator = creators.get(plan.username) ?? null;
  return { command: ['HGET', keys.creating, plan.username], is: creator === person ? person : null };
}

/** Holds as long as the plan is the one that was read. @param raw as it was read; `null`: there was none */
export const planStands = ({ plans }: Keys, person: PersonKey, raw: string | null): Guard => ({
  command: ['HGET', plans, person],
  is: raw,
});

/** Hold as long as the plan is the one that is delivered, and nothing on the directory's side has changed since it was made. */
export const planHolds = (keys: Keys, { person, plan: current, planRaw }: Delivery): Guard[] => [
  planStands(keys, person, planRaw),
  { command: ['HGET', keys.touched, person], is: String(current.inputs.touched) },
];

/** Holds while the run is open that somebody has reviewed these steps for. */
const stillReviewed = (keys: Keys, person: PersonKey, { raw }: ReviewedSteps): Guard => ({
  command: ['HGET', keys.reviewedSteps, person],
  is: raw,
});

/** The last look of a round's calls. */
export class LastLook {
  readonly #options: DeliverOptions;
  readonly #batch: Batch;
  readonly #dropOut: (people: Iterable<PersonKey>) => void;
  /** Of whom it was written down that a call leaves, and of which kind the newest is. */
  readonly #written = new Map<PersonKey, CallKind>();

  constructor({ deliver, batch, dropOut }: RoundParts) {
    this.#options = deliver;
    this.#batch = batch;
    this.#dropOut = dropOut;
  }

  /**
   * What must be known after a crash is written down, of a create so that it outlives Redis too. Then the last look before the call
   * leaves: claims and plans still hold, on the timeline on which it was written down. Where that was a while ago, it is written anew: for with
   * it goes the time until which a create counts as under way.
   * @throws TimelineChanged when Redis may have forgotten it, NotDurable, Error when Redis takes longer than a look is good for
   */
  async take(kind: CallKind, carried: readonly Delivery[]): Promise<readonly Delivery[]> {
    let ready = carried;
    let writtenAtMs = Number.NEGATIVE_INFINITY;
    if (kind.creates) {
      writtenAtMs = Date.now();
      ready = await this.#writeDown(kind, ready, writtenAtMs);
      if (ready.length > 0) await this.#options.makeDurable();
    }
    for (let look = 0; look < looksAtMost && ready.length > 0; look++) {
      const checkedAtMs = Date.now();
      const isWritten = checkedAtMs - writtenAtMs < checkedForMs;
      ready = isWritten ? await this.#check(kind, ready) : await this.#writeDown(kind, ready, checkedAtMs);
      if (Date.now() - checkedAtMs < checkedForMs) return ready;
    }
    if (ready.length === 0) return ready;
    throw new Error(`nothing is sent: Redis takes longer than ${checkedForMs} ms to write; is its disk slow?`);
  }

  /**
   * The same look without writing anything down, before what goes before a call.
   * @returns whose claims and plans still hold; the others have left the round
   */
  look(kind: CallKind, carried: readonly Delivery[]): Promise<readonly Delivery[]> {
    return this.#check(kind, carried);
  }

  /**
   * What takes back what was written down of a call that certainly did nothing. Nothing where none of it was: that somebody creates this
   * user name may be written down of another person.
   */
  takenBack({ person, link: before }: Delivery): Pick<Change, 'intent' | 'link'> {
    const kind = this.#written.get(person);
    if (kind?.creates) return { intent: null };
    return kind?.linkWhenSent && before !== null ? { link: before } : {};
  }

  async #writeDown(kind: CallKind, carried: readonly Delivery[], nowMs: number): Promise<Delivery[]> {
    const ready = await this.#check(kind, carried, (delivery) => this.#intention(kind, delivery, nowMs));
    for (const { person } of ready) this.#written.set(person, kind);
    return ready;
  }

  /** Whose claims and plans still hold; who isn't among them is planned again. @param noting what is written down of those who are */
  async #check(
    kind: CallKind,
    carried: readonly Delivery[],
    noting: (delivery: Delivery) => Change = ({ person, plan: { username } }) => ({ person, username }),
  ): Promise<Delivery[]> {
    const { records, store } = this.#options;
    const changes = carried.map((delivery) => ({ ...noting(delivery), delivery }));
    const creators = kind.creates ? await this.#creatorsOf(carried) : null;
    const isReady = ({ delivery }: { delivery: Delivery }): Guard[] => [
      ...(creators === null ? [] : [nobodyElseCreates(store.keys, delivery, creators)]),
      ...planHolds(store.keys, delivery),
      ...(delivery.reviewed === undefined ? [] : [stillReviewed(store.keys, delivery.person, delivery.reviewed)]),
    ];
    const ready = (await records.commit(this.#batch, changes, isReady)).map(({ delivery }) => delivery);
    const outdated = carried.filter((delivery) => !ready.includes(delivery));
    this.#dropOut(outdated.map(({ person }) => person));
    await records.commit(
      this.#batch,
      outdated.map((delivery) => ({
        person: delivery.person,
        username: delivery.plan.username,
        ...this.takenBack(delivery),
        claim: { kind: 'finish' } as const,
      })),
    );
    return ready;
  }

  /** Who has written down that they create these user names. */
  async #creatorsOf(carried: readonly Delivery[]): Promise<Map<string, string | null>> {
    const { redis, keys } = this.#options.store;
    const usernames = carried.map(({ plan: { username } }) => username);
    const creators = await redis.hmget(keys.creating, ...usernames);
    return new Map(usernames.map((username, index) => [username, creators[index] ?? null]));
  }

  #intention(kind: CallKind, delivery: Delivery, nowMs: number): Change {
    const { person, plan: current } = delivery;
    const step = stepOf(delivery, 'create');
    const change = { person, username: current.username };
    if (kind.creates && step)
      return {
        ...change,
        intent: {
          username: current.username,
          fullname: step.fullname,
          groups: step.groups,
          ...(step.federated === undefined ? {} : { federated: step.federated }),
          settlesAtMs: nowMs + createSettlesMs,
        },
      };
    return kind.linkWhenSent && delivery.link ? { ...change, link: kind.linkWhenSent(delivery.link, nowMs) } : change;
  }
}
