/**
 * Watching one directory, as the active watcher: registered for change notifications first, then reading what changed
 * since the cookie, at every ring and every minute anyway; and reading everything when it is due.
 */
import type { DirectoryConnection } from '@connector/active-directory/connection.ts';
import { deletedObjectsUnreadable } from '@connector/active-directory/deleted-objects.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { changeId, loggedChanges, loggedPeople, tracedChanges } from '@connector/shared/change-id.ts';
import type { DirectoryConfiguration } from '@connector/shared/configuration.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import type { LogEntry } from '@connector/shared/directory-state.ts';
import { pause } from '@connector/shared/every.ts';
import { basesVersion } from '@connector/shared/policy.ts';
import { isDueAgain } from '@connector/shared/schedule.ts';
import type { Store } from '@connector/shared/store.ts';
import { tellSpan, traced } from '@connector/shared/tracing.ts';
import { type Resolution, readUnder, resolveBases, withNamedRoot } from '@connector/sync/directory/bases.ts';
import { type Controller, isContinuous } from '@connector/sync/directory/continuity.ts';
import { FullRead, pageSize } from '@connector/sync/directory/full-read.ts';
import type { Logger } from 'pino';
import type { Bell } from './bell.ts';
import type { ChangeLog } from './change-log.ts';

/** Changes are read at least so often, whether the bell rang or not: a notification isn't guaranteed (MS-ADTS 3.1.1.3.4.1.9). */
const pollEveryMs = 60_000;
/** A burst of changes gathers for so long before it is read. */
const gatherMs = 15;
/** How often requests and lookups are looked for. */
const tickMs = 500;
/** How long a full read that waits for the reconcilers rests. */
const restMs = 20;

export interface WatchOptions {
  readonly directory: DirectoryConfiguration;
  readonly store: Store;
  readonly log: ChangeLog;
  readonly logger: Logger;
  readonly connection: DirectoryConnection;
  /** Whether another domain controller would be a better choice, as far as is known. */
  readonly mayChooseAgain: () => boolean;
  readonly bell: Bell;
  readonly fullReadEveryMs: number;
  /** Rings the reconcilers. */
  readonly ring: () => Promise<void>;
  /** Told before every round. */
  readonly onReading: () => void;
  /** Told after every complete round. */
  readonly onCaughtUp: () => void;
  readonly onChanges: (count: number) => void;
  /** Told which configured bases aren't there, and `null` when all are. */
  readonly onBases: (problem: string | null) => void;
  readonly signal: AbortSignal;
}

