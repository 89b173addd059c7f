/**
 * Applying the change log to the mirror, entry by entry. One transaction writes what an entry makes of the mirror, the
 * applied sequence and the people to plan; it is refused when the sequence isn't the one that the entry was worked out
 * for, so that two appliers, or one that slept, can do no harm.
 */

import { changeId } from '@connector/shared/change-id.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { firstMirrorState, type LogEntry, type MirrorState, mirrorState } from '@connector/shared/directory-state.ts';
import { type PersonKey, partsOfPerson, personKey } from '@connector/shared/keys.ts';
import { causedBy, changedSince, touch } from '@connector/shared/people-to-plan.ts';
import { folded, peopleWithMail } from '@connector/shared/people-with-mail.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { manyValues, TICK } from '@connector/shared/transaction.ts';
import { attestedIn } from '../accounts/attested.ts';
import { wantedName } from '../plan/group-names.ts';
import { affectedPeople } from './affected-people.ts';
import { Draft } from './draft.ts';
import { linkedUsernames, membersAtLastPass } from './known-people.ts';
import { Mirror } from './mirror.ts';
import { tombstone } from './mirror-object.ts';
import { type NextEntry, nextEntry } from './next-entry.ts';

/** What applying one entry comes to. */
interface Effect {
  readonly state: Omit<MirrorState, 'sequence'>;
  readonly writes: readonly string[][];
  readonly people: Iterable<PersonKey>;
}

export interface Applying {
  readonly store: State;
  readonly directory: string;
  /** Ids of all directories: an address is shared with the people of each. */
  readonly directories: readonly string[];
  /** What the names of this directory's LastPass groups begin with. */
  readonly groupPrefix?: string | undefined;
}

/**
 * What came of applying one entry: the people to plan because of it, and its name; `nothing` when there is none; `overtaken` when another
 * applier was faster; `broken` when the log can't be followed here, and why: the directory is read afresh then.
 */
export type Applied =
  | { readonly people: readonly PersonKey[]; readonly change: string }
  | 'nothing'
  | 'overtaken'
  | { readonly broken: string };

/** So many people are put on the list of those to plan in one transaction: Redis serves nobody else meanwhile. */
const touchedAtOnce = 1_000;

/** Applies the next entry of the log. */
export async function applyNext(applying: Applying): Promise<Applied> {
  const { store, directory } = applying;
  const { redis } = store;
  const keys = store.keys.directory(directory);
  const { raw, value } = parseStored(mirrorState, keys.mirrorState, await redis.get(keys.mirrorState));
  const state = value ?? firstMirrorState;
  const next = await nextEntry(redis, keys, state.sequence);
  if (next === null) return 'nothing';
  if (next.kind !== 'entry') return passOver(applying, { raw, state, next });
  const sequence = state.sequence + 1;
  const effect = await effectOf(applying, state, next.entry);
  const people = [...new Set(effect.people)];
  const change = changeId(directory, sequence);
  const guards = [{ command: ['GET', keys.mirrorState], is: raw }];
  const readAtMs = next.entry.type === 'changes' ? next.entry.readAtMs : undefined;
  const touches = (some: readonly PersonKey[]) => [
    ...touch(store.keys, some),
    ...causedBy(store.keys, some, change),
    ...(readAtMs === undefined ? [] : changedSince(store.keys, some, readAtMs)),
  ];
  const beforehand = people.length > touchedAtOnce ? people : [];
  if (beforehand.length > 0) {
    // Nobody of this directory is planned from here to the last transaction, which says what they are to be planned from.
    const paused = await store.commit({ guards, writes: [['SET', keys.caughtUp, '']] });
    if (!paused.committed) return 'overtaken';
    for (let from = 0; from < beforehand.length; from += touchedAtOnce) {
      const part = beforehand.slice(from, from + touchedAtOnce);
      if (!(await store.commit({ guards, writes: touches(part) })).committed) return 'overtaken';
    }
  }
  const outcome = await store.commit({
    guards,
    writes: [
      ...effect.writes,
      ['SET', keys.mirrorState, JSON.stringify({ ...effect.state, sequence })],
      ['XTRIM', keys.log, 'MINID', `${sequence + 1}-0`],
      // Of others people may have been planned meanwhile, from what was in use before.
      ...touches(
        beforehand.length > 0 ? people.filter((person) => partsOfPerson(person).directory !== directory) : people,
      ),
    ],
  });
  return outcome.committed ? { people, change } : 'overtaken';
}

