/**
 * The first run against a tenant. A mistyped filter must not send thousands of welcome e-mails: whoever it wants to create is
 * held, and only the first few get an account before somebody has confirmed what a preview shows.
 */
import type { PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { type Decision, plan } from '@connector/shared/plan.ts';
import { type GuardLimits, type Policy, type PolicyState, policyOf, policyState } from '@connector/shared/policy.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';

/** Why somebody is held. */
export const beyondFirst = ({ firstCreates }: GuardLimits): string =>
  `the first run creates firstCreates (${firstCreates}) accounts until somebody confirms it: look at "connector preview", then confirm with "connector sync --confirm-first"`;

/** So many people are let go in one transaction. */
const atOnce = 500;

/**
 * Lets the first of those pass who are held because of the first run, in the order of their keys: whoever a preview names. As long as not
 * everybody is planned, nobody knows who is first, which doesn't matter where all may pass.
 * @param barrier what says that everything is read, and planned as far as `isPlanned` says
 * @returns how many passed
 */
export async function passFirstCreates(
  { redis, keys, commit }: State,
  {
    barrier,
    isPlanned,
    configured,
    isRead,
  }: {
    barrier: readonly Guard[];
    isPlanned: boolean;
    /** Its limits count where nobody has set others. */
    configured: Policy;
    /** Whether the directories were read completely since the policy came into force. */
    isRead: (policy: PolicyState) => Promise<boolean>;
  },
): Promise<number> {
  const { raw, value: policy } = parseStored(policyState, keys.policy, await redis.get(keys.policy));
  const left = policy?.firstRun == null ? 0 : policyOf(policy, configured).guard.firstCreates - policy.firstRun.passed;
  if (policy?.firstRun == null || left <= 0 || !(await isRead(policy))) return 0;
  if (!isPlanned && left < (await redis.zcard(keys.toPlan)) + (await redis.zcard(keys.firstCreates))) return 0;
  const people = await redis.zrange(keys.firstCreates, '0', String(Math.min(left, atOnce) - 1));
  if (people.length === 0) return 0;
  const raws = await redis.hmget(keys.plans, ...people);
  const now = Date.now();
  const passing = people.flatMap((person, index) => {
    const { raw: planRaw = null, value } = parseStored(plan, keys.plans, raws[index] ?? null);
    return value === null ? [] : [{ person, planRaw, current: value }];
  });
  const next = { ...policy, firstRun: { passed: policy.firstRun.passed + passing.length } };
  const { committed } = await commit({
    guards: [
      ...barrier,
      { command: ['GET', keys.policy], is: raw },
      ...passing.map(({ person, planRaw }) => ({ command: ['HGET', keys.plans, person], is: planRaw })),
    ],
    writes: [
      ['SET', keys.policy, JSON.stringify(next)],
      ...passing.flatMap(({ person, current }) => {
        const decision: Decision = { guarded: current.guarded ?? '', verdict: 'passed', by: 'guard', atMs: now };
        return [
          ['ZREM', keys.firstCreates, person],
          ['ZREM', keys.held, person],
          ['HSET', keys.decisions, person, JSON.stringify(decision)],
          ['HSET', keys.plans, person, JSON.stringify({ ...current, cleared: true, heldBecause: null })],
          ['ZADD', keys.toDeliver, String(now), person],
        ];
      }),
    ],
  });
  return committed ? passing.length : 0;
}

/**
 * Somebody has seen what the first run wants to do: it is over. Said before it has begun, it holds all the same.
 * @returns those whom it held, who are planned again
 */
export async function confirmFirstRun(state: State): Promise<PersonKey[]> {
  const { redis, keys, commit } = state;
  for (;;) {
    const { raw, value } = parseStored(policyState, keys.policy, await redis.get(keys.policy));
    const over = value === null ? [] : [['SET', keys.policy, JSON.stringify({ ...value, firstRun: null })]];
    const { committed } = await commit({
      guards: [{ command: ['GET', keys.policy], is: raw }],
      writes: [['HSET', keys.requests, 'confirm-first', new Date().toISOString()], ...over],
    });
    if (committed) return letFirstGo(state);
  }
}

/**
 * Has everybody planned again whom a first run held that is over, a few hundred at a time. Whoever confirmed it does this, and
 * the reconcilers' sweep, should that have ended half-way.
 */
export async function letFirstGo({ redis, keys, commit }: State): Promise<PersonKey[]> {
  const gone: PersonKey[] = [];
  for (;;) {
    const { raw, value } = parseStored(policyState, keys.policy, await redis.get(keys.policy));
    const people = value?.firstRun === null ? await redis.zrange(keys.firstCreates, '0', String(atOnce - 1)) : [];
    if (people.length === 0) return gone;
    const { committed } = await commit({
      guards: [{ command: ['GET', keys.policy], is: raw }],
      writes: [['ZREM', keys.firstCreates, ...people], ...touch(keys, people)],
    });
    if (committed) gone.push(...people);
  }
}
