/** What the account may that reads a directory: no more is looked for than the watcher needs. */
import type { DirectoryConnection } from '@connector/active-directory/connection.ts';
import { deletedObjectsUnreadable } from '@connector/active-directory/deleted-objects.ts';
import type { DirectoryOptions } from '@connector/active-directory/directory-options.ts';
import { changesRefused } from '@connector/active-directory/dirsync-right.ts';
import type { Abilities } from '@connector/active-directory/domain-controller.ts';
import { watchForChanges } from '@connector/active-directory/doorbell.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { type Finding, messageOf } from './findings.ts';

interface RightsLook {
  readonly end: string;
  readonly options: DirectoryOptions;
  /** What the server can't do needn't be tried. */
  readonly lacks: Abilities['lacks'];
  readonly signal: AbortSignal;
}

export async function* checkRights(
  connection: DirectoryConnection,
  { end, options, lacks, signal }: RightsLook,
): AsyncGenerator<Finding, void, undefined> {
  const { namingContext, url } = connection;
  const { bindDn } = options;
  const refused = async (toTell: typeof changesRefused) =>
    toTell(bindDn, namingContext, await connection.trusteeOf(bindDn)).message;
  if (!lacks.includes('dirSync'))
    yield (await connection.mayFollowChanges())
      ? { grade: 'ok', end, what: 'dirsync', text: 'changes are to be had (DirSync)' }
      : { grade: 'failure', end, what: 'dirsync', text: await refused(changesRefused) };
  if (!lacks.includes('showDeleted'))
    yield (await connection.canReadDeletedObjects())
      ? { grade: 'ok', end, what: 'deletions', text: 'deletions are to be seen (the right to read Deleted Objects)' }
      : { grade: 'failure', end, what: 'deletions', text: await refused(deletedObjectsUnreadable) };
  if (!lacks.includes('notification')) yield await checkNotifications({ ...options, urls: [url] }, { end, signal });
}

/** Without them everything works all the same, a little later. */
async function checkNotifications(
  options: DirectoryOptions,
  { end, signal }: { end: string; signal: AbortSignal },
): Promise<Finding> {
  try {
    const ignored = { onRing: () => undefined, onEnd: () => undefined };
    await (await watchForChanges(options, ignored, signal)).close();
    return { grade: 'ok', end, what: 'notifications', text: 'the server tells at once when something has changed' };
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error;
    const text = `${messageOf(error)}; until then changes are found within a minute, and not at once`;
    return { grade: 'warning', end, what: 'notifications', text };
  }
}
