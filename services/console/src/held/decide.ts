/**
 * Releasing, approving and rejecting: a person's decision about exactly the steps that were read, for exactly that person.
 *
 * Each decision is one transaction. It is refused when the plan, or its place on the list, isn't what was read; what
 * it writes makes a planner plan the person again, who finds the decision and, unless it is a rejection, delivers.
 */
import { auditWrite } from '@connector/shared/audit.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import type { Decision } from '@connector/shared/plan.ts';
import type { Store } from '@connector/shared/store.ts';
import { TICK } from '@connector/shared/transaction.ts';
import type { HeldPerson } from './held-people.ts';

export type Verdict = Exclude<Decision['verdict'], 'passed' | 'undone'>;

/**
 * What became of a decision: done, or the plan changed meanwhile and the person is held for it (`held again`), or isn't
 * held any more (`no longer held`).
 */
export type Outcome = Verdict | 'held again' | 'no longer held';

export interface Decided {
  readonly held: HeldPerson;
  readonly outcome: Outcome;
}

export interface Decider {
  readonly verdict: Verdict;
  /** Who decides. */
  readonly by: string;
  /** ms since 1970. */
  readonly atMs: number;
}

const atOnce = 100;

/** Decides about several people, each by themselves: one that changed doesn't keep the others back. */
export async function decideAll(store: Store, people: readonly HeldPerson[], decider: Decider): Promise<Decided[]> {
  const decided: Decided[] = [];
  for (let from = 0; from < people.length; from += atOnce) {
    const part = people.slice(from, from + atOnce);
    decided.push(...(await Promise.all(part.map((held) => decide(store, held, decider)))));
  }
  return decided;
}

async function decide(store: Store, held: HeldPerson, { verdict, by, atMs }: Decider): Promise<Decided> {
  const { keys, redis } = store;
  const { list, person, guarded, read } = held;
  const decision: Decision = { guarded, verdict, by, atMs };
  const guardForgets = [
    ['ZREM', keys.recentLeavers, person],
    ['SET', keys.judgementInputs, TICK],
  ];
  const { committed } = await store.commit({
    guards: [
      { command: ['HGET', keys.plans, person], is: read.plan },
      { command: ['ZSCORE', keys[list], person], is: read.score },
    ],
    writes: [
      ['HSET', keys.decisions, person, JSON.stringify(decision)],
      ['ZREM', keys[list], person],
      ...(list === 'held' ? guardForgets : []),
      ...touch(keys, [person]),
      auditWrite(keys, {
        ...{ atMs, by, did: verdict, of: { kind: 'person', id: person, name: held.name }, source: null },
        ...{
          was: list,
          is: { verdict, username: held.username, steps: held.steps.map(({ kind, because }) => ({ kind, because })) },
        },
      }),
    ],
  });
  if (committed) return { held, outcome: verdict };
  const isStillHeld = (await redis.zscore(keys[list], person)) !== null;
  return { held, outcome: isStillHeld ? 'held again' : 'no longer held' };
}

/** Those for whom it went as wanted: they are to be planned now. */
export const peopleDecided = (decided: readonly Decided[], verdict: Verdict): PersonKey[] =>
  decided.flatMap(({ held, outcome }) => (outcome === verdict ? [held.person] : []));
