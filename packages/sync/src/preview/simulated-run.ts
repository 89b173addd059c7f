/**
 * A run on a state that lives in memory, for a LastPass that can't be written to. What each call makes true is taken over into the
 * state, and everything is planned again, until there is nothing left to do: so it shows, too, what becomes possible only by what
 * goes before it.
 */
import { setImmediate } from 'node:timers/promises';
import { type Account, account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { link, plan, type Step } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { type Change, peopleWaitingFor, writesOf } from '../accounts/account-changes.ts';
import { callKinds } from '../calls/calls.ts';
import { type Delivery, stepsOf } from '../calls/delivery.ts';
import { touchExpired } from '../plan/expiries.ts';
import { followGroups } from '../plan/group-renames.ts';
import { judgeWaiting } from '../plan/judging.ts';
import { planPeople } from '../plan/planning.ts';
import { notYet, type PlanningOptions } from '../plan/planning-context.ts';
import type { HowFar } from './how-far.ts';
import { type RecordedCall, RecordingLastPass } from './recorded-calls.ts';

export interface SimulatedRunOptions {
  /** On a state that may be written to. */
  readonly planning: PlanningOptions;
  readonly signal: AbortSignal;
  /** Told how far planning is. */
  readonly onHowFar: (howFar: HowFar) => void;
}

/** What would be sent for one person, in the order of sending. */
export interface PreviewedPerson {
  readonly person: PersonKey;
  readonly username: string;
  readonly name: string;
  /** The account before, as far as it is known; `null` without any. */
  readonly account: Account | null;
  readonly steps: readonly Step[];
  /** Each exactly as it would be sent; a batch is several people's, put together. */
  readonly calls: readonly RecordedCall[];
}

/** The preview didn't come to an end by itself: a mistake of ours, which hides nothing. */
export class PreviewUnfinished extends Error {
  override readonly name = 'PreviewUnfinished';
  readonly code = 'PREVIEW_UNFINISHED';
}

/** Stands where a federated user's hidden master password would: nobody has made one. */
const unmade = { reveal: () => '(hidden)' };

/** So many people are planned at once. */
const peopleAtOnce = 100;
/** One thing waits for another a few times over, never more often. */
const maxRounds = 20;

const idsOf = ({ directories }: PlanningOptions): string[] => directories.map(({ id }) => id);

/** Plans and judges everybody who is to be. */
export async function planAll(options: SimulatedRunOptions): Promise<void> {
  const { planning } = options;
  const { store, policy } = planning;
  if ((await notYet(planning)) !== null) return; // of a policy that is new, everybody is judged by a full read at the latest
  await touchExpired(store, { directories: idsOf(planning), nowMs: Date.now() });
  await planList(options);
  await judgeWaiting({ store, policy, directories: idsOf(planning) });
  await followGroups(planning, Date.now());
}

/**
 * Plans and delivers until nothing is left to do.
 * @returns what would be sent
 * @throws PreviewUnfinished
 */
export async function runToItsEnd(options: SimulatedRunOptions): Promise<PreviewedPerson[]> {
  const { planning, signal } = options;
  const { store: state } = planning;
  const { redis, keys } = state;
  const sent = new Map<PersonKey, PreviewedPerson>();
  for (let round = 0, before = ''; ; round++) {
    await planAll(options);
    const deliveries = await outstandingDeliveries(state);
    const left = (await redis.zrange(keys.toPlan, '0', '-1')).join();
    if (deliveries.length === 0 && left === before) return [...sent.values()];
    before = left;
    if (round === maxRounds)
      throw new PreviewUnfinished(
        `after ${maxRounds} rounds ${deliveries.length} people still change: please report it`,
      );
    for (const [person, result] of await deliver(state, { directories: idsOf(planning), deliveries, signal }))
      sent.set(person, merged(sent.get(person), result));
  }
}

/** Plans everybody on the list, as long as it gets any shorter or longer; who stays is in delivery now. */
async function planList({ planning, signal, onHowFar }: SimulatedRunOptions): Promise<void> {
  const { redis, keys } = planning.store;
  for (let round = 0; round < maxRounds; round++) {
    const people = await redis.zrange(keys.toPlan, '0', '-1');
    for (let from = 0; from < people.length; from += peopleAtOnce) {
      onHowFar({ doing: 'planning', done: from, of: people.length, what: 'people' });
      await breathe(signal);
      await planPeople(planning, people.slice(from, from + peopleAtOnce));
    }
    const left = await redis.zrange(keys.toPlan, '0', '-1');
    if (left.length === 0 || left.join() === people.join()) return;
  }
}

/** Everything else here is quick and in memory: only now and then a signal can come through. */
async function breathe(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}

/** Everybody whom a pusher would take up now, leavers first. */
async function outstandingDeliveries({ redis, keys }: State): Promise<Delivery[]> {
  const now = Date.now();
  const lines = await Promise.all([keys.leavers, keys.toDeliver].map((line) => redis.zrangebyscore(line, '-inf', now)));
  const deliveries: Delivery[] = [];
  for (const person of new Set(lines.flat())) {
    const [planRaw, linkRaw] = await Promise.all([redis.hget(keys.plans, person), redis.hget(keys.links, person)]);
    const current = parseStored(plan, keys.plans, planRaw).value;
    if (current === null || planRaw === null) continue;
    const accountRaw = await redis.hget(keys.accounts, current.username);
    deliveries.push({
      person,
      plan: current,
      planRaw,
      attempts: 0,
      account: parseStored(account, keys.accounts, accountRaw).value,
      link: parseStored(link, keys.links, linkRaw).value,
    });
  }
  return deliveries;
}

/** Makes everybody's calls, and takes over what they make true. */
async function deliver(
  state: State,
  {
    directories,
    deliveries,
    signal,
  }: { directories: readonly string[]; deliveries: readonly Delivery[]; signal: AbortSignal },
): Promise<Map<PersonKey, PreviewedPerson>> {
  const lastpass = new RecordingLastPass();
  const results = new Map<PersonKey, PreviewedPerson>();
  const changes: Change[] = [];
  for (const [index, delivery] of deliveries.entries()) {
    if (index % peopleAtOnce === 0) await breathe(signal);
    const { person, plan: current, account: before } = delivery;
    const { username, name } = current;
    for (const kind of callKinds) {
      if (!kind.carries(delivery)) continue;
      const truth = kind.truth(delivery, await kind.send(lastpass.client, [delivery], () => unmade));
      delivery.account = truth.account;
      delivery.link = truth.link;
    }
    const { account: now, link: linked } = delivery;
    changes.push({ person, username, account: now, link: linked, claim: { kind: 'finish' } });
    results.set(person, { person, username, name, account: before, steps: stepsOf(delivery), calls: lastpass.take() });
  }
  const waiting = touch(state.keys, await peopleWaitingFor(state, directories, changes));
  await state.commit({
    guards: [],
    writes: [...changes.flatMap((change) => writesOf(state.keys, change)), ...waiting],
  });
  return results;
}

const merged = (before: PreviewedPerson | undefined, now: PreviewedPerson): PreviewedPerson =>
  before === undefined
    ? now
    : { ...before, steps: [...before.steps, ...now.steps], calls: [...before.calls, ...now.calls] };
