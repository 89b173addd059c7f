/** A preview: what a run would do now. Both ends are read, and everything else happens on a copy in memory. */
import type { DirectoryConnection } from '@connector/active-directory/connection.ts';
import { deletedObjectsUnreadable } from '@connector/active-directory/deleted-objects.ts';
import type { LastPassClient } from '@connector/lastpass/client.ts';
import type { DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { cursor, type LogEntry, mirrorState } from '@connector/shared/directory-state.ts';
import { currentGeneration } from '@connector/shared/people-with-mail.ts';
import { link } from '@connector/shared/plan.ts';
import type { Policy } from '@connector/shared/policy.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { listAccounts } from '../accounts/list-accounts.ts';
import { takeOverAccounts } from '../accounts/take-over.ts';
import { readUnder, resolveBases, withNamedRoot } from '../directory/bases.ts';
import { isContinuous } from '../directory/continuity.ts';
import { FullRead, pageSize } from '../directory/full-read.ts';
import { applyNext } from '../mirror/apply.ts';
import { type RenamedGroup, renamedGroups } from '../plan/group-renames.ts';
import { bringIntoForce } from '../plan/policy-in-force.ts';
import { copyState } from './copied-state.ts';
import { type HowFar, uncounted } from './how-far.ts';
import { type NotSent, readNotSent } from './not-sent.ts';
import { type PreviewedPerson, PreviewUnfinished, planAll, runToItsEnd } from './simulated-run.ts';

export interface PreviewOptions {
  readonly store: Store;
  readonly directories: readonly DirectoryConfiguration[];
  /** As configured: where somebody has set another one since, that counts here, too. */
  readonly policy: Policy;
  /** @param preferred the address of the domain controller that was read last: a run would read on there */
  readonly connect: (directory: DirectoryConfiguration, preferred: string | null) => Promise<DirectoryConnection>;
  /** Used for reading only. */
  readonly lastpass: LastPassClient;
  readonly signal: AbortSignal;
  /** Told what is being done, and how far it is. */
  readonly onProgress: (howFar: HowFar) => void;
}

export interface Preview extends NotSent {
  readonly sent: readonly PreviewedPerson[];
  /** AD groups that were renamed, and keep their names at LastPass until somebody has spoken. */
  readonly groups: readonly RenamedGroup[];
  /** What both ends have. */
  readonly read: { readonly objects: number; readonly accounts: number };
}

/** A full read ended while the preview was made, and what it was made from is gone. */
class PreviewOvertaken extends Error {}

/** A generation of the mirror that no watcher ever begins. */
const previewGeneration = Number.MAX_SAFE_INTEGER;
const tries = 3;

/**
 * Makes a preview.
 * @throws DirectoryError, LastPassError, AccountsIncomplete, and what Redis throws: a preview is whole, or there is none
 */
export async function previewRun(options: PreviewOptions): Promise<Preview> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await previewOnce(options);
    } catch (error) {
      if (!(error instanceof PreviewOvertaken)) throw error;
      if (attempt === tries)
        throw new PreviewUnfinished('full reads keep ending while the preview is made: try again a little later');
    }
  }
}

/** Has every disabling and removal without an answer settled by the list that comes next. */
async function settledNow({ redis, keys }: State): Promise<string[][]> {
  return Object.entries(await redis.hgetall(keys.links)).flatMap(([person, raw]) => {
    const { value } = parseStored(link, keys.links, raw);
    return value?.settlesAtMs === undefined
      ? []
      : [['HSET', keys.links, person, JSON.stringify({ ...value, settlesAtMs: 0 })]];
  });
}

