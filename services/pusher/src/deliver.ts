/**
 * Delivering a batch of claimed people: check that each plan still is what should happen, merge the steps into the fewest
 * calls, send them, and write down what is now true.
 *
 * What a call did is never guessed. An answer that says so is recorded; without one the accounts are read back. A create
 * is preceded by an intent that is on Redis' disk before the call leaves, so that whoever comes after a crash asks
 * LastPass first.
 */

import { type Account, account } from '@connector/shared/account.ts';
import { inBulk } from '@connector/shared/bulk-reader.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { intent, link, type Plan, plan } from '@connector/shared/plan.ts';
import { policyState } from '@connector/shared/policy.ts';
import { parseStored } from '@connector/shared/store.ts';
import { traced } from '@connector/shared/tracing.ts';
import { callKinds } from '@connector/sync/calls/calls.ts';
import { type Delivery, stepOf } from '@connector/sync/calls/delivery.ts';
import type { ReviewedSteps } from '@connector/sync/requests/reviewed-steps.ts';
import { hasStep } from '@connector/sync/requests/reviewed-steps.ts';
import { unreadEntries, withEntries } from './audit-entries.ts';
import type { Batch } from './claims.ts';
import type { DeliverOptions } from './deliver-options.ts';
import { keyedAtOnce, needsKey } from './federation/keyed-deliveries.ts';
import { planStands } from './last-look.ts';
import { putOff } from './put-off.ts';
import { readAccountsOf, readByName, type Told } from './read-back.ts';
import { Round } from './round.ts';
import { settledChanges, type Unsettled } from './settling.ts';
import { type Named, untoldChanges } from './untold.ts';

/** A claimed person's state as read; what is no longer to be delivered has no delivery. */
interface Loaded extends Unsettled {
  readonly unsettled: boolean;
  readonly planRaw: string | null;
  /** What was planned, outdated or not. */
  readonly plan: Plan | null;
  /** Only these of its steps may be sent; missing: all. */
  readonly reviewed?: ReviewedSteps;
  /** As it was recorded last. */
  readonly account: Account | null;
  /** `null`: the plan isn't what should happen any more. */
  readonly delivery: Delivery | null;
}

/** Delivers a batch to its end. @throws CredentialsRefused, or what Redis throws; claims that are left then pass on */
export const deliverBatch = (options: DeliverOptions, batch: Batch): Promise<void> =>
  traced('deliver batch', { attributes: { 'connector.people': batch.claimed.length } }, () =>
    deliverAll(options, batch),
  );

async function deliverAll(options: DeliverOptions, batch: Batch): Promise<void> {
  const loaded = await load(options, batch);
  const nowMs = Date.now();
  const isUnsettled = (each: Loaded) => each.unsettled || each.intent !== null || isToSettle(each, nowMs);
  await letGo(
    options,
    batch,
    loaded.filter((each) => each.delivery === null && !isUnsettled(each)),
  );
  const asked = loaded.filter((each) => isUnsettled(each) || mayHaveLoggedIn(each));
  const others = loaded.filter((each) => !asked.includes(each)).flatMap(({ delivery }) => delivery ?? []);
  const { now, keyed } = await inTurn(options, batch, others);
  const round = new Round(options, batch, now, keyed);
  // Whoever loses access waits for nothing that LastPass is asked about others, and whoever it is asked about not for all that others are sent.
  for (const kind of callKinds.filter(({ takesAccess }) => takesAccess)) await round.make(kind);
  const waiting = new Set([...now, ...keyed]);
  const { missed, failure } = await deliverToAsked(options, batch, asked, { isUnsettled, waiting }).then(
    (left) => ({ missed: left, failure: null }),
    (error: Error) => ({ missed: [], failure: error }), // others can perhaps be sent all the same
  );
  for (const kind of callKinds.filter(({ takesAccess }) => !takesAccess)) await round.make(kind);
  await round.finish();
  await makeRound(options, batch, [...keyed]);
  if (failure !== null) throw failure;
  if (missed.length === 0) return;
  // Last: a large list takes minutes, and while accounts are removed it may come to nothing.
  const askedAtMs = Date.now();
  const listed = await readAccountsOf(options, missed);
  await deliverAsTold(options, batch, missed, { ...listed, isUnsettled, askedAtMs, waiting: new Set() });
}

