/** Steps that a person has reviewed, by their digests: of ten thousand people they are short enough to be looked at before each call. */
import type { PersonKey } from '@connector/shared/keys.ts';
import { isGuarded, type Plan, type Step } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { z } from 'zod';
import { digestOf } from '../mirror/mirror-object.ts';
import type { Mode } from './steering.ts';

/** What was reviewed of one person. */
export interface ReviewedSteps {
  readonly digests: ReadonlySet<string>;
  /** As stored: while it is this, it may be delivered. */
  readonly raw: string;
}

/** What was reviewed of everybody; whoever isn't in it has nothing to be delivered. */
export type Reviewed = ReadonlyMap<PersonKey, ReviewedSteps>;

/**
 * Names a step of an account: what is done, and why. Whether it needs a word first isn't part of it: that is asked of the plan, when
 * it is sent.
 */
export function stepDigest(username: string, step: Step): string {
  if (step.kind !== 'create') return digestOf([username, step]);
  const { needsApproval: _, firstRun: __, ...create } = step;
  return digestOf([username, create]);
}

/** Whether any step that was reviewed may be sent now; or, with `waiting`, waits for a word. */
export const hasStep = (
  { username, steps, cleared }: Plan,
  { digests }: Pick<ReviewedSteps, 'digests'>,
  { waiting = false } = {},
): boolean =>
  steps.some((step) => (isGuarded(step) && !cleared) === waiting && digests.has(stepDigest(username, step)));

const stored = z.array(z.string());

/** One person's steps as they are stored. */
export const reviewedText = (digests: Iterable<string>): string => JSON.stringify([...new Set(digests)].sort());

/** @throws UnreadableState */
export const parseReviewed = (raw: string, key: string): ReviewedSteps => ({
  raw,
  digests: new Set(parseStored(stored, key, raw).value),
});

/** Whether deliveries are restricted to reviewed steps: in manual mode, unless a sync is under way, which is about everything. */
export const isRestricted = async ({ redis, keys }: State, mode: Mode): Promise<boolean> =>
  mode === 'manual' && (await redis.exists(keys.run)) === 0;

/**
 * Reads the steps that deliveries are restricted to, none once their run is over; `null`: there is no restriction. It is asked before
 * each call, so what was read of a run is kept for as long as the run is the same: it is written once, and looked at again in a guard.
 */
export function reviewedReader(state: State, mode: Mode): () => Promise<Reviewed | null> {
  const { redis, keys } = state;
  let known: { readonly run: string | null; readonly reviewed: Reviewed } = { run: null, reviewed: new Map() };
  return async () => {
    if (!(await isRestricted(state, mode))) return null;
    const run = await redis.get(keys.reviewed);
    if (run !== known.run) known = { run, reviewed: run === null ? new Map() : await readReviewed(state) };
    return known.reviewed;
  };
}

/** All that was reviewed for the run that is open. */
export async function readReviewed({ redis, keys }: State): Promise<Reviewed> {
  const raws = Object.entries(await redis.hgetall(keys.reviewedSteps));
  return new Map(raws.map(([person, raw]) => [person, parseReviewed(raw, keys.reviewedSteps)]));
}
