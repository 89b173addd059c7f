/**
 * The calls of one batch: a last look before each leaves, the answer recorded, and every way in which one can fail.
 *
 * | what happened | what is done |
 * |---|---|
 * | answered | recorded: account, link, intent gone |
 * | certainly not carried out | tried again later, by everybody more slowly |
 * | perhaps carried out | read back; a create that isn't there keeps its intent until it has settled |
 * | refused, several together | what was done all the same is recorded, the others are tried in halves |
 * | refused, one alone | set aside in LastPass's words |
 * | credentials refused | nothing was sent, and nobody sends |
 */
import { LastPassError } from '@connector/lastpass/errors.ts';
import type { Keys, PersonKey } from '@connector/shared/keys.ts';
import { accountsRead, intent, link, type SetAside } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import type { Change } from '@connector/sync/accounts/account-changes.ts';
import type { Answer, CallKind } from '@connector/sync/calls/calls.ts';
import { type Delivery, stepOf } from '@connector/sync/calls/delivery.ts';
import { disablingDigest } from '@connector/sync/plan/make-plan.ts';
import type { Batch } from './claims.ts';
import type { DeliverOptions } from './deliver-options.ts';
import { CredentialsRefused } from './gate.ts';
import { readAccountsOf, readBack } from './read-back.ts';
import { answeredSettlesMs, createSettlesMs, movedChanges, settledChanges } from './settling.ts';
import { withoutAddresses } from './without-addresses.ts';

/** The ids of so many created accounts are asked for one by one. */
const idsAtOnce = 5;
const firstRetryMs = 500;
const longestRetryMs = 60_000;
/** An account that LastPass refuses by itself is tried again this much later, ms. */
const refusedRetryMs = 15 * 60_000;
/** A list of all accounts is taken for what LastPass has for so long, ms. */
const freshForMs = 20_000;
/** So long after the claims were checked, the check is stale and made again before sending (a process that was paused). */
const checkedForMs = 2_000;

/** Holds when no other person's create of the same user name is under way. */
function nobodyElseCreates(
  keys: Keys,
  { person, plan }: Delivery,
  creators: ReadonlyMap<string, string | null>,
): Guard {
  const creator = creators.get(plan.username) ?? null;
  return { command: ['HGET', keys.creating, plan.username], is: creator === person ? person : null };
}

/** What can be undone of a call, if it disabled an account that wasn't so before. */
function disablingOf(delivery: Delivery, kind: CallKind, { unchanged }: Answer): Pick<Change, 'disabling'> {
  const step = kind.steps.includes('disable') ? stepOf(delivery, 'disable') : undefined;
  const { username, name } = delivery.plan;
  if (step === undefined || unchanged.has(username)) return {};
  const { because } = step;
  return { disabling: { username, name, because, digest: disablingDigest(username, because), atMs: Date.now() } };
}

/** The calls of one batch. People drop out of it when a call fails for them or their claim is lost. */
export class Round {
  readonly #options: DeliverOptions;
  readonly #batch: Batch;
  #deliveries: readonly Delivery[];

  constructor(options: DeliverOptions, batch: Batch, deliveries: readonly Delivery[]) {
    this.#options = options;
    this.#batch = batch;
    this.#deliveries = deliveries;
  }

  /** Makes all calls of one kind. */
  async make(kind: CallKind): Promise<void> {
    const planned = this.#deliveries.filter(kind.carries);
    const carried = kind.creates ? await this.#withoutExisting(planned) : planned;
    const size = kind.atOnce === 'one' ? 1 : this.#options.batchSize;
    for (let from = 0; from < carried.length; from += size) {
      if (!kind.takesAccess) await this.#options.overtake();
      await this.#call(kind, carried.slice(from, from + size));
    }
  }