async function previewOnce(options: PreviewOptions): Promise<Preview> {
  const { store, directories, policy, lastpass, signal, onProgress } = options;
  const ids = directories.map(({ id }) => id);
  const state = await copyState(store, ids, {
    isNew: (key) => key.includes(`:mirror:${previewGeneration}:`),
  });
  const copied = await generationsOf(state, ids);
  const planning = { store: state, policy, directories };
  await bringIntoForce(state, planning);

  const doing = 'reading the accounts';
  onProgress(uncounted(doing));
  const accounts = await listAccounts({ call: (_, send) => send(lastpass) }, signal, {
    onRead: ({ read, total }) => onProgress({ doing, done: read, of: total, what: 'accounts' }),
  });
  const { keys, redis } = state;
  // Whatever a pusher may have sent is in that list by now: what it had claimed is settled, as the next one would do it.
  await state.commit({
    guards: [],
    writes: [['DEL', keys.claims, keys.intents, keys.creating], ...(await settledNow(state))],
  });
  await takeOverAccounts({
    state,
    directories: ids,
    list: async () => accounts,
    turn: { guard: { command: ['GET', keys.accountsReader], is: await redis.get(keys.accountsReader) }, keep: [] },
    request: null,
  });

  const running = { planning, signal, onHowFar: onProgress };
  await planAll(running);
  let objects = 0;
  for (const directory of directories) {
    const read = await readDirectory({ ...options, state }, directory);
    objects += read;
  }
  // A generation that isn't in use any more is swept: a copy of what is left of it misses people who are there.
  if ((await generationsOf(store, ids)) !== copied) throw new PreviewOvertaken();
  const sent = await runToItsEnd(running);
  const unplanned = (await redis.zcard(keys.toPlan)) + (await redis.zcard(keys.waiting));
  if (unplanned > 0)
    throw new PreviewUnfinished(`${unplanned} people could not be planned to the end: please report it`);
  return {
    sent,
    ...(await readNotSent(state)),
    groups: (await renamedGroups(state)).filter(({ verdict }) => verdict === 'held'),
    read: { objects, accounts: accounts.length },
  };
}

/** The generations of the mirrors that plans are made from. */
const generationsOf = async (state: State, directories: readonly string[]): Promise<string> => {
  const current = await Promise.all(directories.map((id) => currentGeneration(state, id)));
  return current.map((each) => each?.generation ?? 'none').join();
};

/** Reads a directory to its end, into a generation of the copy's own. @returns how many objects it has */
async function readDirectory(
  { state, directories, connect, signal, onProgress }: PreviewOptions & { state: State },
  directory: DirectoryConfiguration,
): Promise<number> {
  const { id, bindDn, groupPrefix } = directory;
  const keys = state.keys.directory(id);
  const applying = { store: state, directory: id, directories: directories.map((each) => each.id), groupPrefix };
  const append = async (entries: readonly LogEntry[]) => {
    const { value } = parseStored(mirrorState, keys.mirrorState, await state.redis.get(keys.mirrorState));
    const first = (value?.sequence ?? 0) + 1;
    const writes = entries.map((entry, index) => [
      'XADD',
      keys.log,
      `${first + index}-0`,
      'entry',
      JSON.stringify(entry),
    ]);
    await state.commit({
      guards: [],
      writes: [...writes, ...(await cursorAt(state, keys.cursor, first + entries.length - 1))],
    });
    await applyAll(applying);
  };
  await applyAll(applying); // what the watcher has read already
  onProgress(uncounted(`connecting to ${id}`));
  const { value: cursorNow } = parseStored(cursor, keys.cursor, await state.redis.get(keys.cursor));
  await using connection = await connect(directory, cursorNow?.url ?? null);
  if (!(await connection.canReadDeletedObjects()))
    throw deletedObjectsUnreadable(bindDn, connection.namingContext, await connection.trusteeOf(bindDn));
  const { bases, problem } = await resolveBases(connection, directory);
  if (problem !== null) throw problem;
  const elsewhere =
    cursorNow?.cookie != null &&
    !isContinuous(cursorNow, { connection, controller: await connection.domainController() });
  await append([{ type: 'begin', generation: previewGeneration, bases, gap: false, elsewhere }]);
  const reading = new FullRead({
    log: { append, isLong: async () => false, isApplied: async () => true },
    connection,
    generation: previewGeneration,
    basesVersion: readUnder(bases),
    answers: null,
    lookups: async () => (await state.redis.smembers(keys.lookups)).slice(0, pageSize),
    prepare: (changes) => withNamedRoot(changes, connection.namingContext),
  });
  while (!reading.done) {
    signal.throwIfAborted();
    await reading.step();
    onProgress({ doing: `reading ${id}`, done: reading.objects, of: null, what: 'objects' });
  }
  return reading.objects;
}

/** Moves the copy's cursor, as the watcher does with what it appends: the log counts up to there. */
async function cursorAt({ redis }: State, key: string, sequence: number): Promise<string[][]> {
  const { value } = parseStored(cursor, key, await redis.get(key));
  return value === null ? [] : [['SET', key, JSON.stringify({ ...value, sequence })]];
}

async function applyAll(applying: Parameters<typeof applyNext>[0]): Promise<void> {
  while ((await applyNext(applying)) !== 'nothing');
}
