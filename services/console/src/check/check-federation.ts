/** Federated log-in: whether the key registrar is there and lets us in, and whether the company's key is the one that people have. */
import type { Policy } from '@connector/shared/policy.ts';
import {
  type CompanyKeyNow,
  companyKeyNow,
  readFederated,
  registrarNow,
  wrongKey,
} from '../federation/federation-now.ts';
import type { Session } from '../session.ts';
import { counted } from '../text/when.ts';
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
  if (registrar === null && redisAnswers) yield* unaskedFindings(store);
  const key = redisAnswers ? await companyKeyNow({ configuration, store }) : null;
  if (key !== null) yield keyFinding(key, policy);
}

/** Whom Redis forgets to be federated, only a registrar knows. */
async function* unaskedFindings(store: Session['store']): AsyncGenerator<Finding, void, undefined> {
  const { companyKey, userKey } = (await readFederated(store)).federated;
  const text = `no key registrar is configured, and ${counted(companyKey + userKey, 'person is', 'people are')} federated: leave federation.registrar where it was, for it alone knows them should Redis forget`;
  if (companyKey + userKey > 0) yield { grade: 'warning', end, what: 'registrar', text };
}

function keyFinding(key: CompanyKeyNow, { federation }: Pick<Policy, 'federation'>): Finding {
  const about = { end, what: 'company-key' } as const;
  const { fragmentId, inUse, problem } = key;
  const wrong = wrongKey(key);
  if (wrong !== null) return { ...about, grade: 'failure', text: wrong };
  if (problem !== null) {
    const grade = federation === 'companyKey' ? 'warning' : 'ok';
    return { ...about, grade, text: `${problem}; here it needn't be, as only the pusher reads it` };
  }
  const use = inUse === null ? 'nobody is provisioned with it yet' : 'the one that people are provisioned with';
  return { ...about, grade: 'ok', text: `the company's key has the fragment id ${fragmentId}, ${use}` };
}
