/** What is left to be done of reviewed steps, for the end of their run, and for whoever waits for it. */
import type { PersonKey } from '@connector/shared/keys.ts';
import { isRefusal, type Plan, plan, setAside } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { type Outstanding, soonMs } from './outstanding.ts';
import { hasStep, type Reviewed } from './reviewed-steps.ts';

/** How many people have how much before them. */
export type Left = Pick<Outstanding, 'toPlan' | 'toJudge' | 'toDeliver'>;

/** So many people are asked about in one command. */
const atOnce = 1_000;

type Places = { readonly [Place in 'toPlan' | 'waiting' | 'toDeliver' | 'claim' | 'intent']: string | null };

/**
 * Looks who of these people is on the way, and, of those who have something to send, whose steps were reviewed.
 * @returns what is left, and the reading of the clock at which the places were looked at: while it is the same, nothing has changed
 */
export async function readLeft(
  store: Store,
  reviewed: Reviewed,
  nowMs: number,
): Promise<{ readonly left: Left; readonly clock: string | null }> {
  const people = [...reviewed.keys()];
  const { clock, places } = await readPlaces(store, people);
  const listed = people.filter((_, index) => places[index]?.waiting != null || places[index]?.toDeliver != null);
  const plans = await readPlans(store, listed);
  const refused = await readRefused(store, listed);
  const left = { toPlan: 0, toJudge: 0, toDeliver: 0 };
  for (const [index, person] of people.entries()) {
    const { toPlan, waiting, toDeliver, claim, intent } = places[index] ?? nowhere;
    const due = toDeliver === null ? null : Number(toDeliver);
    const isSoon = due !== null && due <= nowMs + soonMs && !(due > nowMs && refused.has(person));
    const [current, steps] = [plans.get(person), reviewed.get(person)];
    if (toPlan !== null) left.toPlan += 1;
    else if (claim !== null || intent !== null) left.toDeliver += 1;
    else if (current === undefined || steps === undefined) continue;
    else if (waiting !== null && hasStep(current, steps, { waiting: true })) left.toJudge += 1;
    else if (isSoon && hasStep(current, steps)) left.toDeliver += 1;
  }
  return { left, clock };
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
  const found = new Map<PersonKey, Plan>();
  for (const part of partsOf(people)) {
    const raws = await redis.hmget(keys.plans, ...part);
    for (const [index, person] of part.entries()) {
      const { value } = parseStored(plan, keys.plans, raws[index] ?? null);
      if (value !== null) found.set(person, value);
    }
  }
  return found;
}

/** Whose steps LastPass doesn't take. */
async function readRefused({ redis, keys }: Store, people: readonly PersonKey[]): Promise<Set<PersonKey>> {
  const refused = new Set<PersonKey>();
  for (const part of partsOf(people)) {
    const raws = await redis.hmget(keys.setAside, ...part);
    for (const [index, person] of part.entries())
      if (isRefusal(parseStored(setAside, keys.setAside, raws[index] ?? null).value)) refused.add(person);
  }
  return refused;
}

function partsOf(people: readonly PersonKey[]): PersonKey[][] {
  const parts: PersonKey[][] = [];
  for (let from = 0; from < people.length; from += atOnce) parts.push(people.slice(from, from + atOnce));
  return parts;
}
