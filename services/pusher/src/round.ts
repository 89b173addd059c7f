/**
 * The calls of one batch: a last look before each leaves (`last-look.ts`), the answer recorded, and every way in which one can fail (what then
 * becomes of its people: `failures.ts`).
 *
 * | what happened | what is done |
 * |---|---|
 * | answered | recorded: account, link, intent gone |
 * | certainly not carried out | tried again later, by everybody more slowly |
 * | perhaps carried out | read back; a create that isn't there keeps its intent until it has settled |
 * | the same, again and again | in ever smaller calls, until the account alone that isn't answered about is set aside (`misses.ts`) |
 * | refused, several together | what was done all the same is recorded, whom LastPass names is set aside, the others go on |
 * | the same, and LastPass names nobody | the others are tried in halves |
 * | refused for want of a licence | waits with all who need one, of whom one is tried each minute (`seats.ts`) |
 * | refused, one alone | set aside in LastPass's words |
 * | LastPass doesn't tell of an account that it is asked for | tried again, and set aside, by itself (`untold.ts`) |
 * | credentials refused | nothing was sent, and nobody sends |
 * | no key for a federated user | nothing was sent: they wait, or are set aside where it is theirs alone |
 */
import type { LastPassClient } from '@connector/lastpass/client.ts';
import { LastPassError } from '@connector/lastpass/errors.ts';
import { saysNoSeat } from '@connector/lastpass/refusals.ts';
import { loggedChanges, loggedPeople, tracedChanges } from '@connector/shared/change-id.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import { isFirstCreate, type Step } from '@connector/shared/plan.ts';
import { tellSpan } from '@connector/shared/tracing.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import { withoutAddresses } from '@connector/shared/without-addresses.ts';
import type { Change } from '@connector/sync/accounts/account-changes.ts';
import type { Answer, CallKind } from '@connector/sync/calls/calls.ts';
import { type Delivery, stepOf, toldOf } from '@connector/sync/calls/delivery.ts';
import { disablingDigest } from '@connector/sync/plan/make-plan.ts';
import { doneEntries, type EndedCall } from './audit-entries.ts';
import type { Batch } from './claims.ts';
import type { DeliverOptions } from './deliver-options.ts';
import { existingAmong } from './existing-accounts.ts';
import { Failures } from './failures.ts';
import { CallKeys, type KeysOfCall } from './federation/call-keys.ts';
import { askedTogether } from './federation/provisioner.ts';
import { CredentialsRefused } from './gate.ts';
import { missesOf } from './known-failures.ts';
import { LastLook, planHolds } from './last-look.ts';
import { callsOf } from './misses.ts';
import { readBack } from './read-back.ts';
import { createsFromMs, movedChanges } from './settling.ts';

/** The ids of so many created accounts are asked for one by one. */
const idsAtOnce = 5;

/** What can be undone of a call, if it disabled an account that wasn't so before. */
function disablingOf(delivery: Delivery, kind: CallKind, { unchanged }: Answer): Pick<Change, 'disabling'> {
  const step = kind.steps.includes('disable') ? stepOf(delivery, 'disable') : undefined;
  const { username, name } = delivery.plan;
  if (step === undefined || unchanged.has(username)) return {};
  const { because } = step;
  return { disabling: { username, name, because, digest: disablingDigest(because), atMs: Date.now() } };
}

/** Whether LastPass refuses these for nothing but a licence. */
const isForWantOfSeats = (kind: CallKind, sent: readonly Delivery[], { messages = [] }: LastPassError): boolean => {
  const told = sent.flatMap(toldOf);
  return kind.takesSeat === true && messages.length > 0 && messages.every((text) => saysNoSeat(text, told));
};

/** What a call is about, as the log names it. */
const about = (sent: readonly Delivery[]) => ({
  ...loggedChanges(sent.map(({ plan: { change } }) => change)),
  ...loggedPeople(sent.map(({ person }) => person)),
});

/** The calls of one batch. People drop out of it when a call fails for them or their claim is lost. */
export class Round {
  readonly #options: DeliverOptions;
  readonly #batch: Batch;
  readonly #failures: Failures;
  readonly #lastLook: LastLook;
  readonly #keys: CallKeys;
  readonly #beganAtMs = performance.now();
  readonly #waiting: Set<Delivery>;
  #deliveries: readonly Delivery[];

