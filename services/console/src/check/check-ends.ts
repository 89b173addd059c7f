/** Looking at every end that the connector needs, each by itself and from the ground up: one that is away doesn't hide the others. */
import type { Configuration, DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { type Policy, policyOf, policyState } from '@connector/shared/policy.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { whoMay } from '../access/directory-sign-in.ts';
import { checkDirectory } from './check-directory.ts';
import { checkLastPass } from './check-lastpass.ts';
import { checkRedis } from './check-redis.ts';
import { checkServices } from './check-services.ts';
import type { Finding } from './findings.ts';

export interface Ends {
  readonly configuration: Configuration;
  readonly store: Store;
  /** What a failure of Redis means. */
  readonly explain: (error: unknown) => unknown;
  readonly signal: AbortSignal;
  /** Stands for whoever has paused all deliveries, where that isn't to be told. */
  readonly somebody?: string;
}

/** Looks at everything, and tells each thing as soon as it is known. */
export async function* checkEnds(ends: Ends): AsyncGenerator<Finding, void, undefined> {
  const { configuration, store, signal, somebody } = ends;
  const redis = await checkRedis(ends);
  yield* redis;
  const redisAnswers = redis.every(({ grade }) => grade !== 'failure');
  const policy = redisAnswers ? await policyThatCounts(ends) : configuration.policy;
  for (const directory of configuration.directories)
    yield* checkDirectory({ directory, policy, signInGroups: signInGroups(configuration, directory), signal });
  yield* checkLastPass({ configuration, store, redisAnswers, signal });
  if (redisAnswers) yield* await checkServices(store, somebody);
}

async function policyThatCounts({ configuration, store: { redis, keys } }: Ends): Promise<Policy> {
  return policyOf(parseStored(policyState, keys.policy, await redis.get(keys.policy)).value, configuration.policy);
}

/** The groups of a directory whose members sign in to the console, by their key in the configuration. */
function signInGroups(configuration: Configuration, { id }: DirectoryConfiguration): [key: string, dn: string][] {
  const may = whoMay(configuration);
  if (may?.directory.id !== id) return [];
  const { administrators, viewers } = may;
  return [
    ['console.signIn.administrators', administrators],
    ...(viewers === undefined ? [] : [['console.signIn.viewers', viewers] satisfies [string, string]]),
  ];
}
