/** One directory from the ground up: the way to it, the account, what it may, and whom it finds. */
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import type { QueryLimits } from '@connector/active-directory/query-policy.ts';
import type { DirectoryConfiguration } from '@connector/shared/configuration.ts';
import type { Policy } from '@connector/shared/policy.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import { abilityFindings } from './check-abilities.ts';
import { checkKeyAttribute } from './check-key-attribute.ts';
import { checkRights } from './check-rights.ts';
import { checkScope } from './check-scope.ts';
import { lookAtWay } from './check-way.ts';
import { type Finding, messageOf, type What } from './findings.ts';

export interface DirectoryLook {
  readonly directory: DirectoryConfiguration;
  /** The policy that counts. */
  readonly policy: Policy;
  /** The groups whose members sign in to the console, by their key in the configuration. */
  readonly signInGroups: readonly (readonly [key: string, dn: string])[];
  /** Holds each federated user's key; `null`: none does. */
  readonly keyAttribute: string | null;
  readonly signal: AbortSignal;
}

/** What a failure after the way was found is about. */
const whatOf = (error: unknown): What => {
  if (!(error instanceof DirectoryError)) return 'answer';
  if (error.code === 'bind-refused') return 'bind';
  return error.code.startsWith('certificate-') || error.code === 'tls-required' ? 'tls' : 'answer';
};

/** Tells each thing as soon as it is known; what depends on something that failed is left out. */
export async function* checkDirectory(look: DirectoryLook): AsyncGenerator<Finding, void, undefined> {
  const { directory, signal } = look;
  const end = `directory ${directory.id}`;
  const untrusting = { ...directory, tls: { ...directory.tls, caFile: undefined } };
  const way = await lookAtWay({
    ...{ end, signal, options: connectionOptions(untrusting) },
    trust: () => connectionOptions(directory),
  });
  yield* way.findings;
  if (way.urls.length === 0) return;
  const passedOver: Finding[] = [];
  const onMoveOn = (error: DirectoryError) =>
    passedOver.push({ grade: 'warning', end, what: whatOf(error), text: error.message });
  try {
    const options = { ...connectionOptions(directory), urls: way.urls, domain: undefined };
    await using connection = await connectDirectory({ ...options, onMoveOn }, signal);
    yield* passedOver;
    yield await whoIsIn(connection, directory, end);
    const abilities = await connection.abilities();
    yield* abilityFindings(abilities, end, Date.now());
    yield limitsFinding(await connection.limits(), end);
    yield* checkRights(connection, { end, options, lacks: abilities.lacks, signal });
    if (look.keyAttribute !== null)
      yield* checkKeyAttribute(connection, {
        ...{ end, attribute: look.keyAttribute },
        ...{ bindDn: directory.bindDn, userBases: directory.userBases },
      });
    yield* checkScope(connection, { ...look, end, lacks: abilities.lacks });
  } catch (error) {
    signal.throwIfAborted();
    yield { grade: 'failure', end, what: whatOf(error), text: messageOf(error) };
  }
}

async function whoIsIn(
  connection: DirectoryConnection,
  { bindDn }: DirectoryConfiguration,
  end: string,
): Promise<Finding> {
  const { dnsHostName, domainLevel } = await connection.domainController();
  const level = domainLevel === null ? '' : `; the domain has functional level ${domainLevel}`;
  return { grade: 'ok', end, what: 'bind', text: `${dnsHostName} (${connection.url}) lets ${bindDn} in${level}` };
}

/** No limit that a server may have is too low: all is read in parts. */
function limitsFinding(limits: QueryLimits | null, end: string): Finding {
  const told =
    limits && `${limits.maxPageSize ?? 'any number of'} entries and ${limits.maxValRange ?? 'any number of'} values`;
  const text =
    told === null
      ? "its limits aren't for this account to read; whatever they are, more is read in parts"
      : `its limits do (${told} in one answer): more is read in parts`;
  return { grade: 'ok', end, what: 'limits', text };
}
