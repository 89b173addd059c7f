/** Bringing the configured policy into force: once for all replicas, and with care when it isn't the one from before. */

import { auditWrite } from '@connector/shared/audit.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { currentGeneration } from '@connector/shared/people-with-mail.ts';
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
    const firstRun = isFirst && !isConfirmed ? { passed: 0 } : (value?.firstRun ?? null);
    const next: PolicyState = { version, settled: isFirst, after, firstRun };
    const writes = [['SET', keys.policy, JSON.stringify(next)], ...touch(keys, people)];
    const noted = { did: 'came into force', of: { kind: 'policy', id: '', name: 'policy' }, source: null } as const;
    const by = 'the configuration';
    writes.push(auditWrite(keys, { ...noted, by, atMs: Date.now(), was: value?.version ?? null, is: version }));
    if (!isFirst) writes.push(['HSET', keys.requests, 'full-read', `policy-${version}-${Date.now()}`]);
    const outcome = await state.commit({ guards: [{ command: ['GET', keys.policy], is: raw }], writes });
    if (outcome.committed) return !isFirst;
  }
}
