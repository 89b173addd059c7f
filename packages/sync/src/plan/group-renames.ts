/**
 * AD groups that are called otherwise by now. LastPass can't rename a group, and shared folders and policies hang on its name:
 * so a group keeps its old name there until a person has released the new one; then all its members join the new name, and
 * when all of them have, they leave the old.
 */
import { type PersonKey, partsOfPerson, personKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { currentGeneration, folded } from '@connector/shared/people-with-mail.ts';
import { plan, setAside } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { type GroupRename, type SyncedGroup, syncedGroup } from '@connector/shared/synced-group.ts';
import { affectedPeople } from '../mirror/affected-people.ts';
import { Mirror } from '../mirror/mirror.ts';
import { nameOf } from '../mirror/mirror-object.ts';
import { renameHeldBecause } from './group-names.ts';

/** A group in every key that isn't a directory's own: `<directory id>/<objectGUID>`, as people are. */
export type GroupKey = PersonKey;

/** Everything that is remembered of synced groups, by group. */
export async function readSyncedGroups({
  redis,
  keys,
}: State): Promise<Map<GroupKey, { raw: string; value: SyncedGroup }>> {
  const all = new Map<GroupKey, { raw: string; value: SyncedGroup }>();
  for (const [group, raw] of Object.entries(await redis.hgetall(keys.syncedGroups))) {
    const { value } = parseStored(syncedGroup, keys.syncedGroups, raw);
    if (value !== null) all.set(group, { raw, value });
  }
  return all;
}

/** The people in a group, nested: whose plans depend on its name. */
export async function peopleIn(state: State, group: GroupKey): Promise<PersonKey[]> {
  const { directory, guid } = partsOfPerson(group);
  const current = await currentGeneration(state, directory);
  if (current === null) return [];
  const mirror = new Mirror(state.redis, state.keys.directory(directory).mirror(current.generation));
  const people = await affectedPeople(mirror, { members: new Set([guid]), containers: new Set() });
  return [...people].map((each) => personKey(directory, each));
}

/** The names that groups have in the directory now; groups that are gone are missing. */
async function namesInDirectories(state: State, groups: Iterable<GroupKey>): Promise<Map<GroupKey, string>> {
  const names = new Map<GroupKey, string>();
  for (const [directory, these] of Map.groupBy(groups, (group) => partsOfPerson(group).directory)) {
    const current = await currentGeneration(state, directory);
    if (current === null) {
      for (const group of these) names.set(group, ''); // unknown for now: nothing follows from it
      continue;
    }
    const mirror = new Mirror(state.redis, state.keys.directory(directory).mirror(current.generation));
    const objects = await mirror.objects(these.map((group) => partsOfPerson(group).guid));
    for (const group of these) {
      const object = objects.get(partsOfPerson(group).guid);
      if (object?.kind === 'group') names.set(group, nameOf(object));
    }
  }
  return names;
}

/** What has become of a group, seen from what is remembered of it; `null` when it is forgotten. */
function followed(
  before: SyncedGroup,
  name: string | undefined,
  { allJoined, nowMs }: { allJoined: boolean; nowMs: number },
): SyncedGroup | null {
  if (name === undefined) return null; // deleted: its members leave as of any group
  if (name === '') return before;
  if (folded(before.name) === folded(name)) return { ...before, rename: null };
  const { rename } = before;
  if (rename === null || folded(rename.to) !== folded(name))
    return { ...before, rename: { to: name, sinceMs: nowMs, verdict: 'held', by: null } };
  return rename.verdict === 'released' && allJoined ? { name, rename: null } : before;
}

/**
 * Notes which groups have been renamed, and moves those on whose members have all joined the new name.
 * @returns the people to plan because of it
 */
export async function followGroups(state: State, nowMs: number): Promise<PersonKey[]> {
  const { keys } = state;
  const groups = await readSyncedGroups(state);
  if (groups.size === 0) return [];
  const names = await namesInDirectories(state, groups.keys());
  const isReleasing = [...groups.values()].some(({ value }) => value.rename?.verdict === 'released');
  const joining = isReleasing ? await namesToJoin(state) : null;
  const people: PersonKey[] = [];
  for (const [group, { raw, value }] of groups) {
    const to = value.rename === null ? '' : folded(value.rename.to);
    const next = followed(value, names.get(group), { allJoined: joining !== null && !joining.has(to), nowMs });
    if (JSON.stringify(next) === raw) continue;
    const hasMoved = next !== null && next.name !== value.name;
    const wasReleased = value.rename?.verdict === 'released';
    const touched = hasMoved || wasReleased ? await peopleIn(state, group) : [];
    const { committed } = await state.commit({
      guards: [
        { command: ['HGET', keys.syncedGroups, group], is: raw },
        ...(hasMoved ? [{ command: ['ZCARD', keys.toPlan], is: '0' }] : []),
      ],
      writes: [
        next === null ? ['HDEL', keys.syncedGroups, group] : ['HSET', keys.syncedGroups, group, JSON.stringify(next)],
        ...(hasMoved ? [['HSET', keys.renamedGroups, folded(value.name), next.name]] : []),
        ...touch(keys, touched),
      ],
    });
    if (committed) people.push(...touched);
  }
  await forgetLeft(state, groups);
  return people;
}

/** Folded names of groups that somebody is still to join; `null` while it isn't planned to its end. Whom LastPass refuses is not waited for. */
async function namesToJoin({ redis, keys }: State): Promise<ReadonlySet<string> | null> {
  if ((await redis.zcard(keys.toPlan)) > 0) return null;
  const names = new Set<string>();
  for (const [person, raw] of Object.entries(await redis.hgetall(keys.plans))) {
    const joins = parseStored(plan, keys.plans, raw).value?.steps.flatMap((step) =>
      step.kind === 'join-groups' ? step.groups : [],
    );
    if (joins === undefined || joins.length === 0) continue;
    const aside = parseStored(setAside, keys.setAside, await redis.hget(keys.setAside, person)).value;
    if (aside?.kind !== 'refused') for (const name of joins) names.add(folded(name));
  }
  return names;
}

/** A name that nobody is in any more, or that another group has, isn't one that is being left. */
async function forgetLeft(state: State, groups: Awaited<ReturnType<typeof readSyncedGroups>>): Promise<void> {
  const { redis, keys } = state;
  const left = await redis.hkeys(keys.renamedGroups);
  if (left.length === 0 || (await redis.zcard(keys.toPlan)) > 0) return;
  const plans = (await redis.hvals(keys.plans)).map((raw) => parseStored(plan, keys.plans, raw).value);
  const leaving = new Set(
    plans.flatMap((current) =>
      (current?.steps ?? []).flatMap((step) => (step.kind === 'leave-groups' ? step.groups.map(folded) : [])),
    ),
  );
  const taken = new Set([...groups.values()].map(({ value }) => folded(value.name)));
  const done = left.filter((name) => taken.has(name) || !leaving.has(name));
  if (done.length === 0) return;
  await state.commit({
    guards: [{ command: ['ZCARD', keys.toPlan], is: '0' }],
    writes: [['HDEL', keys.renamedGroups, ...done]],
  });
}

/** A renamed group that waits for a person's word. */
export interface HeldRename {
  readonly group: GroupKey;
  /** At LastPass. */
  readonly name: string;
  /** In Active Directory. */
  readonly to: string;
  readonly because: string;
  /** How many people are in it, nested. */
  readonly members: number;
  /** ms since 1970. */
  readonly sinceMs: number;
}

/** The renamed groups that are held, longest first. */
export async function heldRenames(state: State): Promise<HeldRename[]> {
  const held: HeldRename[] = [];
  for (const [group, { value }] of await readSyncedGroups(state)) {
    const { name, rename } = value;
    if (rename?.verdict !== 'held') continue;
    const { to, sinceMs } = rename;
    const members = (await peopleIn(state, group)).length;
    held.push({ group, name, to, because: renameHeldBecause(name, to), members, sinceMs });
  }
  return held.sort((a, b) => a.sinceMs - b.sinceMs);
}

/** What became of a decision: done, or the group isn't renamed like that any more. */
export type RenameDecided = 'decided' | 'changed';

/** A person's word about a renamed group. */
export async function decideRename(
  state: State,
  group: GroupKey,
  { to, verdict, by }: Pick<GroupRename, 'to' | 'verdict' | 'by'>,
): Promise<{ outcome: RenameDecided; people: PersonKey[] }> {
  const { redis, keys } = state;
  const { raw, value } = parseStored(syncedGroup, keys.syncedGroups, await redis.hget(keys.syncedGroups, group));
  if (value === null || value.rename === null || value.rename.to !== to) return { outcome: 'changed', people: [] };
  const people = await peopleIn(state, group);
  const next: SyncedGroup = { ...value, rename: { ...value.rename, verdict, by } };
  const { committed } = await state.commit({
    guards: [{ command: ['HGET', keys.syncedGroups, group], is: raw }],
    writes: [['HSET', keys.syncedGroups, group, JSON.stringify(next)], ...touch(keys, people)],
  });
  return committed ? { outcome: 'decided', people } : { outcome: 'changed', people: [] };
}
