/**
 * What whoever helps needs to know, in one document: versions, the configuration, how everything is, what Redis holds, and what the services
 * logged last. It has no secret in it, and nobody's name or address (promise 9). Each part is looked at by itself: what can't be told is left out,
 * and said to be missing.
 */
import { release } from 'node:os';
import { auditWrite } from '@connector/shared/audit.ts';
import { readRecentLog } from '@connector/shared/recent-log.ts';
import type { Store } from '@connector/shared/store.ts';
import manifest from '../../package.json' with { type: 'json' };
import { checkDocument } from '../check/check-command.ts';
import type { Report } from '../progress/report.ts';
import type { Session } from '../session.ts';
import { readStatus } from '../status/status.ts';
import { isoText } from '../text/when.ts';
import { bundledLine } from './log-lines.ts';
import { nobodysStatus } from './nobodys-status.ts';
import { type QueueState, readQueueStates } from './queue-states.ts';
import { hidden, redactedConfiguration } from './redacted-configuration.ts';
import { type KindOfKeys, measureKeys, readServer } from './redis-contents.ts';
import { eachText, withoutPeople } from './without-people.ts';

/** So many parts are looked at, each by itself. */
const parts = 7;
/** So many lines of the logs at most. */
const mostLines = 500;

export interface SupportBundle {
  readonly madeAt: string;
  readonly versions: {
    readonly connector: string;
    readonly node: string;
    readonly platform: string;
    /** Of what is in Redis (`schema.ts`); `null`: it is empty, or can't be told. */
    readonly schema: string | null;
  };
  readonly configuration: object;
  /** As `connector status --json` prints it, but for who did something; `null`: missing. */
  readonly status: object | null;
  /** As `connector check --json` prints it; `null`: missing. */
  readonly check: object | null;
  readonly queues: readonly QueueState[];
  readonly redis: { readonly server: object; readonly keys: readonly KindOfKeys[] };
  /** Oldest first. */
  readonly log: readonly object[];
  /** Parts that couldn't be looked at, and why. */
  readonly missing: readonly { readonly part: string; readonly why: string }[];
}

export interface BundleOptions {
  readonly signal: AbortSignal;
  /** Told what is being looked at. */
  readonly onProgress?: (report: Report) => void;
}

/** Gathers it. Nothing is written. */
export async function makeSupportBundle(
  session: Session,
  { signal, onProgress }: BundleOptions,
): Promise<SupportBundle> {
  const { store, configuration, explain } = session;
  const { redis, keys } = store;
  let looked = 0;
  const missing: { part: string; why: string }[] = [];
  const part = async <T, Without>(name: string, without: Without, look: () => Promise<T>): Promise<T | Without> => {
    signal.throwIfAborted();
    onProgress?.({ kind: 'looking', doing: `looking at ${name}`, done: looked++, of: parts, what: 'parts' });
    try {
      return await look();
    } catch (error) {
      const told = explain(error);
      missing.push({ part: name, why: told instanceof Error ? told.message : String(told) });
      return without;
    }
  };
  // Asked once: each command waits for a while for a Redis that is away, and BullMQ for ever.
  const unanswered = await redis.ping().then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const inRedis: typeof part = (name, without, look) =>
    part(name, without, async () => {
      if (unanswered !== null) throw unanswered.error;
      return await look();
    });
  const nowMs = Date.now();
  const bundle: SupportBundle = {
    madeAt: isoText(nowMs),
    versions: {
      connector: manifest.version,
      node: process.version,
      platform: `${process.platform} ${process.arch} ${release()}`,
      schema: await inRedis('versions', null, () => redis.get(keys.schema)),
    },
    configuration: redactedConfiguration(configuration),
    status: await inRedis('status', null, async () =>
      nobodysStatus(await readStatus(store, configuration, { nowMs, all: true })),
    ),
    check: await part('check', null, () => checkDocument({ ...session, signal, somebody: hidden })),
    queues: await inRedis('queues', [], () =>
      readQueueStates({ target: configuration.redis, prefix: keys.queues }, nowMs),
    ),
    redis: {
      server: await inRedis('redis.server', {}, () => readServer(store)),
      keys: await inRedis('redis.keys', [], () => measureKeys(store, idsOf(session))),
    },
    log: await inRedis('log', [], async () => (await readRecentLog(store, mostLines)).map(bundledLine)),
    missing,
  };
  return eachText(bundle, withoutPeople(configuration)) as SupportBundle;
}

const idsOf = ({ configuration }: Session): string[] => configuration.directories.map(({ id }) => id);

/** Notes that somebody has made one. @throws what Redis throws */
export async function noteSupportBundle({ keys, commit, makeDurable }: Store, by: string): Promise<void> {
  const entry = { atMs: Date.now(), by, did: 'made a support bundle', was: null, is: null, source: null };
  await commit({
    guards: [],
    writes: [auditWrite(keys, { ...entry, of: { kind: 'support-bundle', id: '', name: '' } })],
  });
  await makeDurable();
}
