/** Whoever has steps in a state for whom nothing would be sent, and why. */
import { account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { type Plan, plan, type SetAside, setAside } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { PreviewedPerson } from './simulated-run.ts';

/** Somebody for whom nothing would be sent before a person has spoken. */
export interface StoppedPerson extends Omit<PreviewedPerson, 'calls'> {
  readonly because: string;
}

/** Somebody for whom nothing can be sent until something is mended. */
export type AsidePerson = SetAside & { readonly person: PersonKey };

/** Whoever doesn't go by themselves. */
export interface NotSent {
  readonly held: readonly StoppedPerson[];
  readonly pending: readonly StoppedPerson[];
  readonly setAside: readonly AsidePerson[];
}

/** Reads them once everybody is planned and judged. */
export async function readNotSent(state: State): Promise<NotSent> {
  const { keys } = state;
  return {
    held: await stopped(state, keys.held, ({ heldBecause, mustHold }) => heldBecause ?? mustHold ?? ''),
    pending: await stopped(state, keys.pending, () => 'new, and onDetected is approve'),
    setAside: await asides(state),
  };
}

/** Everybody on a list of those who wait for a person's word. */
async function stopped(
  { redis, keys }: State,
  list: string,
  because: (current: Plan) => string,
): Promise<StoppedPerson[]> {
  const people: StoppedPerson[] = [];
  for (const person of await redis.zrange(list, '0', '-1')) {
    const current = parseStored(plan, keys.plans, await redis.hget(keys.plans, person)).value;
    if (current === null) continue;
    const { username, name, steps } = current;
    const known = parseStored(account, keys.accounts, await redis.hget(keys.accounts, username)).value;
    people.push({ person, username, name, account: known, steps, because: because(current) });
  }
  return people;
}

async function asides({ redis, keys }: State): Promise<AsidePerson[]> {
  return Object.entries(await redis.hgetall(keys.setAside)).flatMap(([person, raw]) => {
    const { value } = parseStored(setAside, keys.setAside, raw);
    return value === null ? [] : [{ person, ...value }];
  });
}