/**
 * Entries were lost or spoilt, by hand or with a disk: what is known of the directory stays as it is, and a full read is asked for,
 * after which the log counts again.
 */
async function passOver(
  { store, directory }: Applying,
  { raw, state, next }: { raw: string | null; state: MirrorState; next: Exclude<NextEntry, { kind: 'entry' }> },
): Promise<{ broken: string } | 'overtaken'> {
  const keys = store.keys.directory(directory);
  const after: MirrorState = { ...state, sequence: next.upTo, building: null, listed: false, gap: true };
  const garbage = state.building === null ? [] : [['SADD', keys.garbage, String(state.building.generation)]];
  const isForeign = next.kind === 'foreign';
  const { committed } = await store.commit({
    guards: [{ command: ['GET', keys.mirrorState], is: raw }, ...(isForeign ? [next.guard] : [])],
    writes: [
      ['SET', keys.mirrorState, JSON.stringify(after)],
      ['SET', keys.caughtUp, ''],
      ['HSET', store.keys.requests, 'full-read', `broken-${next.upTo}-${Date.now()}`],
      // A stream takes no entry below its newest one, not even once that is removed.
      isForeign ? ['DEL', keys.log] : ['XTRIM', keys.log, 'MINID', `${next.upTo + 1}-0`],
      ...garbage,
    ],
  });
  return committed ? { broken: next.problem } : 'overtaken';
}

function effectOf(applying: Applying, state: MirrorState, entry: LogEntry): Promise<Effect> {
  switch (entry.type) {
    case 'changes':
      return applyChanges(applying, state, entry.changes, entry.caughtUp);
    case 'looked-up':
      return applyLookedUp(applying, state, entry.changes);
    case 'begin':
      return begin(applying, state, entry);
    case 'page':
      return applyPage(applying, state, entry.generation, entry.changes);
    case 'listed':
      return listed(applying, state, entry.generation);
    case 'end':
      return end(applying, state, entry.generation);
  }
}

const mirrorOf = ({ store, directory }: Applying, generation: number) =>
  new Mirror(store.redis, store.keys.directory(directory).mirror(generation));

/** Works changes into the generation in use, unless it has missed some; and finds who is to be planned. */
async function intoCurrent(
  applying: Applying,
  state: MirrorState,
  changes: readonly DirectoryChange[],
): Promise<{ writes: string[][]; people: Set<PersonKey> }> {
  if (state.current === null || state.gap) return { writes: [], people: new Set() };
  const { store, directory } = applying;
  const mirror = mirrorOf(applying, state.current.generation);
  const draft = new Draft(mirror);
  await draft.apply(changes);
  const guids = new Set([...draft.people, ...(await affectedPeople(mirror, draft.touched))]);
  const people = new Set([...guids].map((guid) => personKey(directory, guid)));
  // The account of somebody deleted is free for who has its address, which needn't have been the deleted one's mail; until they are back.
  const holders = [...changes.filter((change) => change.deleted).map(({ guid }) => guid), ...draft.touched.restored];
  const linked = await linkedUsernames(
    store,
    holders.map((guid) => personKey(directory, guid)),
  );
  const mails = [...draft.touched.mails, ...linked];
  for (const person of await peopleWithMail(store, applying.directories, mails)) people.add(person);
  const groups = new Set([...draft.touched.groupNames].map((name) => folded(wantedName(name, applying.groupPrefix))));
  for (const person of await membersAtLastPass(store, groups)) people.add(person);
  return {
    writes: [...draft.writes, ...manyValues(['SADD', store.keys.directory(directory).lookups], [...draft.unknown])],
    people,
  };
}

