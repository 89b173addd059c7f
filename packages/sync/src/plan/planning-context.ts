/** What planning depends on besides the person: the policy in force, and every directory's mirror. */

import { personKey } from '@connector/shared/keys.ts';
import { currentGeneration } from '@connector/shared/people-with-mail.ts';
import {
  type Bases,
  basesVersion,
  type Policy,
  type PolicyState,
  policyOf,
  policyState,
  policyVersion,
} from '@connector/shared/policy.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { syncedGroup } from '@connector/shared/synced-group.ts';
import { Mirror } from '../mirror/mirror.ts';
import { exclusionsOf } from './exclusions.ts';
import { Gathering } from './gather.ts';
import type { FilterEntry } from './scope.ts';

export interface PlanningOptions {
  readonly store: State;
  /** As this process was configured; who opens a context gets the one that counts (`policyOf`). */
  readonly policy: Policy;
  readonly directories: readonly Bases[];
}

/** One directory as the planner looks at it. */
export interface View {
  readonly gathering: Gathering;
  readonly filter: readonly FilterEntry[];
  /** Folded names of the groups that the filter names. */
  readonly filterNames: readonly string[];
}

/** What is the same for everybody whom one answer plans. */
export interface Context extends PlanningOptions {
  readonly inForce: { readonly raw: string; readonly value: PolicyState };
  readonly views: ReadonlyMap<string, View>;
}

/** Why nobody can be planned yet; `null` when there is nothing in the way. */
export async function notYet({ store, policy, directories }: PlanningOptions): Promise<string | null> {
  const { redis, keys } = store;
  const inForce = parseStored(policyState, keys.policy, await redis.get(keys.policy)).value;
  if (inForce?.version !== policyVersion(policyOf(inForce, policy), directories))
    return 'another replica has brought a newer policy into force: restart this one with the same configuration';
  for (const { id, userBases, groupBases } of directories) {
    const current = await currentGeneration(store, id);
    if (current === null) return `the first full read of the directory ${id} isn't complete yet`;
    if (current.bases.version !== basesVersion({ userBases, groupBases }))
      return `the directory ${id} hasn't been read under the configured bases yet`;
  }
  return (await redis.exists(keys.accountsRead)) === 1 ? null : 'the accounts at LastPass were not read yet';
}

/** Opens what planning needs; `null` when nobody can be planned yet. */
export async function openContext(options: PlanningOptions): Promise<Context | null> {
  if ((await notYet(options)) !== null) return null;
  const { redis, keys } = options.store;
  const { raw, value } = parseStored(policyState, keys.policy, await redis.get(keys.policy));
  if (raw === null || value === null) return null;
  const policy = policyOf(value, options.policy);
  // Another one may have come into force just now.
  if (value.version !== policyVersion(policy, options.directories)) return null;
  const exclusions = {
    excludeUsers: exclusionsOf(policy.excludeUsers),
    excludeGroups: exclusionsOf(policy.excludeGroups),
  };
  const views: [string, View][] = [];
  for (const { id, groupPrefix } of options.directories) {
    const current = await currentGeneration(options.store, id);
    if (current === null) return null;
    const mirror = new Mirror(redis, keys.directory(id).mirror(current.generation));
    const syncedAs = async (guid: string) => {
      const raw = await redis.hget(keys.syncedGroups, personKey(id, guid));
      return parseStored(syncedGroup, keys.syncedGroups, raw).value;
    };
    const gathering = new Gathering(mirror, { bases: current.bases, ...exclusions, syncedAs, groupPrefix });
    const filter = await gathering.resolveFilter(policy.groupFilter);
    views.push([id, { gathering, filter, filterNames: await gathering.filterNames(filter) }]);
  }
  return {
    ...options,
    policy,
    inForce: { raw, value },
    views: new Map(views),
  };
}
