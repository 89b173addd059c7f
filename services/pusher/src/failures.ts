/**
 * What becomes of those whose call failed. Each way out records what is known of them, and the round goes on without them; who
 * stays in it is returned.
 */
import type { LastPassError } from '@connector/lastpass/errors.ts';
import type { NewAuditEntry } from '@connector/shared/audit.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { intent, type Link, link, type SetAside } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import { withoutAddresses } from '@connector/shared/without-addresses.ts';
import type { Change } from '@connector/sync/accounts/account-changes.ts';
import type { Delivery } from '@connector/sync/calls/delivery.ts';
import { type EndedCall, refusedEntries, seenEntries, withEntries } from './audit-entries.ts';
import type { Batch } from './claims.ts';
import type { DeliverOptions, RoundParts } from './deliver-options.ts';
import { asideSince, asidesOf, missesOf } from './known-failures.ts';
import { type LastLook, planStands } from './last-look.ts';
import { setAsideForMs } from './misses.ts';
import { type PutOff, putOff } from './put-off.ts';
import { readAccountsOf, type Told } from './read-back.ts';
import type { NoSeatFree } from './seats.ts';
import { answeredSettlesMs, createSettlesMs, settledChanges, type Unsettled } from './settling.ts';
import { type Named, untoldChanges } from './untold.ts';

/** The first of ever longer pauses, ms. */
const firstRetryMs = 500;
const longestRetryMs = 60_000;
/** Nobody waits longer after a call without an answer, ms: while smaller calls isolate an account, and while the command is broken. */
const longestMissMs = { isolating: 2_000, broken: 15_000 };
/** An account that LastPass refuses by itself is tried again this much later, ms. */
const refusedRetryMs = 15 * 60_000;

/**
 * How long after others somebody without a seat gets their next turn, who was tried so often, ms: in time for those to be claimed by themselves, so
 * that one whom LastPass never takes keeps nobody from being tried.
 */
const behindMs = (tries: number): number => 2_000 * tries;

type Found = Told<PersonKey>['found'];

const peopleOf = (these: readonly { readonly person: PersonKey }[]): PersonKey[] => these.map(({ person }) => person);

const named =
  (isUnsettled: boolean) =>
  ({ person, plan: { username, name } }: Delivery): Named => ({ person, username, name, isUnsettled });

/** Whether LastPass has somebody's account as it was before the call. */
const isAsBefore = ({ person, account }: Delivery, found: Found): boolean =>
  JSON.stringify(found.get(person) ?? null) === JSON.stringify(account);

/** Tried again as it is, by those who were sent together: they stay together. */
const again = ({ attempts }: Delivery, why: keyof typeof longestMissMs) => ({
  kind: 'postpone' as const,
  untilMs: Date.now() + Math.min(longestMissMs[why], firstRetryMs * 2 ** attempts),
});

/** The ways out of a round. */
export class Failures {
  readonly #options: DeliverOptions;
  readonly #batch: Batch;
  readonly #leave: RoundParts['dropOut'];
  readonly #lastLook: LastLook;

  /** @param lastLook of the same round */
  constructor({ deliver, batch, dropOut }: RoundParts, lastLook: LastLook) {
    this.#options = deliver;
    this.#batch = batch;
    this.#leave = dropOut;
    this.#lastLook = lastLook;
  }

  /** The call certainly did nothing, or wasn't made: its people try again later, or at a given time. */
  async nothingSent(sent: readonly Delivery[], atMs: number | null): Promise<void> {
    const changes = sent.map((delivery): Change => {
      const { person, plan, attempts } = delivery;
      const untilMs = atMs ?? Date.now() + Math.min(longestRetryMs, firstRetryMs * 2 ** attempts);
      return {
        person,
        username: plan.username,
        ...this.#lastLook.takenBack(delivery),
        claim: { kind: 'postpone', untilMs },
      };
    });
    this.#leave(peopleOf(sent));
    await this.#putOff(sent, changes);
  }