export class Watch {
  readonly #options: WatchOptions;
  readonly #basesVersion: string;
  #reading: FullRead | null = null;
  #readingSinceMs = 0;
  /** By a clock that nobody sets, ms. */
  #polledAtMs = Number.NEGATIVE_INFINITY;
  /** Bases that weren't there, and the request for a full read as it was then: the next attempt waits, or a new request. */
  #putOff: { readonly untilMs: number; readonly request: string | null } | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#basesVersion = basesVersion(options.directory);
  }

  /**
   * Watches until the signal is given, or until everything is to be read again, which a better domain controller could do.
   * @throws DirectoryError, Fenced, or what Redis throws
   */
  async run(): Promise<'stopped' | 'choose again'> {
    const { bell, signal } = this.#options;
    bell.ring(); // whatever happened before the registration is read at once
    while (!signal.aborted) {
      const { asked, request, lookups } = await this.#outstanding();
      const isAsked = asked !== null && asked !== this.#options.log.cursor.answeredChanges;
      const polls = isAsked || performance.now() - this.#polledAtMs >= pollEveryMs;
      if (bell.answer() || polls) {
        await pause(gatherMs, signal);
        bell.answer();
        await this.#reading?.settle();
        await this.#readChanges({ polls, asked });
      }
      if (this.#reading === null && (await this.#beginIfDue(request)) === 'choose again') return 'choose again';
      const progressed =
        this.#reading === null ? lookups > 0 && (await this.#lookUp()) : await this.#stepOn(this.#reading);
      if (!progressed) await bell.wait(this.#reading === null ? tickMs : restMs);
    }
    return 'stopped';
  }

  #isContinuous(controller: Controller): boolean {
    const { connection, log } = this.#options;
    return isContinuous(log.cursor, { connection, controller });
  }

  /** @param asked the request that this answers */
  async #readChanges({ polls, asked }: { polls: boolean; asked: string | null }): Promise<void> {
    const { connection, directory, log, onReading, onCaughtUp, onChanges, ring } = this.#options;
    onReading();
    if (polls) await this.#checkRights();
    const controller = await connection.domainController();
    if (!this.#isContinuous(controller)) return this.#begin({ controller, elsewhere: log.cursor.cookie !== null });
    const place = { dnsHostName: controller.dnsHostName, usn: String(controller.highestCommittedUsn) };
    try {
      for await (const { changes, cookie, more } of connection.changesSince(
        Buffer.from(log.cursor.cookie ?? '', 'base64'),
      )) {
        const entries = inPages(this.#prepare(changes), !more);
        this.#options.logger.debug({ objects: changes.length, more, ...place }, 'changes were read');
        const isNews = changes.length > 0 || log.cursor.caughtUp === more;
        // The place up to which an answer was read is kept with its last part: read again, the others do no harm.
        const upTo = cookie === null ? {} : { ...place, cookie: cookie.toString('base64') };
        const after = { ...upTo, caughtUp: !more, ...(more ? {} : { answeredChanges: asked }) };
        if (!isNews) {
          if (polls) await log.append([], after);
          continue;
        }
        const attributes = { 'connector.directory': directory.id, 'connector.objects': changes.length };
        await traced('append changes', { attributes }, async () => {
          await log.append(entries, after);
          tellSpan(tracedChanges(this.#newest(entries.length)));
          await ring();
        });
        if (changes.length === 0) continue;
        onChanges(changes.length);
        this.#tellOf(changes, entries.length);
      }
    } catch (error) {
      if (!(error instanceof DirectoryError && error.code === 'cookie-refused')) throw error;
      this.#options.logger.warn('the domain controller refuses the cookie: everything is read again');
      await this.#begin({ controller, refused: true });
      return;
    }
    if (polls) this.#polledAtMs = performance.now();
    onCaughtUp();
  }

  /** The names of the newest entries of the change log. */
  #newest(entries: number): string[] {
    const { directory, log } = this.#options;
    const { sequence } = log.cursor;
    return Array.from({ length: entries }, (_, index) => changeId(directory.id, sequence - entries + 1 + index));
  }

  /** Tells which objects were read, and as which changes they are to be followed from here. */
  #tellOf(changes: readonly DirectoryChange[], entries: number): void {
    const { directory, logger } = this.#options;
    const ids = this.#newest(entries);
    const { who, people: objects } = loggedPeople(changes.map(({ guid }) => guid));
    logger.info({ directory: directory.id, ...loggedChanges(ids), who, objects }, 'changes were read');
  }

  /** @throws DirectoryError when deletions can't be seen: reading on would miss them for good */
  async #checkRights(): Promise<void> {
    const { connection, directory } = this.#options;
    if (await connection.canReadDeletedObjects()) return;
    const { bindDn } = directory;
    throw deletedObjectsUnreadable(bindDn, connection.namingContext, await connection.trusteeOf(bindDn));
  }

  /** @param request the newest one for a full read */
  async #beginIfDue(request: string | null): Promise<'choose again' | null> {
    const { log, directory, fullReadEveryMs, connection, mayChooseAgain } = this.#options;
    const { cursor } = log;
    const isIncomplete = cursor.completed !== cursor.generation || cursor.completed === 0;
    const isOld =
      isIncomplete ||
      isDueAgain({ lastMs: cursor.completedAtMs, everyMs: fullReadEveryMs, nowMs: Date.now() }) ||
      (request !== null && request !== cursor.answered);
    const isDue = isOld || cursor.basesVersion !== this.#basesVersion;
    const isPutOff =
      this.#putOff !== null && performance.now() < this.#putOff.untilMs && request === this.#putOff.request;
    if (!isDue || isPutOff) return null;
    if (!isIncomplete && mayChooseAgain()) return 'choose again';
    const resolution = await this.#resolveBases();
    if (resolution.problem !== null) {
      this.#putOff = { untilMs: performance.now() + pollEveryMs, request };
      // A base of the read in use that was renamed or deleted is known by its objectGUID there, and only there.
      const { basesVersion: before } = cursor;
      if (before === readUnder(resolution.bases) && !isOld) return null;
      // A frozen mirror is no read in use to go on with: leavers would keep their access until somebody mends the base.
      if (before === this.#basesVersion && !(await log.isFrozen())) return null;
    }
    const controller = await connection.domainController();
    this.#options.logger.info({ directory: directory.id }, `a full read of ${directory.id} begins`);
    const elsewhere = cursor.cookie !== null && !this.#isContinuous(controller);
    await this.#begin({ controller, elsewhere, resolution });
    return null;
  }

  /**
   * A mistyped base must keep neither leavers from being read nor others from joining: who lies under none of the others is
   * held. At the very first there is nothing to go on with, and nobody to hold.
   * @throws DirectoryError base-not-found, at the very first
   */
  async #resolveBases(): Promise<Resolution> {
    const { connection, directory, log, onBases } = this.#options;
    const resolution = await resolveBases(connection, directory);
    if (resolution.problem !== null && log.cursor.completed === 0) throw resolution.problem;
    onBases(resolution.problem?.message ?? null);
    return resolution;
  }

  /**
   * Begins a full read. Where our place in the changes means nothing, and at the very first, they are read from now on.
   * @param elsewhere it was got from another domain controller, or from this one before it was put back
   * @param refused the domain controller doesn't accept it
   */
  async #begin({
    controller,
    elsewhere = false,
    refused = false,
    resolution,
  }: {
    controller: Controller;
    elsewhere?: boolean;
    refused?: boolean;
    resolution?: Resolution;
  }): Promise<void> {
    const { connection, log, directory, logger } = this.#options;
    await this.#checkRights();
    const gap = elsewhere || refused;
    const fresh = gap || log.cursor.cookie === null;
    if (elsewhere)
      logger.warn(
        `${directory.id} was read from another domain controller, or this one went back in time: everything is read again`,
      );
    const cookie = fresh ? (await connection.bookmark()).toString('base64') : log.cursor.cookie;
    const { bases } = resolution ?? (await this.#resolveBases());
    const answers = await this.#requested('full-read');
    const generation = log.cursor.generation + 1;
    const { invocationId, dnsHostName, highestCommittedUsn } = controller;
    await log.append([{ type: 'begin', generation, bases, gap, elsewhere }], {
      generation,
      cookie,
      invocationId,
      dnsHostName,
      url: connection.url,
      usn: String(highestCommittedUsn),
    });
    const lookups = () => this.#wantedLookups();
    const prepare = (changes: readonly DirectoryChange[]) => this.#prepare(changes);
    this.#reading = new FullRead({
      log,
      connection,
      generation,
      basesVersion: readUnder(bases),
      answers,
      lookups,
      prepare,
    });
    this.#readingSinceMs = performance.now();
  }

  async #stepOn(reading: FullRead): Promise<boolean> {
    const { ring, logger, directory } = this.#options;
    const progressed = await reading.step();
    if (progressed) await ring();
    if (reading.done) {
      this.#reading = null;
      logger.info(
        {
          directory: directory.id,
          ...loggedChanges([changeId(directory.id, this.#options.log.cursor.sequence)]),
          objects: reading.objects,
          tookMs: Math.round(performance.now() - this.#readingSinceMs),
        },
        `the full read of ${directory.id} is complete`,
      );
    }
    return progressed;
  }

  /** Looks up what reconcilers ask for outside a full read. */
  async #lookUp(): Promise<boolean> {
    const { log, connection, ring } = this.#options;
    const wanted = await this.#wantedLookups();
    if (wanted.length === 0 || !(await log.isApplied())) return false;
    const changes = await connection.lookUp(wanted);
    await log.append([{ type: 'looked-up', changes: this.#prepare(changes) }]);
    this.#tellOf(changes, 1);
    await ring();
    return true;
  }

  /** What somebody has asked for, by the ids of the newest requests, and how many are to be looked up: all in one go, as it is asked for often. */
  async #outstanding(): Promise<{ asked: string | null; request: string | null; lookups: number }> {
    const { store, directory } = this.#options;
    const { redis, keys } = store;
    const [requests, lookups] = await Promise.all([
      redis.hmget(keys.requests, 'changes', 'full-read'),
      redis.scard(keys.directory(directory.id).lookups),
    ]);
    const [asked = null, request = null] = requests;
    return { asked, request, lookups };
  }

  /** Id of the newest request of a kind. */
  #requested(field: 'full-read' | 'changes'): Promise<string | null> {
    const { redis, keys } = this.#options.store;
    return redis.hget(keys.requests, field);
  }

  async #wantedLookups(): Promise<string[]> {
    const { store, directory } = this.#options;
    const wanted = await store.redis.srandmember(store.keys.directory(directory.id).lookups, pageSize);
    return wanted ?? [];
  }

  #prepare(changes: readonly DirectoryChange[]): DirectoryChange[] {
    return withNamedRoot(changes, this.#options.connection.namingContext);
  }
}

/** Cuts changes into log entries; only the last one says that the directory is caught up. */
function inPages(changes: readonly DirectoryChange[], caughtUp: boolean): LogEntry[] {
  const entries: LogEntry[] = [];
  const readAtMs = Date.now();
  for (let from = 0; from === 0 || from < changes.length; from += pageSize) {
    entries.push({
      type: 'changes',
      changes: changes.slice(from, from + pageSize),
      caughtUp: caughtUp && from + pageSize >= changes.length,
      readAtMs,
    });
  }
  return entries;
}
