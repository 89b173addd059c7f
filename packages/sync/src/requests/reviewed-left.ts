/** What is left to be done of reviewed steps, for the end of their run, and for whoever waits for it. */

import type { PersonKey } from '@connector/shared/keys.ts';
import { isRefusal, type Plan, plan, setAside } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { isFree } from '../accounts/account-changes.ts';
import { type Outstanding, soonMs } from './outstanding.ts';
import { hasStep, type Reviewed } from './reviewed-steps.ts';

/** How many people have how much before them. */
export type Left = Pick<Outstanding, 'toPlan' | 'toJudge' | 'toDeliver'>;

/** So many people are asked about in one command, */
const atOnce = 1_000;
/** and so many plans are read at once. */
const plansAtOnce = 100;

type Places = { readonly [Place in 'toPlan' | 'waiting' | 'toDeliver' | 'claim' | 'intent']: string | null };

/**
 * Looks who of these people is on the way to having reviewed steps sent. Plans are read only until one is found that has some:
 * whoever stands in line behind is counted unseen, so that a look costs little while there is much to do.
 * @returns what is left, and the reading of the clock at which the places were looked at: while it is the same, nothing has changed
 */
export async function readLeft(
  store: Store,
  reviewed: Reviewed,
  nowMs: number,
): Promise<{ readonly left: Left; readonly clock: string | null }> {
  const people = [...reviewed.keys()];
  const { clock, places } = await readPlaces(store, people);
  const standing = Map.groupBy(people, (_, index) => standingOf(places[index] ?? nowhere, nowMs));
  const of = (line: Standing) => standing.get(line) ?? [];
  const toJudge = await countFrom(store, of('waiting'), { reviewed, isWaiting: true });
  const later = await refusedOf(store, of('later'));
  const due = [...of('due'), ...of('later').filter((person) => !later.has(person))];
  const toDeliver = of('under way').length + (await countFrom(store, due, { reviewed, isWaiting: false }));
  return { left: { toPlan: of('to plan').length, toJudge, toDeliver }, clock };
}

/** `waiting`: for the guard, perhaps only with a part of the plan; `later`: tried again soon, unless LastPass refuses it. */
type Standing = 'to plan' | 'under way' | 'waiting' | 'due' | 'later' | 'nowhere';

function standingOf({ toPlan, waiting, toDeliver, claim, intent }: Places, nowMs: number): Standing {
  if (toPlan !== null) return 'to plan';
  if (!isFree(claim) || intent !== null) return 'under way';
  if (waiting !== null) return 'waiting';
  if (toDeliver === null || Number(toDeliver) > nowMs + soonMs) return 'nowhere';
  return Number(toDeliver) > nowMs ? 'later' : 'due';
}

/** How many there are from the first one on whose plan has a reviewed step; 0 if nobody's has. */
async function countFrom(
  store: Store,
  people: readonly PersonKey[],
  { reviewed, isWaiting }: { reviewed: Reviewed; isWaiting: boolean },
): Promise<number> {
  let passed = 0;
  for (const part of partsOf(people, plansAtOnce)) {
    const plans = await readPlans(store, part);
    const first = part.findIndex((person) => {
      const [current, steps] = [plans.get(person), reviewed.get(person)];
      if (current === undefined || steps === undefined) return false;
      return hasStep(current, steps) || (isWaiting && hasStep(current, steps, { waiting: true }));
    });
    if (first >= 0) return people.length - passed - first;
    passed += part.length;
  }
  return 0;
}

const nowhere: Places = { toPlan: null, waiting: null, toDeliver: null, claim: null, intent: null };

/** Where people are, all at one moment: somebody on the way from one place to the next is in one of them. */
async function readPlaces({ redis, keys }: Store, people: readonly PersonKey[]) {
  const lines = [keys.toPlan, keys.waiting, keys.toDeliver];
  const hashes = [keys.claims, keys.intents];
  const parts = partsOf(people);
  const transaction = redis.multi().get(keys.clock);
  for (const part of parts) {
    for (const line of lines) transaction.zmscore(line, ...part);
    for (const hash of hashes) transaction.hmget(hash, ...part);
  }
  const [clock = null, ...columns] = ((await transaction.exec()) ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
  const width = lines.length + hashes.length;
  const places = parts.flatMap((part, at) => {
    const own = columns.slice(at * width, (at + 1) * width) as (string | null)[][];
    return part.map((_, index): Places => {
      const [toPlan = null, waiting = null, toDeliver = null, claim = null, intent = null] = own.map(
        (column) => column[index] ?? null,
      );
      return { toPlan, waiting, toDeliver, claim, intent };
    });
  });
  return { clock: clock as string | null, places };
}

async function readPlans({ redis, keys }: Store, people: readonly PersonKey[]): Promise<Map<PersonKey, Plan>> {
  const raws = await redis.hmget(keys.plans, ...people);
  const plans = people.map(
    (person, index) => [person, parseStored(plan, keys.plans, raws[index] ?? null).value] as const,
  );
  return new Map(plans.flatMap(([person, value]) => (value === null ? [] : [[person, value]])));
}

/** Whose steps LastPass doesn't take. */
async function refusedOf({ redis, keys }: Store, people: readonly PersonKey[]): Promise<Set<PersonKey>> {
  const refused = new Set<PersonKey>();
  for (const part of partsOf(people)) {
    const raws = await redis.hmget(keys.setAside, ...part);
    for (const [index, person] of part.entries())
      if (isRefusal(parseStored(setAside, keys.setAside, raws[index] ?? null).value)) refused.add(person);
  }
  return refused;
}

function partsOf(people: readonly PersonKey[], size = atOnce): PersonKey[][] {
  const parts: PersonKey[][] = [];
  for (let from = 0; from < people.length; from += size) parts.push(people.slice(from, from + size));
  return parts;
}
