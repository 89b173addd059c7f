/** Who is due where only reviewed steps may be sent: everybody else stays in line, and keeps nobody back. */
import type { PersonKey } from '@connector/shared/keys.ts';
import { plan } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { hasStep, type Reviewed } from '@connector/sync/requests/reviewed-steps.ts';

export interface DueOptions {
  readonly nowMs: number;
  readonly limit: number;
  readonly leaversOnly: boolean;
}

/** Whose turn it is. */
export interface Due {
  readonly due: readonly PersonKey[];
  /** They all lose access. */
  readonly ofLeavers: boolean;
}

/** So many people are asked about in one command. */
const atOnce = 1_000;

/**
 * People whose delivery is due and who have a step to be sent that was reviewed, or about whom a call's answer was never recorded:
 * leavers, else the others, by when they came to be due.
 */
export async function dueReviewed(
  store: Store,
  reviewed: Reviewed,
  { nowMs, limit, leaversOnly }: DueOptions,
): Promise<Due> {
  const { redis, keys } = store;
  const people = [...reviewed.keys()];
  const firstOf = async (line: readonly PersonKey[]): Promise<PersonKey[]> => {
    const due: PersonKey[] = [];
    for (let from = 0; from < line.length && due.length < limit; from += limit)
      due.push(...(await withSomethingToSend(store, reviewed, line.slice(from, from + limit))));
    return due.slice(0, limit);
  };
  const areLeavers = (await redis.zcount(keys.leavers, '-inf', nowMs)) > 0;
  const leavers = areLeavers ? await inLine(store, keys.leavers, { people, nowMs }) : [];
  const first = await firstOf(leavers);
  if (leaversOnly || first.length > 0) return { due: first, ofLeavers: true };
  return { due: await firstOf(await inLine(store, keys.toDeliver, { people, nowMs })), ofLeavers: false };
}

async function inLine(
  { redis }: Store,
  line: string,
  { people, nowMs }: { people: readonly PersonKey[]; nowMs: number },
): Promise<PersonKey[]> {
  const due: { person: PersonKey; atMs: number }[] = [];
  for (let from = 0; from < people.length; from += atOnce) {
    const part = people.slice(from, from + atOnce);
    const scores = await redis.zmscore(line, ...part);
    for (const [index, person] of part.entries()) {
      const score = scores[index] ?? null;
      if (score !== null && Number(score) <= nowMs) due.push({ person, atMs: Number(score) });
    }
  }
  return due.sort((a, b) => a.atMs - b.atMs).map(({ person }) => person);
}

async function withSomethingToSend(
  { redis, keys }: Store,
  reviewed: Reviewed,
  people: readonly PersonKey[],
): Promise<PersonKey[]> {
  const [plans, claims, intents] = await Promise.all(
    [keys.plans, keys.claims, keys.intents].map((key) => redis.hmget(key, ...people)),
  );
  return people.filter((person, index) => {
    if (claims?.[index] != null || intents?.[index] != null) return true;
    const current = parseStored(plan, keys.plans, plans?.[index] ?? null).value;
    const steps = reviewed.get(person);
    return current !== null && steps !== undefined && hasStep(current, steps);
  });
}
