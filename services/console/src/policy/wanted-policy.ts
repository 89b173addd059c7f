/** Which policy somebody wants, however they say it. */
import { type Configuration, PolicyRefused, parsePolicy } from '@connector/shared/configuration.ts';
import { federationProblems } from '@connector/shared/federation-settings.ts';
import { type NumberedPolicy, type Policy, policy as schema, written } from '@connector/shared/policy.ts';

export type Wanted =
  /** Some keys otherwise than now, as a configuration has them. */
  | { readonly kind: 'keys'; readonly keys: Readonly<Record<string, unknown>> }
  /** One that was in force before, by its number. */
  | { readonly kind: 'number'; readonly number: number }
  /** The configured one, which counts again from then on. */
  | { readonly kind: 'configured' };

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Known {
  /** The policy that counts. */
  readonly now: Policy;
  readonly history: readonly NumberedPolicy[];
  readonly configuration: Pick<Configuration, 'federation' | 'directories'>;
}

/**
 * The policy that is wanted; `null`: the configured one.
 * @throws PolicyRefused, also where the configuration lacks what it needs
 */
export function wantedPolicy(wanted: Wanted, { configuration, ...known }: Known): Policy | null {
  const policy = policyFor(wanted, known);
  const missing = policy === null ? [] : federationProblems(policy, configuration);
  if (missing.length > 0)
    throw new PolicyRefused(missing.map(({ path, message }) => `${path.join('.')} of the configuration: ${message}`));
  return policy;
}

function policyFor(wanted: Wanted, { now, history }: Omit<Known, 'configuration'>): Policy | null {
  if (wanted.kind === 'configured') return null;
  if (wanted.kind === 'keys') {
    const { guard, ...rest } = wanted.keys;
    const limits = isGroup(guard) ? { ...now.guard, ...guard } : guard === undefined ? now.guard : guard;
    return parsePolicy({ ...written(now), ...rest, guard: limits });
  }
  const found = history.find(({ number }) => number === wanted.number);
  if (found === undefined)
    throw new PolicyRefused([`there is no policy ${wanted.number}: see "connector policy history"`]);
  return schema.parse(found.written);
}
