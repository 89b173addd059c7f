/**
 * Which policy counts: the configured one, or the one that somebody has set since; brought into force once for all replicas, and with
 * care when it isn't the one from before.
 */
import { auditWrite } from '@connector/shared/audit.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { currentGeneration } from '@connector/shared/people-with-mail.ts';
import {
  type Bases,
  type NumberedPolicy,
  type Policy,
  type PolicyState,
  policyChanges,
  policyOf,
  policyState,
  policyVersion,
  policy as schema,
  written,
} from '@connector/shared/policy.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { linkedPeople, mirroredPeople } from '../mirror/known-people.ts';

/** What a process was configured with. */
export interface Configured {
  readonly policy: Policy;
  readonly directories: readonly Bases[];
}

/** The policy in force, and the one that counts by it for who has this configuration. */
export interface Counting {
  /** `null`: none is in force yet. */
  readonly inForce: PolicyState | null;
  readonly policy: Policy;
}

/** Reads which policy counts. */
export async function countingPolicy({ redis, keys }: State, configured: Policy): Promise<Counting> {
  const inForce = parseStored(policyState, keys.policy, await redis.get(keys.policy)).value;
  return { inForce, policy: policyOf(inForce, configured) };
}

/** The keys in which a policy that somebody has set differs from the configured one; none where that counts. */
export const disagreementOf = ({ inForce, policy }: Counting, configured: Policy): string[] =>
  inForce?.set == null ? [] : policyChanges(configured, policy).map(({ key }) => key);

/**
 * Makes the policy that counts the one in force. One by which others are in scope, or leavers are treated otherwise, makes everybody be
 * planned again and asks for a full read; until that is planned, the guard holds every leaver.
 * @returns whether it is such another policy than before
 */
export async function bringIntoForce(state: State, configured: Configured): Promise<boolean> {
  const { redis, keys } = state;
  for (;;) {
    const { raw, value } = parseStored(policyState, keys.policy, await redis.get(keys.policy));
    const policy = policyOf(value, configured.policy);
    const before = value === null ? null : knownPolicy(value);
    const isSame = before !== null && policyChanges(before, policy).length === 0;
    if (isSame && value?.version === policyVersion(policy, configured.directories)) return false;
    const { directories } = configured;
    const next = { policy, by: 'the configuration', atMs: Date.now(), set: value?.set ?? null, directories };
    const replaced = await replace(state, { raw, value }, next);
    if (replaced !== null) return replaced.isOther;
  }
}

/** A policy that somebody wants; `null`: the configured one counts again. */
export interface WantedPolicy {
  readonly policy: Policy | null;
  readonly by: string;
  /** Number of the policy that they have looked at: another one isn't replaced. */
  readonly number: number;
}

/** What became of it. */
export type Replaced =
  | { readonly kind: 'replaced'; readonly number: number }
  /** It is in force just like that. */
  | { readonly kind: 'same' }
  /** Another one has come into force meanwhile; `null`: none has yet. */
  | { readonly kind: 'another'; readonly number: number | null }
  /** The one in force is for other directories, or bases, than configured here. */
  | { readonly kind: 'elsewhere' };

/** Brings into force what somebody wants, as `bringIntoForce` does. From then on it counts, whatever the configuration says. */
export async function replacePolicy(
  state: State,
  { policy: wanted, by, number }: WantedPolicy,
  configured: Configured,
): Promise<Replaced> {
  const { redis, keys } = state;
  const policy = wanted ?? configured.policy;
  const { directories } = configured;
  for (;;) {
    const { raw, value } = parseStored(policyState, keys.policy, await redis.get(keys.policy));
    if (value === null || value.number !== number) return { kind: 'another', number: value?.number ?? null };
    const before = knownPolicy(value) ?? configured.policy;
    if (policyVersion(before, directories) !== value.version) return { kind: 'elsewhere' };
    const isSame = (value.set !== null) === (wanted !== null) && policyChanges(before, policy).length === 0;
    if (isSame) return { kind: 'same' };
    const atMs = Date.now();
    const set = wanted === null ? null : { by, atMs };
    const replaced = await replace(state, { raw, value }, { policy, by, atMs, set, directories });
    if (replaced !== null) return { kind: 'replaced', number: replaced.number };
  }
}

