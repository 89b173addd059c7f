/** Looking at every end that the connector needs, each by itself: one that is away doesn't hide the others. */
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import { deletedObjectsUnreadable } from '@connector/active-directory/deleted-objects.ts';
import type { Configuration, DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { nameOfRedis } from '@connector/shared/redis-target.ts';
import type { Store } from '@connector/shared/store.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import { readPause } from '@connector/sync/requests/steering.ts';
import { whoMay } from '../access/directory-sign-in.ts';
import { clientOf, lastpassReader } from '../lastpass-reader.ts';
import { readServiceStates, serviceProblems } from '../status/service-states.ts';
import { counted, momentText } from '../text/when.ts';
import { abilityFindings } from './check-abilities.ts';
import type { Finding } from './findings.ts';
import { memoryFinding } from './redis-memory.ts';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

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
  const { configuration, signal } = ends;
  const redis = await checkRedis(ends);
  yield redis;
  if (redis.grade === 'ok') yield memoryFinding(await ends.store.redis.info(), redis.end);
  for (const directory of configuration.directories)
    yield* checkDirectory(directory, { groups: signInGroups(configuration, directory), signal });
  yield await checkLastPass(ends, redis);
  if (redis.grade === 'ok') yield* checkServices(ends);
}

async function checkRedis({ store, configuration, explain }: Ends): Promise<Finding> {
  const end = 'Redis';
  try {
    await store.check();
    return { grade: 'ok', end, text: `${nameOfRedis(configuration.redis)} answers, and keeps what it is given` };
  } catch (error) {
    return { grade: 'failure', end, text: messageOf(explain(error)) };
  }
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

async function* checkDirectory(
  directory: DirectoryConfiguration,
  { groups, signal }: { groups: readonly [key: string, dn: string][]; signal: AbortSignal },
): AsyncGenerator<Finding, void, undefined> {
  const end = `directory ${directory.id}`;
  const passedOver: string[] = [];
  const onMoveOn = ({ message }: Error) => passedOver.push(message);
  try {
    await using connection = await connectDirectory({ ...connectionOptions(directory), onMoveOn }, signal);
    for (const text of passedOver) yield { grade: 'warning', end, text };
    const { dnsHostName, domainLevel } = await connection.domainController();
    const level = domainLevel === null ? '' : `; the domain has functional level ${domainLevel}`;
    yield { grade: 'ok', end, text: `${dnsHostName} (${connection.url}) lets ${directory.bindDn} in${level}` };
    yield* abilityFindings(await connection.abilities(), end, Date.now());
    yield await checkRights(connection, directory, end);
    for (const key of ['userBases', 'groupBases'] as const)
      for (const dn of directory[key]) yield await checkObject(connection, { key, dn, end });
    for (const [key, dn] of groups) yield await checkObject(connection, { key, dn, end });
  } catch (error) {
    yield { grade: 'failure', end, text: messageOf(error) };
  }
}

async function checkRights(
  connection: DirectoryConnection,
  { bindDn }: DirectoryConfiguration,
  end: string,
): Promise<Finding> {
  return (await connection.canReadDeletedObjects())
    ? { grade: 'ok', end, text: 'deletions are to be seen (the right to read Deleted Objects)' }
    : { grade: 'failure', end, text: deletedObjectsUnreadable(bindDn, connection.namingContext).message };
}

async function checkObject(
  connection: DirectoryConnection,
  { key, dn, end }: { key: string; dn: string; end: string },
): Promise<Finding> {
  try {
    await connection.resolveGuid(dn);
    return { grade: 'ok', end, text: `${key}: ${dn} is there` };
  } catch (error) {
    return { grade: 'failure', end, text: `${key}: ${messageOf(error)}` };
  }
}

async function checkLastPass(ends: Ends, redis: Finding): Promise<Finding> {
  const { configuration, signal } = ends;
  const { apiUrl } = configuration.lastpass;
  const end = 'LastPass';
  try {
    const client = redis.grade === 'ok' ? await lastpassReader(ends) : clientOf(configuration);
    const { total } = await client.readAccounts({ pageIndex: 0, pageSize: 1 }, signal);
    return {
      grade: 'ok',
      end,
      text: `${new URL(apiUrl).host} takes cid and provhash; ${counted(total, 'account', 'accounts')}`,
    };
  } catch (error) {
    return { grade: 'failure', end, text: messageOf(error) };
  }
}

async function* checkServices({ store, somebody }: Ends): AsyncGenerator<Finding, void, undefined> {
  const end = 'services';
  const problems = serviceProblems(await readServiceStates(store, Date.now()));
  for (const text of problems) yield { grade: 'warning', end, text };
  const pause = await readPause(store);
  if (pause !== null)
    yield {
      grade: 'warning',
      end,
      text: `${somebody ?? pause.by} paused all deliveries at ${momentText(pause.atMs)}: "connector resume"`,
    };
  if (problems.length === 0) yield { grade: 'ok', end, text: 'watcher, reconciler and pusher are ready' };
}