  /** @param waiting others of the batch, whose turn comes after this round: whoever of them is to lose access meanwhile is given back, and leaves it */
  constructor(options: DeliverOptions, batch: Batch, deliveries: readonly Delivery[], waiting = new Set<Delivery>()) {
    this.#options = options;
    this.#batch = batch;
    this.#deliveries = deliveries;
    this.#waiting = waiting;
    const dropOut = (people: Iterable<PersonKey>) => this.#dropOut(people);
    const parts = { deliver: options, batch, dropOut };
    this.#lastLook = new LastLook(parts);
    this.#failures = new Failures(parts, this.#lastLook);
    this.#keys = new CallKeys(parts, {
      failures: this.#failures,
      lastLook: this.#lastLook,
      giveBack: (left) => this.#giveBack(left),
    });
  }

  /** Makes all calls of one kind. */
  async make(kind: CallKind): Promise<void> {
    const planned = this.#deliveries.filter(kind.carries);
    if (planned.length === 0) return;
    if (kind.registersKey) return this.#registerKeys(kind, planned);
    if (kind.changesAddress) return this.#changeAddresses(kind, planned);
    await this.#callAll(kind, kind.creates ? await this.#creatable(planned) : planned);
  }

  /** Makes as many calls as it takes. */
  async #callAll(kind: CallKind, carried: readonly Delivery[]): Promise<void> {
    if (carried.length === 0) return;
    const size = await this.#sizeOf(kind);
    const people = carried.map(({ person }) => person);
    const misses = await missesOf(this.#options.store, people);
    const ofEach = ({ person }: Delivery) => misses.get(person) ?? 0;
    for (const together of callsOf(carried, { atMost: size, missesOf: ofEach })) await this.#call(kind, together);
  }

  /** How many go into one call now. */
  async #sizeOf({ atOnce }: CallKind): Promise<number> {
    return atOnce === 'one' ? 1 : this.#options.batchSize();
  }

  /**
   * Gives the people back who are still in the round. Most are planned again, which finds nothing left to do, as a rule; who was to get
   * an account and nothing else has it by LastPass's own word, and needn't be, unless something has changed meanwhile. In the first run it wasn't
   * known yet that they would have one when they were planned: the first of a group are planned again, which notes it as AD's.
   */
  async finish(): Promise<void> {
    const { records, store } = this.#options;
    const unnoted = await this.#unnotedGroups();
    const isDone = (step: Step) =>
      step.kind === 'create' && !(isFirstCreate(step) && step.groups.some((name) => unnoted.has(folded(name))));
    const changes = this.#deliveries.map((delivery) => {
      const { person, plan: current } = delivery;
      const isOver = delivery.link !== null && current.steps.every(isDone);
      return { delivery, person, username: current.username, claim: { kind: isOver ? 'over' : 'finish' } as const };
    });
    const unchanged = ({ claim, delivery }: (typeof changes)[number]): Guard[] =>
      claim.kind === 'over' ? planHolds(store.keys, delivery) : [];
    const tookMs = performance.now() - this.#beganAtMs;
    const given = await records.delivered(this.#batch, changes, unchanged, { tookMs });
    const others = changes.filter((change) => !given.includes(change));
    await records.commit(
      this.#batch,
      others.map(({ person, username }) => ({ person, username, claim: { kind: 'finish' } as const })),
    );
  }

  /** Folded names of the groups of the first run's creates that aren't noted as AD's. */
  async #unnotedGroups(): Promise<ReadonlySet<string>> {
    const { redis, keys } = this.#options.store;
    const creates = this.#deliveries.flatMap(({ plan: { steps } }) => steps.filter(isFirstCreate));
    const names = [...new Set(creates.flatMap((step) => (step.kind === 'create' ? step.groups.map(folded) : [])))];
    const noted = names.length === 0 ? [] : await redis.hmget(keys.ownedGroups, ...names);
    return new Set(names.filter((_, index) => noted[index] === null));
  }

  /** Deliveries were stopped meanwhile: these are planned again, and wait. @returns nobody */
  async #giveBack(left: readonly Delivery[]): Promise<[]> {
    this.#dropOut(left.map(({ person }) => person));
    const finish = { kind: 'finish' } as const;
    const changes = left.map(({ person, plan: { username } }) => ({ person, username, claim: finish }));
    await this.#options.records.commit(this.#batch, changes);
    return [];
  }

  #dropOut(people: Iterable<PersonKey>): void {
    const gone = new Set(people);
    this.#deliveries = this.#deliveries.filter(({ person }) => !gone.has(person));
  }

  /**
   * Gives those back, between two calls, who are to lose access by now and weren't when they were claimed: else they'd wait for all that
   * the others are still to be sent. Whatever was sent for them is answered and recorded; what wasn't is in their new plan, or isn't wanted.
   */
  async #letLeaversGo(): Promise<void> {
    const { records, store } = this.#options;
    const claimed = [...this.#deliveries, ...this.#waiting];
    if (this.#batch.ofLeavers || claimed.length === 0) return;
    const places = await store.redis.zmscore(store.keys.leavers, ...claimed.map(({ person }) => person));
    const leaving = claimed.filter((_, index) => places[index] !== null);
    if (leaving.length === 0) return;
    this.#dropOut(leaving.map(({ person }) => person));
    for (const delivery of leaving) this.#waiting.delete(delivery);
    const claim = { kind: 'give-back' } as const;
    const changes = leaving.map(({ person, plan: { username } }) => ({ person, username, claim }));
    await records.commit(this.#batch, changes);
  }

  async #call(kind: CallKind, together: readonly Delivery[]): Promise<void> {
    if (!kind.takesAccess) {
      await this.#letLeaversGo();
      await this.#options.overtake();
    }
    const carried = together.filter((delivery) => this.#deliveries.includes(delivery));
    if (carried.length === 0) return;
    const size = await this.#sizeOf(kind); // LastPass may bear less than when it was cut
    if (carried.length > size) {
      await this.#call(kind, carried.slice(0, size));
      return this.#call(kind, carried.slice(size));
    }
    using keys = await this.#keys.of(kind, carried);
    const { ready } = keys;
    const seats = kind.takesSeat && ready.length > 0 ? await this.#options.seats.ask() : { may: 'go' as const };
    if (seats.may === 'wait') return await this.#failures.waitForSeat(ready, seats);
    if (seats.may === 'go' || ready.length === 1) return await this.#send(kind, ready, keys);
    await this.#send(kind, ready.slice(0, 1), keys);
    await this.#call(kind, ready.slice(1));
  }

  async #send(kind: CallKind, carried: readonly Delivery[], keys: KeysOfCall): Promise<void> {
    const { gate, log } = this.#options;
    if (carried.length === 0) return;
    let sent: readonly Delivery[] = carried;
    let tookMs = 0;
    try {
      const send = async (client: LastPassClient): Promise<Answer | null> => {
        sent = (await this.#options.mayDeliver())
          ? await this.#lastLook.take(kind, carried)
          : await this.#giveBack(carried);
        if (sent.length === 0) return null;
        tellSpan(tracedChanges(sent.map(({ plan: { change } }) => change)));
        const fromMs = performance.now();
        try {
          return await kind.send(client, sent, keys.masterPasswordOf);
        } finally {
          tookMs = Math.round(performance.now() - fromMs);
        }
      };
      const answer = await gate
        .call(kind.command, send, {
          accounts: () => (kind.atOnce === 'batch' ? sent.length : 0),
          slowDownIn: (given) => given?.slowDown ?? null,
        })
        .finally(() => keys[Symbol.dispose]());
      if (answer === null) return;
      this.#options.commandMisses.answered(kind.command);
      log.info({ command: kind.command, ...about(sent) }, 'LastPass has answered');
      await this.#record({ kind, tookMs }, sent, answer);
      if (kind.takesSeat) await this.#options.seats.someLeft();
      if (kind.creates) await this.#learnIds(sent);
      if (kind.changesAddress) await this.#followAddresses(sent);
    } catch (error) {
      if (error instanceof CredentialsRefused) {
        await this.#failures.nothingSent(sent, Date.now());
        throw error;
      }
      if (!(error instanceof LastPassError)) throw error;
      if (!isForWantOfSeats(kind, sent, error))
        // which the seats say themselves, once
        log.warn({ command: kind.command, ...about(sent), code: error.code }, withoutAddresses(error.message));
      await this.#failed({ kind, tookMs }, sent, error);
    }
  }

  /**
   * Whether somebody is federated is asked of a few at a time, and their calls leave before others are asked about: however many there are, and
   * however long that takes, some get on, and leavers are looked at between. Where it isn't answered about anybody, everybody waits.
   */
  async #changeAddresses(kind: CallKind, planned: readonly Delivery[]): Promise<void> {
    for (let from = 0; from < planned.length; from += askedTogether) {
      await this.#letLeaversGo();
      await this.#options.overtake();
      const together = planned
        .slice(from, from + askedTogether)
        .filter((delivery) => this.#deliveries.includes(delivery));
      if (together.length === 0) continue;
      const { others, hasAnswered } = await this.#keys.withoutFederated(together);
      await this.#callAll(kind, others);
      if (!hasAnswered) return this.#failures.nothingSent(planned.slice(from + askedTogether), null);
    }
  }

  /** Registers the keys of accounts that there are: LastPass is sent nothing. */
  async #registerKeys(kind: CallKind, planned: readonly Delivery[]): Promise<void> {
    const fromMs = performance.now();
    using keys = await this.#keys.of(kind, planned);
    const tookMs = Math.round(performance.now() - fromMs);
    const { ready } = keys;
    if (ready.length > 0)
      await this.#record({ kind, tookMs }, ready, { slowDown: null, refused: new Map(), unchanged: new Set() });
  }

  /**
   * Whose create may leave. After Redis has forgotten something nobody's may for a while: the same one may be under way, and can't
   * be seen coming.
   */
  async #creatable(planned: readonly Delivery[]): Promise<readonly Delivery[]> {
    const { store, log } = this.#options;
    const fromMs = createsFromMs(await store.notice());
    if (fromMs <= Date.now()) return this.#withoutExisting(planned, { knownSinceMs: fromMs });
    log.info(
      about(planned),
      `creates wait until ${new Date(fromMs).toISOString()}: one that Redis has forgotten may be under way until then`,
    );
    await this.#failures.nothingSent(planned, fromMs);
    return [];
  }

  /**
   * Leaves out whoever has an account by now, made by hand since the accounts were last read: existing accounts are never
   * sent through batchadd. They are planned again, which adopts it. Of whom LastPass doesn't tell is set aside.
   * @param knownSinceMs what was listed before may lack what LastPass has carried out meanwhile
   */
  async #withoutExisting(
    carried: readonly Delivery[],
    { knownSinceMs }: { knownSinceMs: number },
  ): Promise<readonly Delivery[]> {
    const usernames = carried.map(({ plan: { username } }) => username);
    const { found, untold } = await existingAmong(this.#options, usernames, { knownSinceMs });
    const unsure = carried.filter(({ plan: { username } }) => untold.has(username));
    await this.#failures.notTold(unsure, untold);
    const existing = carried.filter(({ plan: { username } }) => found.has(username));
    this.#dropOut(existing.map(({ person }) => person));
    const changes = existing.map(({ person, plan: { username } }) => ({
      person,
      username,
      account: found.get(username) ?? null,
      claim: { kind: 'finish' } as const,
    }));
    await this.#options.records.commit(this.#batch, changes);
    return carried.filter((delivery) => !existing.includes(delivery) && !unsure.includes(delivery));
  }

  /** Writes down what an answer made true. */
  async #record(call: EndedCall, sent: readonly Delivery[], answer: Answer): Promise<void> {
    const { kind } = call;
    const refused = sent.filter(({ plan: { username } }) => answer.refused.has(username));
    const taken = sent.filter((delivery) => !refused.includes(delivery));
    const changes = taken.map((delivery) => {
      const truth = kind.truth(delivery, answer);
      const isUnchanged = answer.unchanged.has(delivery.plan.username);
      const noted = doneEntries(call, delivery, { before: delivery.account, isUnchanged });
      const delivered = kind.steps.filter((step) => stepOf(delivery, step) !== undefined);
      delivery.account = truth.account;
      delivery.link = truth.link;
      return {
        person: delivery.person,
        username: delivery.plan.username,
        ...truth,
        delivered,
        noted,
        ...disablingOf(delivery, kind, answer),
        setAside: null,
        misses: 0,
        ...(kind.creates ? { intent: null } : {}),
      };
    });
    const recorded = new Set((await this.#options.records.commit(this.#batch, changes)).map(({ person }) => person));
    this.#dropOut(taken.map(({ person }) => person).filter((person) => !recorded.has(person)));
    await this.#failures.refused(refused, ({ plan: { username } }) => answer.refused.get(username) ?? '', call);
  }

  /** The answer to a create doesn't tell the ids: a few are asked for at once, many once all are created (`learnIds`). */
  async #learnIds(created: readonly Delivery[]): Promise<void> {
    if (created.length > idsAtOnce) return this.#options.onManyCreated();
    const { found } = await readBack(
      this.#options,
      created.map(({ plan: { username } }) => username),
    );
    const changes = created.flatMap((delivery) => {
      const id = found.get(delivery.plan.username)?.id ?? null;
      if (id === null || delivery.account === null || delivery.link === null) return [];
      delivery.account = { ...delivery.account, id };
      delivery.link = { ...delivery.link, id };
      return [
        { person: delivery.person, username: delivery.plan.username, account: delivery.account, link: delivery.link },
      ];
    });
    await this.#options.records.commit(this.#batch, changes);
  }

  /** Whether a change of address took effect at once is on no record: whoever is listed under the new one is followed there. */
  async #followAddresses(sent: readonly Delivery[]): Promise<void> {
    for (const { person, plan, link: current } of sent) {
      const to = current?.changingTo;
      if (!current || to === undefined) continue;
      const found = (await readBack(this.#options, [to])).found.get(to);
      if (found === undefined || found.id === null || found.id !== current.id) continue;
      this.#dropOut([person]);
      const { username } = plan;
      await this.#options.records.commit(this.#batch, movedChanges({ person, username }, current, found));
    }
  }

  async #failed(call: EndedCall, sent: readonly Delivery[], error: LastPassError): Promise<void> {
    const { kind } = call;
    if (error.arrived === 'perhaps') return this.#failures.unanswered(call, sent, error);
    if (error.arrived === 'yes') this.#options.commandMisses.answered(kind.command);
    if (error.code === 'too-large' && sent.length > 1) return this.#inHalves(kind, sent);
    if (error.arrived === 'no') return this.#failures.nothingSent(sent, null);
    if (sent.length === 1) {
      const words = (error.messages ?? [error.message]).join('; ');
      if (!isForWantOfSeats(kind, sent, error)) return this.#failures.refused(sent, () => words, call);
      return this.#failures.noSeat(await this.#failures.recordWhatWasDone(sent, call), words, call);
    }
    await this.#refusedTogether(call, sent, error);
  }

  /**
   * LastPass refused several together: those it did all the same are recorded, those it names are set aside, and the others go
   * once more; in halves, unless the names explain all of the refusal.
   */
  async #refusedTogether(call: EndedCall, sent: readonly Delivery[], error: LastPassError): Promise<void> {
    const { kind } = call;
    const { refusals = [], messages = [] } = error;
    const words = new Map(refusals.map(({ username, message }) => [username, message]));
    const stays = await this.#failures.recordWhatWasDone(sent, call, error);
    const named = stays.filter(({ plan: { username } }) => words.has(username));
    const others = stays.filter((delivery) => !named.includes(delivery));
    const isExplained = messages.every((text) => refusals.some(({ message }) => message === text));
    if (others.length > 0 && named.length > 0 && isExplained) await this.#call(kind, others);
    else await this.#inHalves(kind, others);
    const wordsOf = ({ plan: { username } }: Delivery) => words.get(username) ?? '';
    const seatless = kind.takesSeat ? named.filter((delivery) => saysNoSeat(wordsOf(delivery), toldOf(delivery))) : [];
    await this.#failures.noSeat(seatless, seatless[0] ? wordsOf(seatless[0]) : '', call);
    await this.#failures.setRefusedAside(
      named.filter((delivery) => !seatless.includes(delivery)),
      wordsOf,
      call,
    );
  }

  async #inHalves(kind: CallKind, carried: readonly Delivery[]): Promise<void> {
    const middle = Math.ceil(carried.length / 2);
    for (const half of [carried.slice(0, middle), carried.slice(middle)])
      if (half.length > 0) await this.#call(kind, half);
  }
}
