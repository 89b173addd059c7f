/**
 * Delivering a batch of claimed people: check that each plan still is what should happen, merge the steps into the fewest
 * calls, send them, and write down what is now true.
 *
 * What a call did is never guessed. An answer that says so is recorded; without one the accounts are read back. A create
 * is preceded by an intent that is on Redis' disk before the call leaves, so that whoever comes after a crash asks
 * LastPass first.
 */

import { LastPassError } from '@connector/lastpass/errors.ts';
import { type Account, account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { type Intent, intent, type Link, link, plan, type SetAside } from '@connector/shared/plan.ts';
import { policyState } from '@connector/shared/policy.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import type { Logger } from 'pino';
import { type Answer, type CallKind, callKinds } from './calls.ts';
import type { Batch, Claims } from './claims.ts';
import { type Delivery, stepOf } from './delivery.ts';
import { CredentialsRefused, type Gate } from './gate.ts';
import { readBack } from './read-back.ts';
import type { Change, Records } from './records.ts';

export interface DeliverOptions {
  readonly store: Store;
  readonly gate: Gate;
  readonly claims: Claims;
  readonly records: Records;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** The most accounts in one call. */
  readonly batchSize: number;
  /** Delivers leavers that became due meanwhile: called before each call that takes no access from anybody. */
  readonly overtake: () => Promise<void>;
  /** Many accounts were created whose ids aren't known yet. */
  readonly onManyCreated: () => void;
}

/** A create without an answer may still be under way at LastPass for so long, ms. */
export const createSettlesMs = 10_000;
/** The ids of so many created accounts are asked for one by one. */
const idsAtOnce = 5;
const firstRetryMs = 500;
const longestRetryMs = 60_000;
/** An account that LastPass refuses by itself is tried again this much later, ms. */
const refusedRetryMs = 15 * 60_000;
/** So long after the claims were checked, the check is stale and made again before sending (a process that was paused). */
const checkedForMs = 2_000;

/** A claimed person's state as read; what is no longer to be delivered has no delivery. */
interface Loaded {
  readonly person: PersonKey;
  readonly unsettled: boolean;
  readonly username: string;
  readonly intent: Intent | null;
  readonly planRaw: string | null;
  readonly link: Link | null;
  readonly attempts: number;
  /** `null`: the plan isn't what should happen any more. */
  readonly delivery: Delivery | null;
}

/** Delivers a batch to its end. @throws CredentialsRefused, or what Redis throws; claims that are left then pass on */
export async function deliverBatch(options: DeliverOptions, batch: Batch): Promise<void> {
  const loaded = await load(options, batch);
  const unsettled = loaded.filter((each) => each.unsettled || each.intent !== null);
  const settled = loaded.filter((each) => !unsettled.includes(each));
  const current = settled.filter(({ delivery }) => delivery !== null);
  await letGo(
    options,
    batch,
    settled.filter(({ delivery }) => delivery === null),
  );
  await settle(options, batch, unsettled);
  const round = new Round(options, batch, current);
  for (const kind of callKinds) await round.make(kind);
  await round.finish();
}

async function load({ store }: DeliverOptions, { claimed }: Batch): Promise<Loaded[]> {
  const { redis, keys } = store;
  const policy = parseStored(policyState, keys.policy, await redis.get(keys.policy)).value?.version;
  return Promise.all(
    claimed.map(async ({ person, unsettled }) => {
      const hashes = [keys.plans, keys.touched, keys.links, keys.intents, keys.attempts];
      const [planRaw = null, touched = null, linkRaw = null, intentRaw = null, attempts = null] = await Promise.all(
        hashes.map((key) => redis.hget(key, person)),
      );
      const current = parseStored(plan, keys.plans, planRaw).value;
      const currentLink = parseStored(link, keys.links, linkRaw).value;
      const currentIntent = parseStored(intent, keys.intents, intentRaw).value;
      const username = currentIntent?.username ?? currentLink?.username ?? current?.username ?? '';
      const accountRaw = await redis.hget(keys.accounts, username);
      const upToDate =
        current !== null &&
        planRaw !== null &&
        String(current.inputs.touched) === touched &&
        current.inputs.account === accountRaw &&
        current.inputs.policy === policy;
      const delivery = upToDate
        ? {
            person,
            plan: current,
            planRaw,
            account: parseStored(account, keys.accounts, accountRaw).value,
            link: currentLink,
          }
        : null;
      return {
        person,
        unsettled,
        username,
        intent: currentIntent,
        planRaw,
        link: currentLink,
        attempts: Number(attempts ?? 0),
        delivery,
      };
    }),
  );
}

/** Lets go of plans that are outdated, which are made again, and of those that are gone. */
async function letGo({ records, store }: DeliverOptions, batch: Batch, outdated: readonly Loaded[]): Promise<void> {
  const changes = outdated.map(({ person, username, planRaw }) => ({
    person,
    username,
    planRaw,
    claim: { kind: planRaw === null ? 'drop' : 'finish' } as const,
  }));
  await records.commit(batch, changes, ({ person, planRaw }) => [
    { command: ['HGET', store.keys.plans, person], is: planRaw },
  ]);
}

/** Asks LastPass what became of calls whose answers nobody recorded. */
async function settle(options: DeliverOptions, batch: Batch, unsettled: readonly Loaded[]): Promise<void> {
  if (unsettled.length === 0) return;
  const found = await readBack(
    options,
    unsettled.map(({ username }) => username),
  );
  await options.records.commit(
    batch,
    unsettled.map((each) => settledChange(each, found.get(each.username) ?? null)),
  );
}

function settledChange({ person, username, intent: sent, link: current }: Loaded, found: Account | null): Change {
  const finish = { kind: 'finish' } as const;
  if (username === '') return { person, username, claim: finish };
  if (sent === null) return { person, username, account: found, claim: finish };
  if (found !== null) {
    const made = current ?? { username, id: found.id, disabledByUs: false };
    return { person, username, account: found, link: { ...made, id: found.id }, intent: null, claim: finish };
  }
  const settlesAtMs = sent.sentAtMs + createSettlesMs;
  if (settlesAtMs > Date.now()) return { person, username, claim: { kind: 'postpone', untilMs: settlesAtMs } };
  return { person, username, account: null, intent: null, claim: finish };
}

/** The calls of one batch. People drop out of it when a call fails for them or their claim is lost. */
class Round {
  readonly #options: DeliverOptions;
  readonly #batch: Batch;
  #loaded: Loaded[];

  constructor(options: DeliverOptions, batch: Batch, loaded: readonly Loaded[]) {
    this.#options = options;
    this.#batch = batch;
    this.#loaded = [...loaded];
  }

  /** Makes all calls of one kind. */
  async make(kind: CallKind): Promise<void> {
    const carried = this.#loaded.flatMap(({ delivery }) =>
      delivery !== null && kind.carries(delivery) ? [delivery] : [],
    );
    const size = kind.atOnce === 'one' ? 1 : this.#options.batchSize;
    for (let from = 0; from < carried.length; from += size) {
      if (!kind.takesAccess) await this.#options.overtake();
      await this.#call(kind, carried.slice(from, from + size));
    }
  }

  /** Gives the people back who are still in the round: they are planned again, which finds nothing left to do. */
  async finish(): Promise<void> {
    const changes = this.#loaded.map(({ person, username }) => ({
      person,
      username,
      claim: { kind: 'finish' } as const,
    }));
    await this.#options.records.commit(this.#batch, changes);
  }

  #dropOut(people: Iterable<PersonKey>): void {
    const gone = new Set(people);
    this.#loaded = this.#loaded.filter(({ person }) => !gone.has(person));
  }

  async #call(kind: CallKind, carried: readonly Delivery[]): Promise<void> {
    const { gate, log } = this.#options;
    let sent: readonly Delivery[] = carried;
    try {
      const answer = await gate.call(kind.command, async (client) => {
        sent = await this.#prepare(kind, carried);
        if (sent.length === 0) return null;
        return kind.send(client, sent);
      });
      if (answer === null) return;
      await this.#record(kind, sent, answer);
      if (kind.creates) await this.#learnIds(sent);
      if (answer.slowDown !== null) await gate.patience(answer.slowDown);
    } catch (error) {
      if (error instanceof CredentialsRefused) {
        await this.#nothingSent(kind, sent, Date.now());
        throw error;
      }
      if (!(error instanceof LastPassError)) throw error;
      log.warn({ command: kind.command, people: sent.length, code: error.code }, error.message);
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
    const planHolds = ({ delivery }: { delivery: Delivery }): Guard[] => [
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

  #intention(kind: CallKind, delivery: Delivery, nowMs: number): Change {
    const { person, plan: current } = delivery;
    const step = stepOf(delivery, 'create');
    const change = { person, username: current.username };
    if (kind.creates && step)
      return {
        ...change,
        intent: { username: current.username, fullname: step.fullname, groups: step.groups, sentAtMs: nowMs },
      };
    return kind.linkWhenSent && delivery.link ? { ...change, link: kind.linkWhenSent(delivery.link) } : change;
  }

  /** Writes down what an answer made true. */
  async #record(kind: CallKind, sent: readonly Delivery[], answer: Answer): Promise<void> {
    const refused = sent.filter(({ plan: { username } }) => answer.refused.has(username));
    const taken = sent.filter((delivery) => !refused.includes(delivery));
    const changes = taken.map((delivery) => {
      const truth = kind.truth(delivery, answer);
      delivery.account = truth.account;
      delivery.link = truth.link;
      return {
        person: delivery.person,
        username: delivery.plan.username,
        ...truth,
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

  async #failed(kind: CallKind, sent: readonly Delivery[], error: LastPassError): Promise<void> {
    if (error.arrived === 'perhaps') return void (await this.#readBack(sent));
    if (error.arrived === 'no') return this.#nothingSent(kind, sent, null);
    const [only] = sent;
    if (sent.length === 1 && only) return this.#refused(only, (error.messages ?? [error.message]).join('; '));
    await this.#halve(kind, sent);
  }

  /** LastPass refused several together: those it did all the same are recorded, the others are tried in halves. */
  async #halve(kind: CallKind, sent: readonly Delivery[]): Promise<void> {
    const stays = await this.#readBack(sent, { leaveUnchanged: true });
    const middle = Math.ceil(stays.length / 2);
    for (const half of [stays.slice(0, middle), stays.slice(middle)]) if (half.length > 0) await this.#call(kind, half);
  }

  /** The call certainly did nothing: its people try again later, or at a given time. */
  async #nothingSent(kind: CallKind, sent: readonly Delivery[], atMs: number | null): Promise<void> {
    const changes = sent.map(({ person, plan: { username } }): Change => {
      const attempts = this.#loaded.find((each) => each.person === person)?.attempts ?? 0;
      const untilMs = atMs ?? Date.now() + Math.min(longestRetryMs, firstRetryMs * 2 ** attempts);
      return { person, username, claim: { kind: 'postpone', untilMs }, ...(kind.creates ? { intent: null } : {}) };
    });
    this.#dropOut(sent.map(({ person }) => person));
    await this.#options.records.commit(this.#batch, changes);
  }

  /**
   * Reads accounts back after a call whose effect is unknown, and records what is true. A create that isn't there yet may
   * still be under way: its intent stays, and it is asked for again.
   * @returns with `leaveUnchanged`, those whose account is as before, who stay in the round
   */
  async #readBack(sent: readonly Delivery[], { leaveUnchanged = false } = {}): Promise<Delivery[]> {
    const found = await readBack(
      this.#options,
      sent.map(({ plan: { username } }) => username),
    );
    const unchanged = leaveUnchanged
      ? sent.filter(
          (delivery) => JSON.stringify(found.get(delivery.plan.username) ?? null) === JSON.stringify(delivery.account),
        )
      : [];
    const others = sent.filter((delivery) => !unchanged.includes(delivery));
    const { redis, keys } = this.#options.store;
    const changes = await Promise.all(
      others.map(async ({ person, plan: { username } }) => {
        const sentIntent = parseStored(intent, keys.intents, await redis.hget(keys.intents, person)).value;
        const current = parseStored(link, keys.links, await redis.hget(keys.links, person)).value;
        const state = {
          person,
          username,
          intent: sentIntent,
          link: current,
          unsettled: true,
          planRaw: null,
          attempts: 0,
          delivery: null,
        };
        return settledChange(state, found.get(username) ?? null);
      }),
    );
    this.#dropOut(others.map(({ person }) => person));
    await this.#options.records.commit(this.#batch, changes);
    return unchanged;
  }

  /** LastPass refuses one account: it is set aside with LastPass's own words, and the others go on. */
  async #refused(delivery: Delivery, message: string): Promise<void> {
    const { person, plan: current } = delivery;
    const { username } = current;
    const found = (await readBack(this.#options, [username])).get(username) ?? null;
    this.#dropOut([person]);
    if (JSON.stringify(found) !== JSON.stringify(delivery.account)) {
      await this.#options.records.commit(this.#batch, [
        { person, username, account: found, intent: null, claim: { kind: 'finish' } },
      ]);
      return;
    }
    const setAside: SetAside = {
      name: current.name,
      reason: `LastPass refuses: ${message}`,
      kind: 'refused',
      sinceMs: Date.now(),
    };
    const claim = { kind: 'postpone', untilMs: Date.now() + refusedRetryMs } as const;
    await this.#options.records.commit(this.#batch, [{ person, username, setAside, intent: null, claim }]);
  }
}
