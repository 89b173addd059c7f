/** Federated log-in: whether the key registrar is there and lets us in, and whether the company's key is the one that people have. */
import type { Policy } from '@connector/shared/policy.ts';
import { type CompanyKeyNow, companyKeyNow, isAnotherKey, registrarNow } from '../federation/federation-now.ts';
import type { Session } from '../session.ts';
import type { Finding } from './findings.ts';

const end = 'federation';

interface FederationLook extends Pick<Session, 'configuration' | 'store'> {
  /** The policy that counts. */
  readonly policy: Pick<Policy, 'federation'>;
  /** Which company key is in use is asked of it. */
  readonly redisAnswers: boolean;
  readonly signal: AbortSignal;
}

/** Nothing where nothing of it is configured. Of the registrar somebody is asked for whom nobody has. */
export async function* checkFederation(look: FederationLook): AsyncGenerator<Finding, void, undefined> {
  const { configuration, store, policy, redisAnswers, signal } = look;
  const registrar = await registrarNow(configuration, signal);
  if (registrar !== null) {
    const { host, problem } = registrar;
    const text = problem ?? `the key registrar at ${host} answers, and lets us in`;
    yield { grade: problem === null ? 'ok' : 'failure', end, what: 'registrar', text };
  }
  const key = redisAnswers ? await companyKeyNow({ configuration, store }) : null;
  if (key !== null) yield keyFinding(key, policy);
}

function keyFinding(key: CompanyKeyNow, { federation }: Pick<Policy, 'federation'>): Finding {
  const about = { end, what: 'company-key' } as const;
  const { fragmentId, inUse, problem } = key;
  if (problem !== null) {
    const grade = federation === 'companyKey' ? 'warning' : 'ok';
    return { ...about, grade, text: `${problem}; here it needn't be, as only the pusher reads it` };
  }
  if (isAnotherKey(key))
    return {
      ...about,
      grade: 'failure',
      text: `federation.companyKeyFile holds another key (fragment id ${fragmentId}) than people are provisioned with (${inUse}): put that one back from its copy, for no other opens their vaults`,
    };
  const use = inUse === null ? 'nobody is provisioned with it yet' : 'the one that people are provisioned with';
  return { ...about, grade: 'ok', text: `the company's key has the fragment id ${fragmentId}, ${use}` };
}
