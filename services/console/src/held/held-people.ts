/** The people who wait for a person's word. */
import type { PersonKey } from '@connector/shared/keys.ts';
import { isGuarded, plan, type Step } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';

/** Where somebody waits: `held` by the guard; `pending`, for an account to be approved; `rejected`, as one was refused. */
export type WaitingList = 'held' | 'pending' | 'rejected';

/** The command that shows a list. */
export const commandOf = (list: WaitingList): string => `connector ${list === 'held' ? 'held' : 'pending'}`;

export interface HeldPerson {
  readonly list: WaitingList;
  readonly person: PersonKey;
  readonly username: string;
  readonly name: string;
  /** What waits: these steps happen if the person is released, or approved. */
  readonly steps: readonly Step[];
  readonly heldBecause: string;
  /** ms since 1970. */
  readonly sinceMs: number;
  /** What a decision must be about; see {@link Decision.guarded}. It stands for what is shown of them (`as-shown.ts`). */
  readonly guarded: string;
  /** Plan and place in the list in the very texts that were read: a decision holds only while they are these. */
  readonly read: { readonly plan: string; readonly score: string };
}

const atOnce = 1_000;

/** Reads everybody on a list, longest first. */
export async function readHeld({ redis, keys }: Store, list: WaitingList = 'held'): Promise<HeldPerson[]> {
  const flat = await redis.zrange(keys[list], '0', '-1', 'WITHSCORES');
  const found: HeldPerson[] = [];
  for (let from = 0; from < flat.length; from += 2 * atOnce) {
    const part = flat.slice(from, from + 2 * atOnce);
    const people = part.filter((_, index) => index % 2 === 0);
    const plans = await redis.hmget(keys.plans, ...people);
    for (const [index, person] of people.entries()) {
      const held = heldPerson({
        list,
        person,
        score: part[2 * index + 1] ?? '',
        raw: plans[index] ?? null,
        key: keys.plans,
      });
      if (held !== null) found.push(held);
    }
  }
  return found;
}

const withoutReason: Record<WaitingList, string> = {
  held: 'the guard stopped it',
  pending: 'new, and onDetected is approve',
  rejected: 'no account, unless you approve it after all',
};

/** `null` when the plan went away, or lost its guarded steps, while the list was read. */
function heldPerson({
  list,
  person,
  score,
  raw,
  key,
}: {
  list: WaitingList;
  person: PersonKey;
  score: string;
  raw: string | null;
  key: string;
}): HeldPerson | null {
  const { value } = parseStored(plan, key, raw);
  if (value === null || raw === null || value.guarded === null) return null;
  return {
    list,
    person,
    username: value.username,
    name: value.name,
    steps: value.steps.filter(isGuarded),
    heldBecause: value.heldBecause ?? value.mustHold ?? withoutReason[list],
    sinceMs: Number(score),
    guarded: value.guarded,
    read: { plan: raw, score },
  };
}