/** Works changes into the generation that is being built. What it doesn't know yet comes with a later page or is looked up. */
async function intoBuilding(
  applying: Applying,
  state: MirrorState,
  changes: readonly DirectoryChange[],
): Promise<string[][]> {
  if (state.building === null) return [];
  const { store, directory } = applying;
  const mirror = mirrorOf(applying, state.building.generation);
  const draft = new Draft(mirror);
  await draft.apply(changes);
  const described = changes.filter(({ complete, deleted }) => complete || deleted).map(({ guid }) => guid);
  return [
    ...draft.writes,
    ...manyValues(
      ['SADD', state.listed ? store.keys.directory(directory).lookups : mirror.keys.unread],
      [...draft.unknown],
    ),
    ...manyValues(['SREM', mirror.keys.unread], described),
  ];
}

async function applyChanges(
  applying: Applying,
  state: MirrorState,
  changes: readonly DirectoryChange[],
  caughtUp: boolean,
): Promise<Effect> {
  const { writes, people } = await intoCurrent(applying, state, changes);
  const { caughtUp: key } = applying.store.keys.directory(applying.directory);
  return {
    state,
    people,
    writes: [...writes, ...(await intoBuilding(applying, state, changes)), ['SET', key, caughtUp ? TICK : '']],
  };
}

/** Neither a tombstone nor an absence tells what the object was; one that an account is, or was made, for is a person. */
const named = (changes: readonly DirectoryChange[], claimed: ReadonlySet<string>): DirectoryChange[] =>
  changes.map((change) =>
    (change.absent || change.deleted) && claimed.has(change.guid) ? { ...change, kind: 'user' } : change,
  );

async function applyLookedUp(
  applying: Applying,
  state: MirrorState,
  told: readonly DirectoryChange[],
): Promise<Effect> {
  const { store, directory } = applying;
  const keys = store.keys.directory(directory);
  const changes = named(told, await claimedIn(store, directory));
  const { writes, people } = await intoCurrent(applying, state, changes);
  const building = [
    ...(await intoBuilding(applying, state, changes)),
    ...(await carryMissing(applying, state, changes)),
  ];
  const done = manyValues(
    ['SREM', keys.lookups],
    changes.map(({ guid }) => guid),
  );
  return {
    state,
    people,
    writes: [...writes, ...building, ...done, ...(people.size > 0 ? [['SET', keys.caughtUp, TICK]] : [])],
  };
}

/**
 * Takes over from the generation in use what was looked up and isn't there any more. People proved deleted stay as such, as
 * long as they are linked. What can neither be found nor proved deleted stays too: people marked as absent, so that nothing is
 * done to them without a person's word; groups and containers as they were, so that nobody leaves by their absence.
 */
async function carryMissing(
  applying: Applying,
  state: MirrorState,
  changes: readonly DirectoryChange[],
): Promise<string[][]> {
  if (state.building === null || state.current === null) return [];
  const from = mirrorOf(applying, state.current.generation);
  const draft = new Draft(mirrorOf(applying, state.building.generation));
  const missing = new Map(
    changes.filter(({ absent, deleted }) => absent || deleted).map((change) => [change.guid, change]),
  );
  for (const [guid, object] of await from.objects(missing.keys())) {
    const isAbsent = missing.get(guid)?.absent ?? false;
    if (!isAbsent && object.kind !== 'user') continue;
    const members = isAbsent && object.kind === 'group' ? await from.members(guid) : [];
    await draft.carryOver(guid, isAbsent ? { ...object, absent: true } : tombstone(object), members);
  }
  return draft.writes;
}