  /** @param guards where they don't hold any more, everybody is due at once */
  async #putOff(
    deliveries: readonly Delivery[],
    changes: readonly Change[],
    guards: readonly Guard[] = [],
  ): Promise<void> {
    const { records, store } = this.#options;
    const plans = new Map(deliveries.map(({ person, planRaw }) => [person, planRaw]));
    await putOff(records, this.#batch, changes, ({ person }) => [
      planStands(store.keys, person, plans.get(person) ?? null),
      ...guards,
    ]);
  }

  /**
   * The effect of a call is unknown: the accounts are read back, and what is true is recorded. A create that isn't there yet may
   * still be under way: its intent stays, and it is asked for again.
   */
  async unanswered(call: EndedCall, sent: readonly Delivery[], error: LastPassError): Promise<void> {
    const settlesMs = error.code === 'unexpected-answer' ? answeredSettlesMs : createSettlesMs;
    const { found, untold } = await this.#read(sent);
    const told = sent.filter(({ person }) => !untold.has(person));
    const counts = this.#options.commandMisses.missed(call.kind.command, Date.now());
    const { store } = this.#options;
    const [before, asides] = [await missesOf(store, peopleOf(told)), await asidesOf(store, peopleOf(told))];
    const unknown = `LastPass gives no answer about this account: ${withoutAddresses(error.message)}`;
    const changes = await Promise.all(
      told.map(async (delivery) => {
        const settled = await this.#settled(delivery, found, { settlesMs });
        if (!isAsBefore(delivery, found)) {
          const noted = this.#seen(call, delivery, found, 'it gave no conclusive answer');
          return withEntries(settled, noted).map((change) => ({ ...change, misses: 0 }));
        }
        if (!counts)
          return settled.map((change) => (change.intent ? change : { ...change, claim: again(delivery, 'broken') }));
        const misses = (before.get(delivery.person) ?? 0) + 1;
        const forMs = setAsideForMs({ misses, together: sent.length });
        return settled.map((change): Change => {
          if (forMs === null)
            return { ...change, misses, ...(change.intent ? {} : { claim: again(delivery, 'isolating') }) };
          const untilMs = Date.now() + Math.max(forMs, change.intent ? settlesMs : 0);
          const aside = { name: delivery.plan.name, reason: unknown, kind: 'refused' as const };
          const known = asides.get(delivery.person) ?? null;
          return { ...change, misses, setAside: asideSince(known, aside), claim: { kind: 'postpone', untilMs } };
        });
      }),
    );
    this.#leave(peopleOf(sent));
    await this.#putOff(sent, [...changes.flat(), ...(await this.#untold(sent, untold, { settlesMs }))]);
  }

  /**
   * Records what a refused call did all the same.
   * @param unchanged whose accounts were so already, by LastPass's own word: whatever reading back shows wasn't the call's doing
   * @returns those whose account is as before, who stay in the round
   */
  async recordWhatWasDone(
    sent: readonly Delivery[],
    call: EndedCall,
    { unchanged = [] }: Pick<LastPassError, 'unchanged'> = {},
  ): Promise<Delivery[]> {
    const { found, untold } = await this.#read(sent);
    const told = sent.filter(({ person }) => !untold.has(person));
    const done = told.filter((delivery) => !isAsBefore(delivery, found));
    this.#leave([...peopleOf(done), ...untold.keys()]);
    const changes = await Promise.all(
      done.map(async (delivery) => {
        const { person, link: current, plan } = delivery;
        if (unchanged.includes(plan.username)) {
          const state = { person, username: plan.username, intent: null, link: current };
          return settledChanges(state, found.get(person) ?? null, Date.now());
        }
        const noted = this.#seen(call, delivery, found, 'it refused the call');
        return withEntries(await this.#settled(delivery, found), noted);
      }),
    );
    await this.#putOff(sent, [...changes.flat(), ...(await this.#untold(sent, untold))]);
    return told.filter((delivery) => !done.includes(delivery));
  }

  /** What is recorded of those of whom LastPass doesn't tell what a call has done to them. @param settlesMs as of `#settled` */
  async #untold(
    sent: readonly Delivery[],
    untold: Told<PersonKey>['untold'],
    { settlesMs = createSettlesMs } = {},
  ): Promise<Change[]> {
    const theirs = sent.filter(({ person }) => untold.has(person));
    const changes = await untoldChanges(this.#options, theirs.map(named(true)), ({ person }) => untold.get(person));
    const underWay = await Promise.all(theirs.map((delivery) => this.#underWay(delivery, { settlesMs })));
    return changes.map((change, index) => {
      const { intent = null, link = null } = underWay[index] ?? {};
      return { ...change, ...(intent && { intent }), ...(link && { link }) };
    });
  }

  /** Nothing was sent for these, for LastPass doesn't tell whether they have an account. */
  async notTold(deliveries: readonly Delivery[], untold: Told<string>['untold']): Promise<void> {
    this.#leave(peopleOf(deliveries));
    const nothingSent = deliveries.map(named(false));
    await this.#putOff(
      deliveries,
      await untoldChanges(this.#options, nothingSent, ({ username }) => untold.get(username)),
    );
  }

  /** What the audit trail is told of somebody whose account isn't as before. */
  #seen(call: EndedCall, delivery: Delivery, found: Found, said: string): NewAuditEntry[] {
    return seenEntries(call, delivery, { before: delivery.account, after: found.get(delivery.person) ?? null, said });
  }

  #read(sent: readonly Delivery[]): Promise<Told<PersonKey>> {
    return readAccountsOf(
      this.#options,
      sent.map(({ person, plan: { username }, link: current }) => ({ person, username, link: current })),
    );
  }

  /** What is true of somebody after reading back. @param settlesMs whatever goes on at LastPass goes on for so long, from now */
  async #settled(delivery: Delivery, found: Found, { settlesMs = createSettlesMs } = {}): Promise<Change[]> {
    const nowMs = Date.now();
    return settledChanges(await this.#underWay(delivery, { settlesMs }), found.get(delivery.person) ?? null, nowMs);
  }

  /** What was written down of the calls about somebody that may still go on. @param settlesMs as of `#settled` */
  async #underWay(
    { person, plan: { username }, link: before }: Delivery,
    { settlesMs }: { settlesMs: number },
  ): Promise<Unsettled> {
    const { redis, keys } = this.#options.store;
    const sentIntent = parseStored(intent, keys.intents, await redis.hget(keys.intents, person)).value;
    const current: Link | null = parseStored(link, keys.links, await redis.hget(keys.links, person)).value;
    const settlesAtMs = Date.now() + settlesMs;
    const isUnsettled = current !== null && current.settlesAtMs !== undefined;
    return {
      person,
      username,
      intent: sentIntent && { ...sentIntent, settlesAtMs },
      // An earlier call may take longer than this one.
      link: isUnsettled ? { ...current, settlesAtMs: Math.max(settlesAtMs, before?.settlesAtMs ?? 0) } : current,
    };
  }

  /** LastPass refuses accounts: each is set aside with LastPass's own words, unless the change was made all the same. */
  async refused(refused: readonly Delivery[], wordsOf: (delivery: Delivery) => string, call: EndedCall): Promise<void> {
    if (refused.length > 0) await this.setRefusedAside(await this.recordWhatWasDone(refused, call), wordsOf, call);
  }

  /** Sets accounts aside that are known to be as before. */
  async setRefusedAside(
    refused: readonly Delivery[],
    wordsOf: (delivery: Delivery) => string,
    call: EndedCall,
  ): Promise<void> {
    const untilMs = Date.now() + refusedRetryMs;
    const asideOf = (delivery: Delivery) => ({
      reason: `LastPass refuses: ${wordsOf(delivery)}`,
      kind: 'refused' as const,
    });
    const entriesOf = (delivery: Delivery) => refusedEntries(call, delivery, wordsOf(delivery));
    await this.#putAside(refused, { claimOf: () => ({ kind: 'postpone', untilMs }), asideOf, entriesOf });
  }

  /** They can't have a key, each for a reason of their own; nothing was sent. @param whyOf what is wrong, and what to do */
  async noKey(deliveries: readonly Delivery[], whyOf: (delivery: Delivery) => string): Promise<void> {
    if (deliveries.length === 0) return;
    const asideOf = (delivery: Delivery) => ({ reason: whyOf(delivery), kind: 'refused' as const });
    const untilMs = Date.now() + refusedRetryMs;
    await this.#putAside(deliveries, { claimOf: () => ({ kind: 'postpone', untilMs }), asideOf });
  }

  async #putAside(
    deliveries: readonly Delivery[],
    {
      claimOf,
      asideOf,
      entriesOf = () => [],
      guard,
    }: {
      /** Until when each is put off. */
      claimOf: (delivery: Delivery) => PutOff;
      asideOf: (delivery: Delivery) => Pick<SetAside, 'reason' | 'kind'>;
      /** What the audit trail is told of it; each refusal once, however often the same is tried again. */
      entriesOf?: (delivery: Delivery) => readonly NewAuditEntry[];
      /** Where it doesn't hold any more, they are due at once. */
      guard?: Guard;
    },
  ): Promise<void> {
    this.#leave(peopleOf(deliveries));
    const before = await asidesOf(this.#options.store, peopleOf(deliveries));
    const changes = deliveries.map((delivery): Change => {
      const aside = asideOf(delivery);
      const known = before.get(delivery.person) ?? null;
      return {
        person: delivery.person,
        username: delivery.plan.username,
        setAside: asideSince(known, { name: delivery.plan.name, ...aside }),
        noted: known?.reason === aside.reason ? [] : entriesOf(delivery),
        misses: 0,
        ...this.#lastLook.takenBack(delivery),
        claim: claimOf(delivery),
      };
    });
    await this.#putOff(deliveries, changes, guard === undefined ? [] : [guard]);
  }

  /** LastPass has just said, in these words, that there is no seat for them: from now on nobody who needs one is sent. */
  async noSeat(deliveries: readonly Delivery[], words: string, call: EndedCall): Promise<void> {
    if (deliveries.length === 0) return;
    const free = await this.#options.seats.noneLeft(withoutAddresses(words));
    await this.#putWithoutSeat(deliveries, free, {
      claimOf: ({ attempts }) => ({ kind: 'postpone', untilMs: free.untilMs + behindMs(attempts + 1) }),
      entriesOf: (delivery) => refusedEntries(call, delivery, words),
    });
  }

  /** There is no seat, as is known: they wait until one is tried again. */
  async waitForSeat(deliveries: readonly Delivery[], free: NoSeatFree): Promise<void> {
    const claimOf = ({ attempts }: Delivery): PutOff => ({ kind: 'wait', untilMs: free.untilMs + behindMs(attempts) });
    await this.#putWithoutSeat(deliveries, free, { claimOf });
  }

  #putWithoutSeat(
    deliveries: readonly Delivery[],
    { message, guard }: NoSeatFree,
    how: {
      claimOf: (delivery: Delivery) => PutOff;
      entriesOf?: (delivery: Delivery) => readonly NewAuditEntry[];
    },
  ): Promise<void> {
    const reason = `LastPass has no seat free, and says: ${message}`;
    return this.#putAside(deliveries, { ...how, asideOf: () => ({ reason, kind: 'no-seat' }), guard });
  }
}
