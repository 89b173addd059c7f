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
import type { Delivery } from '@connector/sync/calls/delivery.ts';
import type { ReviewedSteps } from '@connector/sync/requests/reviewed-steps.ts';
import { hasStep } from '@connector/sync/requests/reviewed-steps.ts';
import { unreadEntries, withEntries } from './audit-entries.ts';
import type { Batch } from './claims.ts';
import type { DeliverOptions } from './deliver-options.ts';
import { keyedAtOnce, needsKey } from './federation/keyed-deliveries.ts';
import { readAccountsOf, readByName } from './read-back.ts';
import { Round } from './round.ts';
import { settledChanges, type Unsettled } from './settling.ts';

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
  const askedAtMs = Date.now(); // what comes while they are looked up, one after the other, may be missed
  const { found, missed } = await readByName(options, asked);
  // A large list takes minutes, and while accounts are removed it may come to nothing: nobody else waits for that.
  const others = loaded.filter((each) => !missed.includes(each));
  await deliverAsFound(options, batch, others, { asked, isUnsettled, found, askedAtMs });
  if (missed.length === 0) return;
  const listedAtMs = Date.now();
  const listed = await readAccountsOf(options, missed);
  await deliverAsFound(options, batch, missed, { asked, isUnsettled, found: listed, askedAtMs: listedAtMs });
}

/** What LastPass was asked of a batch, and what it told. */
interface Found {
  readonly asked: readonly Loaded[];
  readonly isUnsettled: (each: Loaded) => boolean;
  readonly found: ReadonlyMap<PersonKey, Account>;
  readonly askedAtMs: number;
}

/** Writes down what LastPass told of some of a batch, and delivers to whom is as they were known. */
async function deliverAsFound(
  options: DeliverOptions,
  batch: Batch,
  people: readonly Loaded[],
  { asked, isUnsettled, found, askedAtMs }: Found,
): Promise<void> {
  const told = people.filter((each) => asked.includes(each) && (isUnsettled(each) || !isAsKnown(each, found)));
  await options.records.commit(
    batch,
    told.flatMap((each) => {
      const after = found.get(each.person) ?? null;
      return withEntries(settledChanges(each, after, askedAtMs), isUnsettled(each) ? entriesOf(each, after) : []);
    }),
  );
  const deliveries = people.flatMap((each) => (each.delivery === null || told.includes(each) ? [] : each.delivery));
  const [keyed, others] = [deliveries.filter(needsKey), deliveries.filter((delivery) => !needsKey(delivery))];
  await giveBack(options, batch, keyed.slice(keyedAtOnce));
  for (const together of [others, keyed.slice(0, keyedAtOnce)]) {
    if (together.length === 0) continue;
    const round = new Round(options, batch, together);
    for (const kind of callKinds) await round.make(kind);
    await round.finish();
  }
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

/** What the audit trail is told of calls whose answers nobody recorded. */
function entriesOf({ plan: planned, account: before, link: linked, ...of }: Loaded, after: Account | null) {
  return planned === null ? [] : unreadEntries({ ...of, plan: planned }, linked, { before, after });
}