/** Asks LastPass by name for those of whom something isn't known, and delivers to them. @returns those whom only the list of all accounts tells of */
async function deliverToAsked(
  options: DeliverOptions,
  batch: Batch,
  asked: readonly Loaded[],
  how: Pick<AsTold, 'isUnsettled' | 'waiting'>,
): Promise<readonly Loaded[]> {
  if (asked.length === 0) return [];
  const askedAtMs = Date.now(); // what comes while they are looked up, one after the other, may be missed
  const { missed, ...byName } = await readByName(options, asked);
  const answered = asked.filter((each) => !missed.includes(each));
  await deliverAsTold(options, batch, answered, { ...byName, ...how, askedAtMs });
  return missed;
}

/** What LastPass told of people. */
interface AsTold extends Told<PersonKey> {
  readonly isUnsettled: (each: Loaded) => boolean;
  /** ms since 1970. */
  readonly askedAtMs: number;
  /** As of `Round`. */
  readonly waiting: ReadonlySet<Delivery>;
}

/** Writes down what LastPass told of people, and delivers to whom is as they were known; of those whom it doesn't tell of, what can be sent all the same. */
async function deliverAsTold(
  options: DeliverOptions,
  batch: Batch,
  people: readonly Loaded[],
  { found, untold, isUnsettled, askedAtMs, waiting }: AsTold,
): Promise<void> {
  const told = people.filter(({ person }) => !untold.has(person));
  const changed = told.filter((each) => isUnsettled(each) || !isAsKnown(each, found));
  const disablings = people.flatMap((each) => (untold.has(each.person) ? (disablingOf(each) ?? []) : []));
  const notTold = people.filter(
    ({ person }) => untold.has(person) && disablings.every((delivery) => delivery.person !== person),
  );
  const changes = changed.flatMap((each) => {
    const after = found.get(each.person) ?? null;
    const settled = settledChanges(each, after, askedAtMs);
    const noted = withEntries(settled, isUnsettled(each) ? entriesOf(each, after) : []);
    return after === null ? noted : noted.map((change) => ({ ...change, misses: 0 }));
  });
  await options.records.commit(batch, changes);
  await putOffUntold(options, batch, notTold, { untold, isUnsettled });
  const asKnown = told.flatMap((each) => (changed.includes(each) ? [] : (each.delivery ?? [])));
  const { now, keyed } = await inTurn(options, batch, [...asKnown, ...disablings]);
  await makeRound(options, batch, now, new Set([...keyed, ...waiting]));
  await makeRound(options, batch, [...keyed], new Set(waiting));
}

/** Whoever is to lose access by now, and wasn't, is claimed anew at once: what isn't told of them may not stand in the way of that. */
async function putOffUntold(
  options: DeliverOptions,
  batch: Batch,
  waiting: readonly Loaded[],
  { untold, isUnsettled }: Pick<AsTold, 'untold' | 'isUnsettled'>,
): Promise<void> {
  const { records, store } = options;
  const plans = new Map(waiting.map(({ person, planRaw }) => [person, planRaw]));
  const named = waiting.map((each): Named => {
    const { person, username, plan: planned } = each;
    return { person, username, name: planned?.name ?? username, isUnsettled: isUnsettled(each) };
  });
  const changes = await untoldChanges(options, named, ({ person }) => untold.get(person));
  await putOff(records, batch, changes, ({ person }) => [planStands(store.keys, person, plans.get(person) ?? null)]);
}

