/** Looking at every end that the connector needs, each by itself and from the ground up: one that is away doesn't hide the others. */
import type { Configuration, DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { type Policy, policyOf, policyState } from '@connector/shared/policy.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { whoMay } from '../access/directory-sign-in.ts';
import { checkDirectory } from './check-directory.ts';
import { checkFederation } from './check-federation.ts';
import { checkLastPass } from './check-lastpass.ts';
import { checkRedis } from './check-redis.ts';
import { checkServices } from './check-services.ts';
import { type Finding, messageOf } from './findings.ts';

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
  let redisAnswers = true;
  for await (const finding of whatever(ends, 'Redis', checkRedis(ends))) {
    redisAnswers &&= finding.grade !== 'failure';
    yield finding;
  }
  let policy = configuration.policy;
  if (redisAnswers)
    try {
      policy = await policyThatCounts(ends);
    } catch (error) {
      yield failureOf(ends, 'Redis', error);
    }
  for (const directory of configuration.directories)
    yield* checkDirectory({
      ...{ directory, policy, signal },
      signInGroups: signInGroups(configuration, directory),
      keyAttribute: configuration.federation?.attribute ?? null,
    });
  yield* whatever(ends, 'LastPass', checkLastPass({ configuration, store, redisAnswers, signal }));
  yield* whatever(ends, 'federation', checkFederation({ configuration, store, policy, redisAnswers, signal }));
  if (redisAnswers) yield* whatever(ends, 'services', checkServices(store, somebody));
}

/** The findings, and what keeps them from being made: Redis may go away at any moment, and the other ends are looked at all the same. */
async function* whatever(
  ends: Ends,
  end: string,
  findings: AsyncIterable<Finding> | Promise<Finding[]>,
): AsyncGenerator<Finding, void, undefined> {
  try {
    yield* findings instanceof Promise ? await findings : findings;
  } catch (error) {
    yield failureOf(ends, end, error);
  }
}

/** @throws the signal's reason */
function failureOf({ explain, signal }: Ends, end: string, error: unknown): Finding {
  signal.throwIfAborted();
  return { grade: 'failure', end, what: 'answer', text: messageOf(explain(error)) };
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
