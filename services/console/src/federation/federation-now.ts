/** How federated log-in stands: what is configured, who is federated, and, where that is asked for, whether each one's K1 still fits. */
import { KeyFileError, readCompanyKey } from '@connector/federation/company-key-file.ts';
import { type FragmentId, fragmentIdOf } from '@connector/federation/derived.ts';
import { HttpKeyRegistrar } from '@connector/federation/http-key-registrar.ts';
import { type KeyRegistrar, RegistrarError } from '@connector/federation/key-registrar.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { type FederatedBy, link, setAside } from '@connector/shared/plan.ts';
import type { FederationMode } from '@connector/shared/policy.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { readCompanyKeyInUse } from '@connector/sync/federation/company-key-in-use.ts';
import { countingPolicy } from '@connector/sync/plan/policy-in-force.ts';
import { hashParts } from '../hash-parts.ts';
import type { Session } from '../session.ts';

/** The company's key, as this machine has it. */
export interface CompanyKeyNow {
  readonly file: string;
  /** Which one it is to be, as configured. */
  readonly configured: string | null;
  /** `null`: it can't be read here. */
  readonly fragmentId: FragmentId | null;
  /** Why it can't be; `null` where it can. */
  readonly problem: string | null;
  /** Fragment id of the one that people are provisioned with; `null`: nobody is yet. */
  readonly inUse: string | null;
}

/** Somebody whose key isn't as it should be, or isn't registered yet, and why. */
export interface Troubled {
  readonly person: PersonKey;
  readonly username: string;
  readonly problem: string | null;
}

/** The key registrar, as it answers this machine. */
export interface RegistrarNow {
  readonly host: string;
  /** Why it doesn't let us in; `null`: it does. */
  readonly problem: string | null;
}

export interface FederationNow {
  readonly mode: FederationMode;
  /** `null`: none is configured. */
  readonly registrar: RegistrarNow | null;
  /** `null`: none is configured. */
  readonly companyKey: CompanyKeyNow | null;
  /** How many people are federated by which K1. */
  readonly federated: Readonly<Record<FederatedBy, number>>;
  /** Those for whom it is asked for, with what stands in their way. */
  readonly waiting: readonly Troubled[];
}

/** A name that nobody has: RFC 2606. */
const nobody = 'nobody@connector.invalid';

export const registrarOf = ({ federation }: Session['configuration']): KeyRegistrar | null =>
  federation?.registrar === undefined ? null : new HttpKeyRegistrar(federation.registrar);

/** Looks at everything but at single keys. */
export async function readFederation({ store, configuration }: Session, signal: AbortSignal): Promise<FederationNow> {
  const { policy } = await countingPolicy(store, configuration.policy);
  return {
    mode: policy.federation,
    registrar: await registrarNow(configuration, signal),
    companyKey: await companyKeyNow({ store, configuration }),
    ...(await readFederated(store)),
  };
}

export async function registrarNow(
  configuration: Session['configuration'],
  signal: AbortSignal,
): Promise<RegistrarNow | null> {
  const registrar = registrarOf(configuration);
  if (registrar === null || configuration.federation?.registrar === undefined) return null;
  const { host } = new URL(configuration.federation.registrar.url);
  try {
    (await registrar.registered(nobody, { signal }))?.k2[Symbol.dispose]();
    return { host, problem: null };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RegistrarError)) throw error;
    return { host, problem: error.message };
  }
}

export async function companyKeyNow({
  store,
  configuration,
}: Pick<Session, 'store' | 'configuration'>): Promise<CompanyKeyNow | null> {
  const { companyKeyFile: file, companyKeyFragmentId: configured = null } = configuration.federation ?? {};
  if (file === undefined) return null;
  const inUse = await readCompanyKeyInUse(store);
  try {
    using k1 = await readCompanyKey(file);
    return { file, configured, fragmentId: fragmentIdOf(k1), problem: null, inUse };
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    return { file, configured, fragmentId: null, problem: error.message, inUse };
  }
}

/** Why the company's key here is none to provision anybody with; `null`: it is, as far as can be told. */
export function wrongKey({ fragmentId, configured, inUse }: CompanyKeyNow): string | null {
  if (fragmentId !== null && configured !== null && fragmentId !== configured)
    return `federation.companyKeyFile holds another key (fragment id ${fragmentId}) than federation.companyKeyFragmentId names (${configured}): put that one back from its copy`;
  const wanted = configured ?? fragmentId;
  if (wanted === null || inUse === null || wanted === inUse) return null;
  return `the configured company key (fragment id ${wanted}) isn't the one that people are provisioned with (${inUse}): put that one back from its copy, for no other opens their vaults`;
}

/** Who is federated, and who is to be. */
export async function readFederated({ redis, keys }: Store): Promise<Pick<FederationNow, 'federated' | 'waiting'>> {
  const federated = { companyKey: 0, userKey: 0 };
  const waiting: Troubled[] = [];
  for await (const part of hashParts(redis, keys.links)) {
    for (const [person, raw] of part) {
      const current = parseStored(link, keys.links, raw).value;
      if (current?.federated !== undefined) federated[current.federated]++;
      else if (current?.federating !== undefined) {
        const aside = parseStored(setAside, keys.setAside, await redis.hget(keys.setAside, person)).value;
        waiting.push({ person, username: current.username, problem: aside?.reason ?? null });
      }
    }
  }
  return { federated, waiting };
}