/** Divides whom nothing is asked about. Of those who need a key, no more are kept than go into one call. */
async function inTurn(options: DeliverOptions, batch: Batch, deliveries: readonly Delivery[]) {
  const [keyed, now] = [deliveries.filter(needsKey), deliveries.filter((delivery) => !needsKey(delivery))];
  await giveBack(options, batch, keyed.slice(keyedAtOnce));
  return { now, keyed: new Set(keyed.slice(0, keyedAtOnce)) };
}

/** @param waiting as of `Round` */
async function makeRound(
  options: DeliverOptions,
  batch: Batch,
  deliveries: readonly Delivery[],
  waiting?: Set<Delivery>,
): Promise<void> {
  if (deliveries.length === 0) return;
  const round = new Round(options, batch, deliveries, waiting);
  for (const kind of callKinds) await round.make(kind);
  await round.finish();
}

/**
 * Somebody whose change of address is asked for may have logged in, and a stranger may have their old name by now: before
 * anything goes out under that name, LastPass is asked whose it is. Who isn't as they were is planned again.
 */
const mayHaveLoggedIn = ({ delivery, link: current }: Loaded): boolean =>
  delivery !== null && current?.changingTo !== undefined;

const isAsKnown = ({ person, delivery }: Loaded, found: ReadonlyMap<PersonKey, Account>): boolean =>
  JSON.stringify(found.get(person) ?? null) === JSON.stringify(delivery?.account ?? null);

/**
 * Claims nobody any more whose turn it can't be yet. Keys come from others, who may take their time: nobody else waits for them, and of those
 * who need one no more than go into one call, for whoever leaves meanwhile is claimed.
 */
async function giveBack({ records }: DeliverOptions, batch: Batch, left: readonly Delivery[]): Promise<void> {
  const claim = { kind: 'give-back' } as const;
  await records.commit(
    batch,
    left.map(({ person, plan: { username } }) => ({ person, username, claim })),
  );
}

/** Whether a disabling or removal without an answer is settled now; where there is something to deliver, it can wait for its time. */
const isToSettle = ({ link: current, delivery }: Loaded, nowMs: number): boolean =>
  current?.settlesAtMs !== undefined && (delivery === null || current.settlesAtMs <= nowMs);

async function load({ store, reviewed }: DeliverOptions, { claimed }: Batch): Promise<Loaded[]> {
  const { keys } = store;
  const redis = inBulk(store.redis);
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
      const recorded = parseStored(account, keys.accounts, accountRaw).value;
      const upToDate =
        current !== null &&
        planRaw !== null &&
        String(current.inputs.touched) === touched &&
        current.inputs.account === accountRaw &&
        current.inputs.policy === policy;
      const ofPerson = reviewed?.get(person);
      const isReviewed =
        reviewed === null || (ofPerson !== undefined && current !== null && hasStep(current, ofPerson));
      const delivery =
        upToDate && isReviewed
          ? {
              person,
              ...(ofPerson === undefined ? {} : { reviewed: ofPerson }),
              plan: current,
              planRaw,
              account: recorded,
              link: currentLink,
              attempts: Number(attempts ?? 0),
            }
          : null;
      return {
        person,
        unsettled,
        username,
        intent: currentIntent,
        planRaw,
        plan: current,
        ...(ofPerson === undefined ? {} : { reviewed: ofPerson }),
        account: recorded,
        link: currentLink,
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

/** The disabling of a leaver, and nothing else: it may be sent twice, and whose account it is doesn't depend on what wasn't answered. */
function disablingOf({ delivery, intent: sent, link: current }: Loaded): Delivery | null {
  if (delivery === null || sent !== null || current?.changingTo !== undefined) return null;
  const step = stepOf(delivery, 'disable');
  return step === undefined ? null : { ...delivery, plan: { ...delivery.plan, steps: [step] } };
}

/** What the audit trail is told of calls whose answers nobody recorded. */
function entriesOf({ plan: planned, account: before, link: linked, ...of }: Loaded, after: Account | null) {
  return planned === null ? [] : unreadEntries({ ...of, plan: planned }, linked, { before, after });
}
