/**
 * Planning people: gathers what is known, asks the planner, and stores each one's plan, link and obstacle in one transaction, which
 * is refused when anything that the plan was made from has changed meanwhile. Any number of planners work side by side.
 */
import { inBulk } from '@connector/shared/bulk-reader.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import type { SetAside } from '@connector/shared/plan.ts';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import type { State } from '@connector/shared/state.ts';
import type { Guard, Transaction } from '@connector/shared/transaction.ts';
import { type Known, readKnown } from './known-state.ts';
import { makePlan } from './make-plan.ts';
import { midRead } from './mid-read.ts';
import { inputsFor } from './plan-inputs.ts';
import { type PlanWrites, writesFor } from './plan-writes.ts';
import { type Context, openContext, type PlanningOptions } from './planning-context.ts';
import { noteStanding } from './standings.ts';

/** What planning somebody came to. */
export interface PlannedPeople {
  /** Somebody has steps to deliver. */
  readonly deliver: boolean;
  /** Somebody waits for the guard's word. */
  readonly judge: boolean;
  /** People whose plans were overtaken by a change, or made others' outdated. */
  readonly again: readonly PersonKey[];
  /** Who was planned because of changes in a directory, and which. */
  readonly planned: readonly { readonly person: PersonKey; readonly change: string }[];
}

const none: PlannedPeople = { deliver: false, judge: false, again: [], planned: [] };

/** Plans the named people as far as they are on the list, and what one read told of their directory is whole. */
export async function planPeople(options: PlanningOptions, people: readonly PersonKey[]): Promise<PlannedPeople> {
  const store: State = { ...options.store, redis: inBulk(options.store.redis) };
  const known = await Promise.all(people.map((person) => unlessBroken(store, person, readKnown(store, person))));
  // Only now: versions are read before what they stand for, so that whatever changes from here on is refused.
  const reading = await midRead(
    store,
    options.directories.map(({ id }) => id),
  );
  // And only now which mirror is in use: whoever is put on the list for another one is put there as in the midst of a read.
  const context = await openContext({ ...options, store });
  if (context === null) return none;
  const listed = known.flatMap((each) =>
    each?.listed && !reading.has(partsOfPerson(each.person).directory) ? each : [],
  );
  const drafted = await Promise.all(listed.map((each) => unlessBroken(store, each.person, draftFor(context, each))));
  return storeAll(
    store,
    drafted.flatMap((each) => each ?? []),
  );
}

/** A plan that isn't stored yet. */
interface DraftedPlan extends Omit<PlanWrites, 'writes'> {
  readonly person: PersonKey;
  readonly transaction: Transaction;
}

/** Plans one person; `null` while a call about their account is under way: they stay on the list, and the sweep comes back to them. */
async function draftFor(context: Context, known: Known): Promise<DraftedPlan | null> {
  const gathered = await inputsFor(context, known);
  if (gathered === 'in delivery') return null;
  const planned = gathered === null ? null : makePlan(gathered.inputs);
  const { writes, ...rest } = writesFor(context, known, planned, gathered);
  const noting = gathered?.noting ?? (await noteStanding(context, known, { standing: null, mails: [], unknown: [] }));
  const policy: Guard = { command: ['GET', context.store.keys.policy], is: context.inForce.raw };
  const guards = [policy, ...known.guards, ...(gathered?.guards ?? []), ...noting.guards];
  const others = [...rest.others, ...noting.people];
  return { ...rest, others, person: known.person, transaction: { guards, writes: [...writes, ...noting.writes] } };
}

async function storeAll(store: State, drafted: readonly DraftedPlan[]): Promise<PlannedPeople> {
  const outcomes = await store.commitAll(drafted.map(({ transaction }) => transaction));
  const isStored = (_: DraftedPlan, index: number) => outcomes[index]?.committed === true;
  const stored = drafted.filter(isStored);
  const overtaken = drafted.filter((each, index) => !isStored(each, index));
  return {
    deliver: stored.some(({ deliver }) => deliver),
    judge: stored.some(({ judge }) => judge),
    again: [...overtaken.map(({ person }) => person), ...stored.flatMap(({ others }) => others)],
    planned: stored.flatMap(({ person, change }) => (change === null ? [] : { person, change })),
  };
}

/**
 * What is known of one person can't be made sense of: they are set aside, and it hurts nobody else.
 * @throws what says nothing about the person: errors of Redis
 */
async function unlessBroken<T>(store: State, person: PersonKey, result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    const { name, message } = error as Error;
    if (isRedisTrouble(error as Error) || name === 'ReplyError') throw error;
    const { keys } = store;
    const aside: SetAside = { name: person, reason: `can't be planned: ${message}`, kind: 'data', sinceMs: Date.now() };
    const writes = [
      ...[keys.toPlan, keys.pending, keys.rejected].map((list) => ['ZREM', list, person]),
      ['HDEL', keys.causes, person],
      ['ZREM', keys.changedAt, person],
      ['HSET', keys.setAside, person, JSON.stringify(aside)],
    ];
    await store.commit({ guards: [], writes });
    return null;
  }
}
