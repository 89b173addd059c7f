/**
 * AD groups that are called otherwise by now, or are to be, because their directory has another prefix. LastPass can't rename a group, and shared folders and policies hang on its name:
 * so a group keeps its old name there until a person has released the new one; then all its members join the new name, and
 * when all of them have, they leave the old.
 */
import { auditWrite } from '@connector/shared/audit.ts';
import { type PersonKey, partsOfPerson, personKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { currentGeneration, folded } from '@connector/shared/people-with-mail.ts';
import { isRefusal, plan, setAside } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { type GroupRename, type SyncedGroup, syncedGroup } from '@connector/shared/synced-group.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import { affectedPeople } from '../mirror/affected-people.ts';
import { Mirror } from '../mirror/mirror.ts';
import { nameOf } from '../mirror/mirror-object.ts';
import { renameHeldBecause, wantedName } from './group-names.ts';
import { firstToPlan, midRead } from './mid-read.ts';
import { type Context, openContext, type PlanningOptions } from './planning-context.ts';
import { isSynced } from './scope.ts';

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

/**
 * The names that groups have in the directory now, their `cn`. `null`: it was read, and has no such group, which was deleted then, for one
 * that is only absent is carried over. Missing: it wasn't read, which proves nothing.
 */
async function namesInDirectories(state: State, groups: Iterable<GroupKey>): Promise<Map<GroupKey, string | null>> {
  const names = new Map<GroupKey, string | null>();
  for (const [directory, these] of Map.groupBy(groups, (group) => partsOfPerson(group).directory)) {
    const current = await currentGeneration(state, directory);
    if (current === null) continue;
    const mirror = new Mirror(state.redis, state.keys.directory(directory).mirror(current.generation));
    const objects = await mirror.objects(these.map((group) => partsOfPerson(group).guid));
    for (const group of these) {
      const object = objects.get(partsOfPerson(group).guid);
      names.set(group, object?.kind === 'group' ? nameOf(object).trim() : null);
    }
  }
  return names;
}

/** The guards that hold as long as the mirror of each group's directory is what it is now: a generation that is swept lacks everything. */
async function mirrorStates({ redis, keys }: State, groups: Iterable<GroupKey>): Promise<Map<string, Guard[]>> {
  const directories = new Set([...groups].map((group) => partsOfPerson(group).directory));
  const guards = new Map<string, Guard[]>();
  for (const id of directories) {
    const { mirrorState } = keys.directory(id);
    guards.set(id, [{ command: ['GET', mirrorState], is: await redis.get(mirrorState) }]);
  }
  return guards;
}

/** Whether a group becomes a LastPass group under the policy. */
async function isSyncedNow(context: Context, group: GroupKey): Promise<boolean> {
  const { directory, guid } = partsOfPerson(group);
  const view = context.views.get(directory);
  const around = (await view?.gathering.group(guid)) ?? null;
  if (!view || around === null) return false;
  const rules = { memberships: context.policy.memberships, bases: view.gathering.bases, filter: view.filter };
  return isSynced(around, rules);
}

/** What has become of a group that is synced. @param name what it is to be called at LastPass */
function followed(
  before: SyncedGroup,
  name: string,
  { allJoined, nowMs }: { allJoined: boolean; nowMs: number },
): SyncedGroup {
  const { rename } = before;
  if (rename === null || folded(rename.to) !== folded(name))
    return { ...before, rename: { to: name, sinceMs: nowMs, verdict: 'held', by: null } };
  return rename.verdict === 'released' && allJoined ? { name, rename: null } : before;
}

/** What following the groups came to. */
export interface FollowedGroups {
  /** Those whose plans depend on it. */
  readonly people: readonly PersonKey[];
  /** Why each group is held that wasn't before. */
  readonly held: readonly string[];
}

/** Notes which groups have been renamed, and moves those on whose members have all joined the new name. Of one that was deleted no rename is left. */
export async function followGroups(options: PlanningOptions, nowMs: number): Promise<FollowedGroups> {
  const { store: state } = options;
  const { keys } = state;
  const groups = await readSyncedGroups(state);
  const prefixes = new Map(options.directories.map(({ id, groupPrefix }) => [id, groupPrefix]));
  const mirrors = await mirrorStates(state, groups.keys());
  const cns = await namesInDirectories(state, groups.keys());
  const names = new Map(
    [...cns].map(([group, cn]) => [
      group,
      cn === null ? null : wantedName(cn, prefixes.get(partsOfPerson(group).directory)),
    ]),
  );
  const renamed = [...groups].filter(([group, { value }]) => {
    const name = names.get(group);
    return name !== undefined && (value.rename !== null || (name !== null && folded(name) !== folded(value.name)));
  });
  await forgetLeft(state);
  const context = renamed.length === 0 ? null : await openContext(options);
  if (context === null) return { people: [], held: [] };
  const isReleasing = renamed.some(([, { value }]) => value.rename?.verdict === 'released');
  const listed = await state.redis.zcard(keys.toPlan);
  const ids = options.directories.map(({ id }) => id);
  const joining = isReleasing ? await namesToJoin(state, ids) : null;
  const reading = await midRead(state, ids);
  const people: PersonKey[] = [];
  const held: string[] = [];
  for (const [group, { raw, value }] of renamed) {
    const name = names.get(group) ?? value.name;
    const to = folded(value.rename?.to ?? '');
    const isOther = folded(name) !== folded(value.name) && (await isSyncedNow(context, group));
    const next = isOther
      ? followed(value, name, {
          allJoined: joining !== null && !joining.has(to) && !reading.has(partsOfPerson(group).directory),
          nowMs,
        })
      : { ...value, rename: null };
    if (JSON.stringify(next) === raw) continue;
    const hasMoved = next.name !== value.name;
    const touched = hasMoved || value.rename?.verdict === 'released' ? await peopleIn(state, group) : [];
    const { committed } = await state.commit({
      guards: [
        { command: ['HGET', keys.syncedGroups, group], is: raw },
        ...(hasMoved ? [{ command: ['ZCARD', keys.toPlan], is: String(listed) }] : []),
        ...(names.get(group) === null ? (mirrors.get(partsOfPerson(group).directory) ?? []) : []),
      ],
      writes: [
        ['HSET', keys.syncedGroups, group, JSON.stringify(next)],
        ...(hasMoved ? [['HSET', keys.renamedGroups, folded(value.name), next.name]] : []),
        ...touch(keys, touched),
      ],
    });
    if (!committed) continue;
    people.push(...touched);
    if (next.rename?.verdict === 'held')
      held.push(renameHeldBecause({ name: next.name, to: next.rename.to, cn: cns.get(group) ?? '' }));
  }
  return { people, held };
}

/**
 * Folded names of groups that somebody is still to join; `null` while not everybody is planned who can be: of a directory that is in the midst
 * of a read nobody can. Whom LastPass refuses is not waited for.
 */
async function namesToJoin(state: State, directories: readonly string[]): Promise<ReadonlySet<string> | null> {
  const { redis, keys } = state;
  if ((await firstToPlan(state, { directories, count: 1 })).length > 0) return null;
  const names = new Set<string>();
  for (const [person, raw] of Object.entries(await redis.hgetall(keys.plans))) {
    const joins = parseStored(plan, keys.plans, raw).value?.steps.flatMap((step) =>
      step.kind === 'join-groups' ? step.groups : [],
    );
    if (joins === undefined || joins.length === 0) continue;
    const aside = parseStored(setAside, keys.setAside, await redis.hget(keys.setAside, person)).value;
    if (!isRefusal(aside)) for (const name of joins) names.add(folded(name));
  }
  return names;
}

/**
 * A name that nobody is to leave any more isn't one that is being left. Where a group has it too, as that of another directory may, it is over
 * once the guard has judged who is to leave: others that leave it later do so for another reason.
 */
async function forgetLeft(state: State): Promise<void> {
  const { redis, keys } = state;
  const left = await redis.hkeys(keys.renamedGroups);
  if (left.length === 0 || (await redis.zcard(keys.toPlan)) > 0) return;
  const [leaving, unjudged] = [new Set<string>(), new Set<string>()];
  for (const raw of await redis.hvals(keys.plans)) {
    const { value } = parseStored(plan, keys.plans, raw);
    const names = value?.steps.flatMap((step) => (step.kind === 'leave-groups' ? step.groups.map(folded) : [])) ?? [];
    const isUnjudged = value?.cleared === false && value.heldBecause === null;
    for (const name of names) for (const set of isUnjudged ? [leaving, unjudged] : [leaving]) set.add(name);
  }
  const taken = new Set([...(await readSyncedGroups(state)).values()].map(({ value }) => folded(value.name)));
  const done = left.filter((name) => !(taken.has(name) ? unjudged : leaving).has(name));
  if (done.length === 0) return;
  await state.commit({
    guards: [{ command: ['ZCARD', keys.toPlan], is: '0' }],
    writes: [['HDEL', keys.renamedGroups, ...done]],
  });
}

/** A group that is called otherwise at LastPass than it is to be, by its name in Active Directory and its directory's prefix. */
export interface RenamedGroup {
  readonly group: GroupKey;
  /** At LastPass. */
  readonly name: string;
  /** What it is to be called there. */
  readonly to: string;
  /** `held` waits for a person's word; `released` is under way; `rejected` keeps its old name. */
  readonly verdict: GroupRename['verdict'];
  readonly because: string;
  /** How many people are in it, nested. */
  readonly members: number;
  /** ms since 1970. */
  readonly sinceMs: number;
}

/** The renamed groups, longest first. */
export async function renamedGroups(state: State): Promise<RenamedGroup[]> {
  const groups = await readSyncedGroups(state);
  const names = await namesInDirectories(state, groups.keys());
  const renamed: RenamedGroup[] = [];
  for (const [group, { value }] of groups) {
    const { name, rename } = value;
    const cn = names.get(group);
    if (rename === null || cn == null) continue;
    const { to, verdict, sinceMs } = rename;
    const members = (await peopleIn(state, group)).length;
    renamed.push({ group, name, to, verdict, because: renameHeldBecause({ name, to, cn }), members, sinceMs });
  }
  return renamed.sort((a, b) => a.sinceMs - b.sinceMs);
}

/** How many renamed groups wait for a person's word. */
export async function countHeldRenames(state: State): Promise<number> {
  return [...(await readSyncedGroups(state)).values()].filter(({ value }) => value.rename?.verdict === 'held').length;
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
    writes: [
      ['HSET', keys.syncedGroups, group, JSON.stringify(next)],
      ...touch(keys, people),
      auditWrite(keys, {
        ...{ atMs: Date.now(), by: by ?? '', did: verdict, of: { kind: 'group', id: group, name: value.name } },
        ...{ was: { verdict: value.rename.verdict }, is: { verdict, to }, source: null },
      }),
    ],
  });
  return committed ? { outcome: 'decided', people } : { outcome: 'changed', people: [] };
}
