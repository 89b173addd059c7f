/** The policies of a run: which rules are in force, and how many leavers the guard lets pass. */
import type { Random } from '../acceptance/random.ts';
import { scope } from '../oracle/change-log-company.ts';
import type { Policy } from '../oracle/rules.ts';

export interface ChaosPolicy {
  readonly rules: Policy;
  readonly groupFilter: readonly string[];
  /** The guard holds every leaver; else random people may leave in droves. */
  readonly tight: boolean;
}

export const firstPolicy: ChaosPolicy = {
  rules: {
    onDetected: 'create',
    onDeleted: 'delete',
    onDisabled: 'disable',
    onRemovedFromFilter: 'disable',
    memberships: 'all',
  },
  groupFilter: scope.groupFilter,
  tight: false,
};

const idle = { maxLeavers: 10_000, maxLeaversPercent: 100, maxLeaversHard: 10_000 };
const tight = { maxLeavers: 0, maxLeaversPercent: 0, maxLeaversHard: 0 };

/** The configuration's section `policy`. */
export function configured({ rules, groupFilter, tight: isTight }: ChaosPolicy) {
  const { excludedPrefix = '', excludeGroups = [] } = scope;
  return {
    ...rules,
    groupFilter: [...groupFilter],
    excludeUsers: [`${excludedPrefix}*`],
    excludeGroups: [...excludeGroups],
    guard: { ...(isTight ? tight : idle), firstCreates: 10_000 },
  };
}

const actions = ['disable', 'remove', 'delete', 'nothing'] as const;

/** Another policy, one or two settings away. */
export function anotherPolicy(policy: ChaosPolicy, random: Random): ChaosPolicy {
  const { rules, groupFilter } = policy;
  const changed = random.weighted<Partial<ChaosPolicy>>([
    [2, { rules: { ...rules, onDisabled: random.pick(actions) ?? 'disable' } }],
    [2, { rules: { ...rules, onDeleted: random.pick(actions) ?? 'disable' } }],
    [2, { rules: { ...rules, onRemovedFromFilter: random.pick(actions) ?? 'disable' } }],
    [2, { rules: { ...rules, memberships: random.pick(['all', 'filtered'] as const) ?? 'all' } }],
    [2, { groupFilter: groupFilter.length > 1 ? groupFilter.slice(0, 1) : scope.groupFilter }],
  ]);
  return { ...policy, ...changed };
}

/** A policy in words. */
export function wordsOf({ rules, groupFilter, tight: isTight }: ChaosPolicy): string {
  const { onDeleted, onDisabled, onRemovedFromFilter: onLeft, memberships } = rules;
  const actions = `deleted: ${onDeleted}, disabled: ${onDisabled}, left: ${onLeft}, memberships: ${memberships}`;
  return `policy: ${actions}, filter: ${groupFilter.join('+')}${isTight ? ', all leavers held' : ''}`;
}