const knownPolicy = ({ written: stored }: PolicyState): Policy | null =>
  stored === null ? null : schema.parse(stored);

interface Next {
  readonly policy: Policy;
  readonly by: string;
  readonly atMs: number;
  readonly set: PolicyState['set'];
  readonly directories: readonly Bases[];
}

/**
 * Puts a policy in the place of the one in force, and everybody on the list of those to plan.
 * @returns its number, and whether it decides otherwise than the one before on who is a leaver; `null` when another has come into force meanwhile
 */
async function replace(
  state: State,
  { raw, value }: { raw: string | null; value: PolicyState | null },
  { policy, by, atMs, set, directories }: Next,
): Promise<{ readonly number: number; readonly isOther: boolean } | null> {
  const { keys } = state;
  const version = policyVersion(policy, directories);
  const number = (value?.number ?? 0) + 1;
  const numbered: NumberedPolicy = {
    number,
    by,
    atMs,
    from: set === null ? 'configuration' : 'set',
    written: storable(policy),
  };
  const isSameRules = value?.version === version;
  const isFirst = value === null && (await state.redis.hlen(keys.links)) === 0;
  const common = { number, written: numbered.written, set };
  const writes = [
    ['HSET', keys.policyHistory, String(number), JSON.stringify(numbered)],
    auditWrite(keys, { ...noted, by, atMs, ...told(value, { version, policy }) }),
  ];
  const { after, people } = isSameRules ? nobody : await everybody(state, directories);
  const next: PolicyState =
    value !== null && isSameRules
      ? { ...value, ...common }
      : {
          ...common,
          version,
          settled: isFirst,
          after,
          firstRun: value?.firstRun ?? (isFirst ? await newFirstRun(state) : null),
        };
  writes.push(['SET', keys.policy, JSON.stringify(next)]);
  if (!isSameRules && !isFirst) writes.push(['HSET', keys.requests, 'full-read', `policy-${version}-${Date.now()}`]);
  const { committed } = await state.commit({ guards: [{ command: ['GET', keys.policy], is: raw }], writes });
  if (!committed) return null;
  // Whoever isn't reached by a crash here is by that full read; and what was planned under the one before isn't sent.
  for (let from = 0; from < people.length; from += touchedAtOnce)
    await state.commit({ guards: [], writes: touch(keys, people.slice(from, from + touchedAtOnce)) });
  return { number, isOther: !isSameRules && !isFirst };
}

const nobody = { after: {}, people: [] };
/** So many people are put on the list of those to plan in one transaction: Redis serves nobody else meanwhile. */
const touchedAtOnce = 1_000;

const noted = { did: 'came into force', of: { kind: 'policy', id: '', name: 'policy' }, source: null } as const;

/** The policy in the form in which it is stored. */
const storable = (policy: Policy): NumberedPolicy['written'] => JSON.parse(JSON.stringify(written(policy)));

/** What the audit trail says: the keys that have changed, or, where the one before isn't known, only that it was another. */
function told(value: PolicyState | null, { version, policy }: { version: string; policy: Policy }) {
  const before = value === null ? null : knownPolicy(value);
  const changes = before === null ? [] : policyChanges(before, policy);
  if (value === null) return { was: null, is: { version, ...storable(policy) } };
  return {
    was: { version: value.version, ...Object.fromEntries(changes.map(({ key, was }) => [key, was])) },
    is: { version, ...Object.fromEntries(changes.map(({ key, is }) => [key, is])) },
  };
}

/** Whoever may be planned otherwise, and the generations of the mirrors that the complete read must be younger than. */
async function everybody(
  state: State,
  directories: readonly Bases[],
): Promise<{ readonly after: Record<string, number>; readonly people: readonly PersonKey[] }> {
  const after: Record<string, number> = {};
  const people = new Set(await linkedPeople(state));
  for (const { id } of directories) {
    after[id] = (await currentGeneration(state, id))?.generation ?? 0;
    for await (const person of mirroredPeople(state, id)) people.add(person);
  }
  return { after, people: [...people] };
}

const newFirstRun = async ({ redis, keys }: State): Promise<PolicyState['firstRun']> =>
  (await redis.hget(keys.requests, 'confirm-first')) === null ? { passed: 0 } : null;
