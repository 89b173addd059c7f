/** A command's own way to LastPass, for reading. */
import { LastPassClient } from '@connector/lastpass/client.ts';
import type { Configuration } from '@connector/shared/configuration.ts';
import { credentialsDigest } from '@connector/shared/credentials.ts';
import { alarm } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { Session } from './session.ts';

/** LastPass refuses the credentials, as the pushers have found out: nothing burns them on. */
export class CredentialsRefused extends Error {
  override readonly name = 'CredentialsRefused';
  readonly code = 'CREDENTIALS_REFUSED';
}

/**
 * A client with the configured credentials.
 * @throws CredentialsRefused while LastPass is known to refuse them
 */
export async function lastpassReader({
  store,
  configuration,
}: Pick<Session, 'store' | 'configuration'>): Promise<LastPassClient> {
  const { cid, provhash } = configuration.lastpass;
  const { keys, redis } = store;
  const raised = parseStored(
    alarm,
    keys.alarms,
    await redis.hget(keys.alarms, credentialsDigest({ cid, provhash })),
  ).value;
  if (raised !== null && raised.tryAgainAtMs > Date.now()) throw new CredentialsRefused(raised.message);
  return clientOf(configuration);
}

export const clientOf = ({ lastpass: { apiUrl, cid, provhash, proxy } }: Configuration): LastPassClient =>
  new LastPassClient({ apiUrl, cid, provhash, proxy });