async function begin(
  { store, directory }: Applying,
  state: MirrorState,
  entry: Extract<LogEntry, { type: 'begin' }>,
): Promise<Effect> {
  const abandoned =
    state.building === null
      ? []
      : [['SADD', store.keys.directory(directory).garbage, String(state.building.generation)]];
  const building = { generation: entry.generation, bases: entry.bases };
  const [gap, elsewhere] = [state.gap || entry.gap, state.elsewhere || entry.elsewhere === true];
  return { state: { ...state, building, listed: false, gap, elsewhere }, writes: abandoned, people: [] };
}

async function applyPage(
  applying: Applying,
  state: MirrorState,
  generation: number,
  changes: readonly DirectoryChange[],
): Promise<Effect> {
  if (state.building?.generation !== generation) return { state, writes: [], people: [] };
  return { state, writes: await intoBuilding(applying, state, changes), people: [] };
}

/** All pages are in: whatever the generation in use has and the new one lacks must be looked up by itself. */
async function listed(applying: Applying, state: MirrorState, generation: number): Promise<Effect> {
  if (state.building?.generation !== generation) return { state, writes: [], people: [] };
  const { store, directory } = applying;
  const keys = store.keys.directory(directory);
  const building = mirrorOf(applying, generation);
  const lookups = new Set(await store.redis.smembers(building.keys.unread));
  const draft = new Draft(building);
  const claimed = await claimedIn(store, directory);
  const known = await building.objects(claimed);
  for (const guid of claimed) if (!known.has(guid)) lookups.add(guid);
  if (state.current !== null) {
    for await (const page of mirrorOf(applying, state.current.generation).everything()) {
      const there = await building.objects(page.map(([guid]) => guid));
      for (const [guid, object] of page) {
        if (there.has(guid)) continue;
        if (!object.deleted) lookups.add(guid);
        else if (claimed.has(guid)) {
          lookups.delete(guid); // proved once is proved
          await draft.carryOver(guid, object, []);
        }
      }
    }
  }
  return {
    state: { ...state, listed: true },
    writes: [...draft.writes, ...manyValues(['SADD', keys.lookups], [...lookups])],
    people: [],
  };
}

/** The new generation is complete and comes into use: everybody is planned from it. */
async function end(applying: Applying, state: MirrorState, generation: number): Promise<Effect> {
  if (state.building?.generation !== generation) return { state, writes: [], people: [] };
  const { store, directory } = applying;
  const keys = store.keys.directory(directory);
  const people = new Set<PersonKey>();
  for (const each of [state.current?.generation, generation]) {
    if (each === undefined) continue;
    for await (const page of mirrorOf(applying, each).everything()) {
      for (const [guid, { kind }] of page) if (kind === 'user') people.add(personKey(directory, guid));
    }
  }
  for (const guid of await linkedIn(store, directory)) people.add(personKey(directory, guid));
  const writes = [
    ['SET', keys.caughtUp, TICK],
    ['DEL', mirrorOf(applying, generation).keys.unread],
  ];
  if (state.current !== null) writes.push(['SADD', keys.garbage, String(state.current.generation)]);
  if (state.current !== null && state.elsewhere) writes.push(['SET', keys.readElsewhere, TICK]);
  const current = state.building;
  return { state: { current, building: null, listed: false, gap: false, elsewhere: false }, writes, people };
}

/**
 * objectGUIDs of a directory's people who are linked, or for whom an account was created by its own word: whatever became of them
 * must be known, also when that they were linked is forgotten.
 */
async function claimedIn(state: State, directory: string): Promise<Set<string>> {
  return new Set([...(await linkedIn(state, directory)), ...(await attestedIn(state, directory))]);
}

/** objectGUIDs of a directory's linked people. */
async function linkedIn({ redis, keys }: State, directory: string): Promise<Set<string>> {
  const people = (await redis.hkeys(keys.links)).map(partsOfPerson);
  return new Set(people.filter((person) => person.directory === directory).map(({ guid }) => guid));
}