  /** Gives the people back who are still in the round: they are planned again, which finds nothing left to do. */
  async finish(): Promise<void> {
    const changes = this.#deliveries.map(({ person, plan: { username } }) => ({
      person,
      username,
      claim: { kind: 'finish' } as const,
    }));
    await this.#options.records.commit(this.#batch, changes);
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

  async #call(kind: CallKind, carried: readonly Delivery[]): Promise<void> {
    const { gate, log } = this.#options;
    let sent: readonly Delivery[] = carried;
    try {
      const answer = await gate.call(kind.command, async (client) => {
        sent = (await this.#options.mayDeliver()) ? await this.#prepare(kind, carried) : await this.#giveBack(carried);
        if (sent.length === 0) return null;
        return kind.send(client, sent);
      });
      if (answer === null) return;
      await this.#record(kind, sent, answer);
      if (kind.creates) await this.#learnIds(sent);
      if (kind.changesAddress) await this.#followAddresses(sent);
      if (answer.slowDown !== null) await gate.patience(answer.slowDown);
    } catch (error) {
      if (error instanceof CredentialsRefused) {
        await this.#nothingSent(kind, sent, Date.now());
        throw error;
      }
      if (!(error instanceof LastPassError)) throw error;
      log.warn({ command: kind.command, people: sent.length, code: error.code }, withoutAddresses(error.message));
      await this.#failed(kind, sent, error);
    }
  }

  /** The last look before a call leaves: claims and plans still hold; what must be known after a crash is written down. */
  async #prepare(kind: CallKind, carried: readonly Delivery[]): Promise<Delivery[]> {
    const { store } = this.#options;
    for (;;) {
      const checkedAtMs = Date.now();
      const ready = await this.#writeDown(kind, carried, checkedAtMs);
      if (kind.creates && ready.length > 0) await store.makeDurable();
      if (Date.now() - checkedAtMs < checkedForMs) return ready;
    }
  }

  async #writeDown(kind: CallKind, carried: readonly Delivery[], nowMs: number): Promise<Delivery[]> {
    const { records, store } = this.#options;
    const changes = carried.map((delivery) => ({ ...this.#intention(kind, delivery, nowMs), delivery }));
    const creators = kind.creates ? await this.#creatorsOf(carried) : null;
    const planHolds = ({ delivery }: { delivery: Delivery }): Guard[] => [
      ...(creators === null ? [] : [nobodyElseCreates(store.keys, delivery, creators)]),
      { command: ['HGET', store.keys.plans, delivery.person], is: delivery.planRaw },
      { command: ['HGET', store.keys.touched, delivery.person], is: String(delivery.plan.inputs.touched) },
    ];
    const ready = (await records.commit(this.#batch, changes, planHolds)).map(({ delivery }) => delivery);
    const outdated = carried.filter((delivery) => !ready.includes(delivery));
    this.#dropOut(outdated.map(({ person }) => person));
    await records.commit(
      this.#batch,
      outdated.map(({ person, plan: { username } }) => ({ person, username, claim: { kind: 'finish' } as const })),
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

  /**
   * Leaves out whoever has an account by now, made by hand since the accounts were last read: existing accounts are never
   * sent through batchadd. They are planned again, which adopts it.
   */
  async #withoutExisting(carried: readonly Delivery[]): Promise<readonly Delivery[]> {
    const { redis, keys } = this.#options.store;
    const usernames = carried.map(({ plan: { username } }) => username);
    if (usernames.length === 0) return carried;
    const read = parseStored(accountsRead, keys.accountsRead, await redis.get(keys.accountsRead)).value;
    const isFresh = read !== null && Date.now() - read.atMs < freshForMs;
    // Whose account we changed or saw leave the name may have been followed there by a stranger, whom that list didn't tell.
    const changed = isFresh ? await redis.hmget(keys.accountChanges, ...usernames) : usernames;
    const found = await readBack(
      this.#options,
      usernames.filter((_, index) => changed[index] != null),
    );
    const existing = carried.filter(({ plan: { username } }) => found.has(username));
    this.#dropOut(existing.map(({ person }) => person));
    const changes = existing.map(({ person, plan: { username } }) => ({
      person,
      username,
      account: found.get(username) ?? null,
      claim: { kind: 'finish' } as const,
    }));
    await this.#options.records.commit(this.#batch, changes);
    return carried.filter((delivery) => !existing.includes(delivery));
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
          settlesAtMs: nowMs + createSettlesMs,
        },
      };
    return kind.linkWhenSent && delivery.link ? { ...change, link: kind.linkWhenSent(delivery.link) } : change;
  }

  /** Writes down what an answer made true. */
  async #record(kind: CallKind, sent: readonly Delivery[], answer: Answer): Promise<void> {
    const refused = sent.filter(({ plan: { username } }) => answer.refused.has(username));
    const taken = sent.filter((delivery) => !refused.includes(delivery));
    const changes = taken.map((delivery) => {
      const truth = kind.truth(delivery, answer);
      const delivered = kind.steps.filter((step) => stepOf(delivery, step) !== undefined);
      delivery.account = truth.account;
      delivery.link = truth.link;
      return {
        person: delivery.person,
        username: delivery.plan.username,
        ...truth,
        delivered,
        ...disablingOf(delivery, kind, answer),
        setAside: null,
        ...(kind.creates ? { intent: null } : {}),
      };
    });
    const recorded = new Set((await this.#options.records.commit(this.#batch, changes)).map(({ person }) => person));
    this.#dropOut(taken.map(({ person }) => person).filter((person) => !recorded.has(person)));
    for (const delivery of refused) await this.#refused(delivery, answer.refused.get(delivery.plan.username) ?? '');
  }

  /** The answer to a create doesn't tell the ids: a few are asked for at once, many with the next reading of all accounts. */
  async #learnIds(created: readonly Delivery[]): Promise<void> {
    if (created.length > idsAtOnce) return this.#options.onManyCreated();
    const found = await readBack(
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
      const found = (await readBack(this.#options, [to])).get(to);
      if (found === undefined || found.id === null || found.id !== current.id) continue;
      this.#dropOut([person]);
      const { username } = plan;
      await this.#options.records.commit(this.#batch, movedChanges({ person, username }, current, found));
    }
  }

  async #failed(kind: CallKind, sent: readonly Delivery[], error: LastPassError): Promise<void> {
    if (error.arrived === 'perhaps') {
      const settlesMs = error.code === 'unexpected-answer' ? answeredSettlesMs : createSettlesMs;
      return void (await this.#readBack(sent, { settlesMs }));
    }
    if (error.code === 'too-large' && sent.length > 1) return this.#inHalves(kind, sent);
    if (error.arrived === 'no') return this.#nothingSent(kind, sent, null);
    const [only] = sent;
    if (sent.length === 1 && only) return this.#refused(only, (error.messages ?? [error.message]).join('; '));
    await this.#halve(kind, sent);
  }

  /** LastPass refused several together: those it did all the same are recorded, the others are tried in halves. */
  async #halve(kind: CallKind, sent: readonly Delivery[]): Promise<void> {
    const stays = await this.#readBack(sent, { leaveUnchanged: true });
    await this.#inHalves(kind, stays);
  }

  async #inHalves(kind: CallKind, carried: readonly Delivery[]): Promise<void> {
    const middle = Math.ceil(carried.length / 2);
    for (const half of [carried.slice(0, middle), carried.slice(middle)])
      if (half.length > 0) await this.#call(kind, half);
  }

  /** The call certainly did nothing: its people try again later, or at a given time. */
  async #nothingSent(kind: CallKind, sent: readonly Delivery[], atMs: number | null): Promise<void> {
    const changes = sent.map(({ person, plan: { username }, attempts, link: before }): Change => {
      const untilMs = atMs ?? Date.now() + Math.min(longestRetryMs, firstRetryMs * 2 ** attempts);
      const undone = kind.linkWhenSent && before !== null ? { link: before } : {};
      return {
        person,
        username,
        claim: { kind: 'postpone', untilMs },
        ...(kind.creates ? { intent: null } : {}),
        ...undone,
      };
    });
    this.#dropOut(sent.map(({ person }) => person));
    await this.#options.records.commit(this.#batch, changes);
  }

  /**
   * Reads accounts back after a call whose effect is unknown, and records what is true. A create that isn't there yet may
   * still be under way: its intent stays, and it is asked for again.
   * @returns with `leaveUnchanged`, those whose account is as before, who stay in the round
   */
  async #readBack(
    sent: readonly Delivery[],
    { leaveUnchanged = false, settlesMs = createSettlesMs } = {},
  ): Promise<Delivery[]> {
    const found = await readAccountsOf(
      this.#options,
      sent.map(({ person, plan: { username }, link: current }) => ({ person, username, link: current })),
    );
    const unchanged = leaveUnchanged
      ? sent.filter(
          (delivery) => JSON.stringify(found.get(delivery.person) ?? null) === JSON.stringify(delivery.account),
        )
      : [];
    const others = sent.filter((delivery) => !unchanged.includes(delivery));
    const { redis, keys } = this.#options.store;
    const changes = await Promise.all(
      others.map(async ({ person, plan: { username } }) => {
        const sentIntent = parseStored(intent, keys.intents, await redis.hget(keys.intents, person)).value;
        const current = parseStored(link, keys.links, await redis.hget(keys.links, person)).value;
        // Whatever goes on at LastPass goes on from now.
        const state = {
          person,
          username,
          intent: sentIntent && { ...sentIntent, settlesAtMs: Date.now() + settlesMs },
          link: current,
        };
        return settledChanges(state, found.get(person) ?? null, Date.now());
      }),
    );
    this.#dropOut(others.map(({ person }) => person));
    await this.#options.records.commit(this.#batch, changes.flat());
    return unchanged;
  }

  /** LastPass refuses one account: it is set aside with LastPass's own words, and the others go on. */
  async #refused(delivery: Delivery, message: string): Promise<void> {
    const { redis, keys } = this.#options.store;
    const { person, plan: refusedPlan } = delivery;
    const { username } = refusedPlan;
    const asked = { person, username, link: delivery.link };
    const found = (await readAccountsOf(this.#options, [asked])).get(person) ?? null;
    this.#dropOut([person]);
    if (JSON.stringify(found) !== JSON.stringify(delivery.account)) {
      const current = parseStored(link, keys.links, await redis.hget(keys.links, person)).value;
      const sentIntent = parseStored(intent, keys.intents, await redis.hget(keys.intents, person)).value;
      const changes = settledChanges({ person, username, intent: sentIntent, link: current }, found, Date.now());
      await this.#options.records.commit(this.#batch, changes);
      return;
    }
    const setAside: SetAside = {
      name: refusedPlan.name,
      reason: `LastPass refuses: ${message}`,
      kind: 'refused',
      sinceMs: Date.now(),
    };
    const claim = { kind: 'postpone', untilMs: Date.now() + refusedRetryMs } as const;
    await this.#options.records.commit(this.#batch, [
      { person, username, setAside, claim, ...(stepOf(delivery, 'create') ? { intent: null } : {}) },
    ]);
  }
}
