/**
 * What another policy would do to people, told before it is brought into force: everybody is planned under it on a copy in memory, from
 * what was read last, and what would happen anyway is left out.
 */
import type { PersonKey } from '@connector/shared/keys.ts';
import { type Policy, type PolicyState, policyState } from '@connector/shared/policy.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { notYet, openContext } from '../plan/planning-context.ts';
import { type Configured, replacePolicy } from '../plan/policy-in-force.ts';
import { copyState } from './copied-state.ts';
import type { HowFar } from './how-far.ts';
import { type NotSent, readNotSent, type StoppedPerson } from './not-sent.ts';
import { type PreviewedPerson, runToItsEnd } from './simulated-run.ts';

/** Nothing can be told of it now. The message says why, and what to do. */
export class RadiusUnknown extends Error {
  override readonly name = 'RadiusUnknown';
  readonly code = 'NOT_PLANNED';
}

export interface BlastRadius extends NotSent {
  /** What would be sent by itself. */
  readonly sent: readonly PreviewedPerson[];
  /** Who is held or pending now, and wouldn't be any more. */
  readonly noLonger: readonly StoppedPerson[];
  /** Entries of `groupFilter` that name no group of any directory. */
  readonly unresolved: readonly string[];
}

export interface BlastRadiusOptions {
  readonly store: Store;
  readonly configured: Configured;
  /** `null`: the configured one. */
  readonly policy: Policy | null;
  readonly signal: AbortSignal;
  /** Told how far planning is. */
  readonly onHowFar: (howFar: HowFar) => void;
}

/**
 * Finds out what another policy would do.
 * @throws RadiusUnknown, PreviewUnfinished, and what ioredis throws
 */
export async function blastRadius(options: BlastRadiusOptions): Promise<BlastRadius> {
  const { unresolved: _, ...now } = await outcomeOf(options, async () => undefined);
  const { unresolved, ...then } = await outcomeOf(options, (state) => supposeInForce(state, options));
  const stoppedNow = [...now.held, ...now.pending];
  const stopped = new Set([...then.held, ...then.pending].map(({ person }) => person));
  return {
    sent: newAmong(now.sent, then.sent),
    held: newAmong(now.held, then.held),
    pending: newAmong(now.pending, then.pending),
    setAside: newAmong(now.setAside, then.setAside),
    noLonger: stoppedNow.filter(({ person }) => !stopped.has(person)),
    unresolved,
  };
}

interface Outcome extends NotSent {
  readonly sent: readonly PreviewedPerson[];
  readonly unresolved: readonly string[];
}

/** What a run comes to on a copy that something was done to. */
async function outcomeOf(
  { store, configured, signal, onHowFar }: BlastRadiusOptions,
  prepare: (state: State) => Promise<void>,
): Promise<Outcome> {
  const state = await copyState(
    store,
    configured.directories.map(({ id }) => id),
  );
  const { redis, keys } = state;
  const planning = { store: state, ...configured };
  const obstacle = await notYet(planning);
  if (obstacle !== null) throw new RadiusUnknown(`what it would do can't be told: ${obstacle}`);
  // What is under way would keep its people from being planned; it happens anyway.
  await state.commit({ guards: [], writes: [['DEL', keys.claims, keys.intents, keys.creating]] });
  await prepare(state);
  const sent = await runToItsEnd({ planning, signal, onHowFar });
  if ((await redis.zcard(keys.toPlan)) + (await redis.zcard(keys.waiting)) > 0)
    throw new RadiusUnknown(
      'what it would do can\'t be told while a directory is being read: try again once that is done, see "connector status"',
    );
  const filters = [...((await openContext(planning))?.views.values() ?? [])].map(({ filter }) => filter);
  const [first = [], ...others] = filters.map((filter) =>
    filter.filter(({ guids }) => guids.length === 0).map(({ entry }) => entry),
  );
  const unresolved = first.filter((entry) => others.every((entries) => entries.includes(entry)));
  return { sent, ...(await readNotSent(state)), unresolved };
}

/** Brings the policy into force on a copy, and supposes that the full read that follows has found nothing else. */
async function supposeInForce(state: State, { policy, configured }: BlastRadiusOptions): Promise<void> {
  const { redis, keys } = state;
  const read = async (): Promise<PolicyState> => {
    const { value } = parseStored(policyState, keys.policy, await redis.get(keys.policy));
    if (value === null) throw new RadiusUnknown('no policy is in force yet: start a reconciler');
    return value;
  };
  await replacePolicy(state, { policy, by: '', number: (await read()).number }, configured);
  const inForce: PolicyState = { ...(await read()), after: {} };
  await state.commit({ guards: [], writes: [['SET', keys.policy, JSON.stringify(inForce)]] });
}

interface Told {
  readonly person: PersonKey;
  readonly steps?: readonly unknown[];
  readonly reason?: string;
}

/** Those of whom the same wasn't told before. */
function newAmong<T extends Told>(before: readonly T[], after: readonly T[]): T[] {
  const textOf = ({ steps, reason }: Told) => JSON.stringify([steps, reason]);
  const known = new Map(before.map((told) => [told.person, textOf(told)]));
  return after.filter((told) => known.get(told.person) !== textOf(told));
}
