/** The watcher: one active reader for each directory, others standing by. */
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { watchForChanges } from '@connector/active-directory/doorbell.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import type { DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { every, pause } from '@connector/shared/every.ts';
import { ringerOf } from '@connector/shared/queues.ts';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import type { Running, Service } from '@connector/shared/service.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import { Bell } from './bell.ts';
import { ChangeLog, Fenced } from './change-log.ts';
import { ControllerChoice } from './controller-choice.ts';
import { type Lease, renewEveryMs, takeLease } from './lease.ts';
import { watcherMetrics } from './metrics.ts';
import { refusedAdvice, SignInRest } from './refusals.ts';
import { Watch } from './watch-directory.ts';

/** How long a watcher that stands by waits before it asks for the lease again, ms. */
const standByMs = 1_000;
const firstRetryMs = 250;
const longestRetryMs = 10_000;

interface Watching {
  readonly directory: DirectoryConfiguration;
  readonly lease: Lease;
  readonly choice: ControllerChoice;
  readonly rest: SignInRest;
  /** Called when the directory has been read up to now. */
  readonly solved: () => void;
}

export async function startWatcher(service: Service): Promise<Running> {
  const { store, configuration, log, readiness, signal, metrics, instance } = service;
  const told = watcherMetrics(
    metrics,
    configuration.directories.map(({ id }) => id),
  );
  const ringer = ringerOf('directory-changes', { target: configuration.redis, prefix: store.keys.queues });

  /** Reads a directory as the active watcher, until the lease or a connection is lost or the service ends. */
  const watchWith = async ({ directory, lease, choice, rest, solved }: Watching) => {
    const { id } = directory;
    const ended = new AbortController();
    const inner = AbortSignal.any([signal, ended.signal]);
    const bell = new Bell();
    let failure: Error | undefined;
    const fail = (error: Error) => {
      failure ??= error;
      ended.abort();
      bell.ring();
    };
    const wake = () => bell.ring();
    signal.addEventListener('abort', wake);
    const renewing = every({ pauseMs: renewEveryMs, signal: inner, onError: fail }, async () => {
      if (!(await lease.renew())) fail(new Fenced(`another watcher of ${id} is active`));
    });
    try {
      const changeLog = await ChangeLog.open(store, lease, id);
      const options = connectionOptions(directory);
      const preferences = choice.preferences(changeLog.cursor.url);
      const failed = ({ code }: DirectoryError) => told.connections.inc({ directory: id, outcome: code });
      const onMoveOn = (error: DirectoryError) => {
        failed(error);
        log.warn({ directory: id }, `${error.message}; the next domain controller is tried`);
      };
      told.reading.began({ directory: id });
      const connection = await connectDirectory({ ...options, ...preferences, onMoveOn }, inner).catch(
        (error: Error) => {
          if (error instanceof DirectoryError) failed(error);
          throw error;
        },
      );
      told.connections.inc({ directory: id, outcome: 'ok' });
      choice.chosen();
      const { url } = connection;
      const connectedAtMs = performance.now();
      log.info({ directory: id, url }, `${id} is read from ${url}`);
      void connection.ended.then((reason) => !inner.aborted && fail(reason));
      try {
        await rest.taken();
        await watchForChanges(
          { ...options, urls: [url], domain: undefined },
          { onRing: () => bell.ring(), onEnd: (reason) => !inner.aborted && fail(reason) },
          inner,
        );
        const watch = new Watch({
          directory,
          store,
          log: changeLog,
          logger: log,
          connection,
          mayChooseAgain: () => !connection.isFirstChoice && choice.mayChooseFreely(performance.now()),
          bell,
          fullReadEveryMs: configuration.sync.fullReadEvery,
          ring: () => ringer.ring({ directory: id }),
          onReading: () => told.reading.began({ directory: id }),
          onCaughtUp: () => {
            told.reading.succeeded({ directory: id });
            solved();
          },
          onBases: (problem) =>
            problem === null ? readiness.solved(`bases-${id}`) : readiness.problem(`bases-${id}`, problem),
          onChanges: (count) => told.changes.inc({ directory: id }, count),
          signal: inner,
        });
        if ((await watch.run()) === 'choose again') choice.chooseFreely(performance.now());
        if (failure) throw failure;
      } catch (error) {
        ended.abort(); // so that the end that we make now isn't taken for a failure
        if ((failure ?? error) instanceof DirectoryError) {
          told.lost.inc({ directory: id });
          choice.failed(url, { afterMs: performance.now() - connectedAtMs });
        }
        throw error;
      } finally {
        await connection.close();
      }
    } catch (error) {
      throw failure ?? error; // what broke first, not what broke by it
    } finally {
      ended.abort();
      signal.removeEventListener('abort', wake);
      await renewing;
    }
  };

  /** Watches as the active watcher; while nobody may sign in after a refusal, its own or another's, it is active and does nothing. */
  const watchActively = async (watching: Watching) => {
    const { directory, lease, rest } = watching;
    const problem = `directory-${directory.id}`;
    if ((await rest.leftMs()) > 0 && !readiness.has(problem))
      readiness.problem(problem, refusedBefore(directory) + refusedAdvice({ countsTowardsLockOut: true }));
    if (!(await rest.sitOut(lease, signal))) return;
    try {
      await watchWith(watching);
    } catch (error) {
      if (!(error instanceof DirectoryError && error.code === 'bind-refused')) throw error;
      readiness.problem(problem, error.message + refusedAdvice(error));
      await rest.refused(error);
      await rest.sitOut(lease, signal);
    }
  };

  const watchDirectory = async (directory: DirectoryConfiguration) => {
    const { id } = directory;
    const choice = new ControllerChoice();
    const rest = new SignInRest(store, id);
    let failures = 0;
    const solved = () => {
      failures = 0;
      readiness.solved(`directory-${id}`);
    };
    while (!signal.aborted) {
      try {
        const lease = await takeLease(store, id, instance);
        if (lease === null) {
          solved(); // standing by is this replica's job now
          readiness.solved(`bases-${id}`); // the active one tells
          await pause(standByMs, signal);
          continue;
        }
        told.active.set({ directory: id }, 1);
        log.info({ directory: id }, `this is the active watcher of ${id}`);
        try {
          await watchActively({ directory, lease, choice, rest, solved });
        } finally {
          told.active.set({ directory: id }, 0);
          await lease.release();
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Fenced) log.warn(error.message);
        else if (!isRedisTrouble(error as Error)) readiness.problem(`directory-${id}`, (error as Error).message);
        await pause(retryAfterMs(error as Error, failures++), signal);
      }
    }
  };

  for (const { id } of configuration.directories)
    readiness.notYet(`directory-${id}`, `the directory ${id} wasn't read yet`);
  const watching = configuration.directories.map(watchDirectory);
  return {
    close: async () => {
      await Promise.all(watching);
      await ringer.close();
    },
  };
}

/** What is told where a watcher was refused that isn't the active one any more. */
const refusedBefore = ({ id, bindDn }: DirectoryConfiguration): string =>
  `${id} refuses the account ${bindDn}, as another watcher has found: check bindDn and bindPassword`;

function retryAfterMs(error: Error, failures: number): number {
  if (isRedisTrouble(error)) return standByMs; // its coming back is looked for anyway
  return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 20));
}
