/** Bringing the configured policy into force: once for all replicas, and with care when it isn't the one from before. */

import type { PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { currentGeneration } from '@connector/shared/people-with-mail.ts';
import { isFirstCreate, plan } from '@connector/shared/plan.ts';
import { type Bases, type PolicyState, policyState } from '@connector/shared/policy.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { linkedPeople, mirroredPeople } from '../mirror/known-people.ts';

/**
 * Makes a policy the one in force. A changed one makes everybody be planned again and asks for a full read; until that
 * is planned, the guard holds every leaver.
 * @returns whether it is another policy than before
 */
export async function bringIntoForce(state: State, version: string, directories: readonly Bases[]): Promise<boolean> {
  const { redis, keys } = state;
  for (;;) {
    const { raw, value } = parseStored(policyState, keys.policy, await redis.get(keys.policy));
    if (value?.version === version) return false;
    const after: Record<string, number> = {};
    const people = new Set(await linkedPeople(state));
    for (const { id } of directories) {
      after[id] = (await currentGeneration(state, id))?.generation ?? 0;
      for await (const person of mirroredPeople(state, id)) people.add(person);
    }
    const isFirst = value === null && (await redis.hlen(keys.links)) === 0;
    const isConfirmed = (await redis.hget(keys.requests, 'confirm-first')) !== null;
    const firstRun = isFirst && !isConfirmed ? { passed: 0, stopped: false } : (value?.firstRun ?? null);
    const next: PolicyState = { version, settled: isFirst, after, firstRun };
    const writes = [['SET', keys.policy, JSON.stringify(next)], ...touch(keys, people)];
    if (!isFirst) writes.push(['HSET', keys.requests, 'full-read', `policy-${version}-${Date.now()}`]);
    const outcome = await state.commit({ guards: [{ command: ['GET', keys.policy], is: raw }], writes });
    if (outcome.committed) return !isFirst;
  }
}

/**
 * Somebody has seen what the first run wants to do: it is over, and whom it held is planned again. Said before it has begun,
 * it holds all the same.
 * @returns those whom it held
 */
export async function confirmFirstRun(state: State): Promise<PersonKey[]> {
  const { redis, keys } = state;
  for (;;) {
    const { raw, value } = parseStored(policyState, keys.policy, await redis.get(keys.policy));
    const stopped = value?.firstRun?.stopped ? await firstHeld(state) : [];
    const over = value === null ? [] : [['SET', keys.policy, JSON.stringify({ ...value, firstRun: null })]];
    const outcome = await state.commit({
      guards: [{ command: ['GET', keys.policy], is: raw }],
      writes: [['HSET', keys.requests, 'confirm-first', new Date().toISOString()], ...over, ...touch(keys, stopped)],
    });
    if (outcome.committed) return stopped;
  }
}

/** Whom the guard holds because of the first run. */
async function firstHeld({ redis, keys }: State): Promise<PersonKey[]> {
  const held = await redis.zrange(keys.held, '0', '-1');
  const plans = held.length === 0 ? [] : await redis.hmget(keys.plans, ...held);
  return held.filter((_, index) =>
    parseStored(plan, keys.plans, plans[index] ?? null).value?.steps.some(isFirstCreate),
  );
}
