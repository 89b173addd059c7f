/** What must be true once everything is quiet: of LastPass, of what the connector remembers, and of the calls that were made. */
import { account } from '@connector/shared/account.ts';
import { differencesFrom } from '../oracle/expected-tenant.ts';
import { differencesOfLists } from '../oracle/lists.ts';
import type { SimulatedState } from '../support/simulator.ts';
import {
  type ChaosCall,
  createdAlthoughThere,
  leaversNeverReleased,
  lostAccess,
  sentAgain,
} from './forbidden-calls.ts';
import type { Released } from './quiet.ts';
import type { Injected } from './wave.ts';
import type { ChaosWorld } from './world.ts';

export interface Round {
  /** Sequence of the last call before it. */
  readonly callsBefore: number;
  readonly injected: readonly Injected[];
  readonly released: readonly Released[];
}

/** Everything that isn't as it must be, as lines; those about somebody begin with a user name, or the test's name of somebody. */
export async function differencesAfter(world: ChaosWorld, round: Round): Promise<string[]> {
  const { oracle, stack } = world;
  const state = await stack.simulator.state();
  const calls = (await stack.simulator.calls(round.callsBefore)) as ChaosCall[];
  return [
    ...differencesFrom(oracle.tenant, state),
    ...differencesOfStrangers(world, state),
    ...(await differencesOfLists({ store: stack.store, oracle, keyOf: world.keyOf })),
    ...(await untruths(world, state)),
    ...createdAlthoughThere(calls),
    ...lostAccess(calls, world.possibleLeavers.usernames),
    ...sentAgain(calls, round.injected),
    ...(world.policy.tight ? leaversNeverReleased(calls, round.released) : []),
  ];
}

/** Strangers must be as they were, to the last byte. */
function differencesOfStrangers(world: ChaosWorld, { users }: SimulatedState): string[] {
  const now = new Map(users.map((user) => [user.username, JSON.stringify(user)]));
  return world.oracle.strangers().flatMap(({ username, invited }) => {
    const [was, is] = [world.before(username), now.get(username)];
    return invited || was === is ? [] : [`${username}: a stranger, was ${was}, is ${is}`];
  });
}

/** What the connector takes for true of accounts, and isn't. */
async function untruths({ stack: { store } }: ChaosWorld, { users }: SimulatedState): Promise<string[]> {
  const known = await store.redis.hgetall(store.keys.accounts);
  const groupsOf = (groups: readonly string[]) => [...groups].map((name) => name.toLowerCase()).sort();
  return users.flatMap(({ username, id, fullname, disabled, groups = [] }) => {
    const raw = known[username];
    if (raw === undefined) return [`${username}: the connector doesn't know of this account`];
    const taken = account.parse(JSON.parse(raw));
    const is = JSON.stringify({ id, fullname, disabled, groups: groupsOf(groups) });
    const known_ = JSON.stringify({
      ...{ id: taken.id ?? id, fullname: taken.fullname, disabled: taken.disabled, groups: groupsOf(taken.groups) },
    });
    return is === known_ ? [] : [`${username}: the connector takes it for ${known_}, it is ${is}`];
  });
}
