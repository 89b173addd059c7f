/** People with an account whose log-in is to become a federated one: who they are, by a group, and asking for it. */
import { auditWrite } from '@connector/shared/audit.ts';
import { type PersonKey, partsOfPerson, personKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { type FederatedBy, type Link, link } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { affectedPeople } from '@connector/sync/mirror/affected-people.ts';
import type { MirrorObject } from '@connector/sync/mirror/mirror-object.ts';
import { fullnameOf } from '@connector/sync/plan/make-plan.ts';
import { openContext } from '@connector/sync/plan/planning-context.ts';
import { countingPolicy } from '@connector/sync/plan/policy-in-force.ts';
import { NotPlanned } from '../apply/read-afresh.ts';
import { hashParts } from '../hash-parts.ts';
import type { Session } from '../session.ts';

/** Nobody's log-in can become a federated one: what is asked for makes no sense as things are. The message has the remedy. */
export class ConversionRefused extends Error {
  override readonly name = 'ConversionRefused';
  readonly code = 'CONVERSION_REFUSED';
}

/**
 * How somebody of the group stands, or what has become of them.
 *
 * | | |
 * |---|---|
 * | `convertible` | they have an account, and log in by a master password |
 * | `waiting` | it was asked for, and their key isn't registered yet |
 * | `federated` | they are so already |
 * | `without-account` | they have none: who gets one is federated from the start |
 */
export type Standing = 'convertible' | 'waiting' | 'federated' | 'without-account';

export interface Member {
  readonly person: PersonKey;
  /** `null` without an account. */
  readonly username: string | null;
  readonly name: string;
  readonly standing: Standing;
}

/** A group's members, by how they stand. */
export interface Conversion {
  readonly mode: FederatedBy;
  readonly members: readonly Member[];
}

const standingOf = (current: Link | null): Standing => {
  if (current === null) return 'without-account';
  if (current.federated !== undefined) return 'federated';
  return current.federating === undefined ? 'convertible' : 'waiting';
};

/**
 * Finds the members of a group, nested ones too, to be converted.
 * @param group by DN, or by a cn below `groupBases`
 * @throws ConversionRefused, NotPlanned
 */
export async function membersFor(session: Session, group: string): Promise<Conversion> {
  const { store, configuration } = session;
  const mode = (await countingPolicy(store, configuration.policy)).policy.federation;
  if (mode === 'off')
    throw new ConversionRefused(
      'policy.federation is off: bring companyKey or userKey into force first ("connector policy set federation=companyKey")',
    );
  return { mode, members: await membersOf(session, group) };
}

/** Those who wait: of a group, or, with `null`, all of them. @throws as `membersFor`, but for the policy */
export async function waitingOf(session: Session, group: string | null): Promise<Member[]> {
  if (group !== null) return (await membersOf(session, group)).filter(({ standing }) => standing === 'waiting');
  const { redis, keys } = session.store;
  const waiting = new Map<PersonKey, Member>(); // one may come twice
  for await (const part of hashParts(redis, keys.links))
    for (const [person, raw] of part) {
      const current = parseStored(link, keys.links, raw).value;
      if (current === null || standingOf(current) !== 'waiting') continue;
      const { username } = current;
      waiting.set(person, { person, username, name: username, standing: 'waiting' });
    }
  return [...waiting.values()].sort((x, y) => x.name.localeCompare(y.name));
}

async function membersOf({ store, configuration }: Session, group: string): Promise<Member[]> {
  const { policy, directories } = configuration;
  const context = await openContext({ store, policy, directories });
  if (context === null)
    throw new NotPlanned('the directories or the accounts were not read yet: "connector status" tells what is missing');
  const people = new Map<PersonKey, MirrorObject>();
  let isFound = false;
  for (const [directory, { gathering }] of context.views) {
    const guids = (await gathering.resolveFilter([group])).flatMap((entry) => entry.guids);
    isFound ||= guids.length > 0;
    const members = await affectedPeople(gathering.mirror, { members: new Set(guids), containers: new Set() });
    for (const [guid, object] of await gathering.mirror.objects(members))
      if (object.kind === 'user' && !object.deleted) people.set(personKey(directory, guid), object);
  }
  if (!isFound)
    throw new ConversionRefused(
      `no group is called "${group}": write its DN, or its name where it lies below groupBases`,
    );
  return membersAmong(store, people);
}

async function membersAmong({ redis, keys }: Store, people: ReadonlyMap<PersonKey, MirrorObject>): Promise<Member[]> {
  const raws = people.size === 0 ? [] : await redis.hmget(keys.links, ...people.keys());
  const members = [...people].map(([person, object], index): Member => {
    const current = parseStored(link, keys.links, raws[index] ?? null).value;
    const name = fullnameOf(object) || current?.username || partsOfPerson(person).guid;
    return { person, username: current?.username ?? null, name, standing: standingOf(current) };
  });
  return members.sort((a, b) => a.name.localeCompare(b.name));
}

/** What is wanted of somebody: to become federated by this; `null`: not to, where it hasn't happened yet. */
export interface Asked {
  readonly federating: FederatedBy | null;
  readonly by: string;
}

/** Asks for it, or takes it back. @returns whether they stood as they were seen */
export async function ask({ commit, redis, keys }: Store, member: Member, { federating, by }: Asked): Promise<boolean> {
  const { person, name, standing } = member;
  const raw = await redis.hget(keys.links, person);
  const current = parseStored(link, keys.links, raw).value;
  if (current === null || standingOf(current) !== standing) return false;
  const { federating: before, ...rest } = current;
  const asked: Link = federating === null ? rest : { ...rest, federating };
  const { committed } = await commit({
    guards: [
      { command: ['HGET', keys.links, person], is: raw },
      { command: ['HGET', keys.claims, person], is: null }, // a pusher that is at it writes the link as it has read it
    ],
    writes: [
      ['HSET', keys.links, person, JSON.stringify(asked)],
      ...touch(keys, [person]),
      auditWrite(keys, {
        ...{ atMs: Date.now(), by, did: federating === null ? 'asked not to federate' : 'asked to federate' },
        ...{ of: { kind: 'person', id: person, name }, source: null },
        ...{
          was: before === undefined ? null : { federating: before },
          is: federating === null ? null : { federating },
        },
      }),
    ],
  });
  return committed;
}
