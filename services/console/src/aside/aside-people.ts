/** The people who can't be synced until something is mended, and trying again by a person's word. */
import { auditWrite } from '@connector/shared/audit.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { type NoSeat, noSeat } from '@connector/shared/no-seat.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { currentGeneration, peopleWithMail } from '@connector/shared/people-with-mail.ts';
import { link, type SetAside, setAside } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { isFree } from '@connector/sync/accounts/account-changes.ts';
import { Mirror } from '@connector/sync/mirror/mirror.ts';
import { hashParts } from '../hash-parts.ts';

export interface AsidePerson extends SetAside {
  readonly person: PersonKey;
  /** The linked account's user name, else the mail as it stands in the directory; `null` without any. */
  readonly username: string | null;
}

/** Everybody who is set aside, longest first. */
export async function readAside(store: Store): Promise<AsidePerson[]> {
  const { redis, keys } = store;
  const found = new Map<PersonKey, AsidePerson>(); // one may come twice
  for await (const part of hashParts(redis, keys.setAside)) {
    const people = [...part.keys()];
    const links = await redis.hmget(keys.links, ...people);
    const mails = await mailsOf(store, people);
    for (const [index, person] of people.entries()) {
      const { value } = parseStored(setAside, keys.setAside, part.get(person) ?? null);
      const linked = parseStored(link, keys.links, links[index] ?? null).value;
      if (value !== null)
        found.set(person, { ...value, person, username: linked?.username ?? mails.get(person) ?? null });
    }
  }
  return [...found.values()].sort((a, b) => a.sinceMs - b.sinceMs || a.name.localeCompare(b.name));
}

/** The mails of people as the directory has them. */
async function mailsOf(store: Store, people: readonly PersonKey[]): Promise<Map<PersonKey, string>> {
  const mails = new Map<PersonKey, string>();
  for (const [directory, these] of Map.groupBy(people, (person) => partsOfPerson(person).directory)) {
    const current = await currentGeneration(store, directory);
    if (current === null) continue;
    const mirror = new Mirror(store.redis, store.keys.directory(directory).mirror(current.generation));
    const objects = await mirror.objects(these.map((person) => partsOfPerson(person).guid));
    for (const person of these) {
      const mail = objects.get(partsOfPerson(person).guid)?.mail;
      if (mail) mails.set(person, mail);
    }
  }
  return mails;
}

/** What became of trying again: done; or the person isn't set aside for that any more. */
export type Retried = 'retried' | 'changed';

/**
 * Tries somebody again: plans them anew, and delivers at once what LastPass refused. For somebody whose account was deleted by
 * hand the link ends, so that they are as new as a person without an account: policy `onDetected` decides. Whoever waited for
 * the address that this sets free is planned again too.
 * @param directories ids of all directories
 * @param by who wants it
 */
export async function retryPerson(
  store: Store,
  { person, kind, name, reason }: AsidePerson,
  { directories, by }: { directories: readonly string[]; by: string },
): Promise<Retried> {
  const { redis, keys, commit } = store;
  const hashes = [keys.setAside, keys.links, keys.claims];
  const [asideRaw = null, linkRaw = null, claim = null] = await Promise.all(
    hashes.map((key) => redis.hget(key, person)),
  );
  if (parseStored(setAside, keys.setAside, asideRaw).value?.kind !== kind) return 'changed';
  const linked = parseStored(link, keys.links, linkRaw).value;
  const holder = linked === null ? null : await redis.hget(keys.linked, linked.username);
  const now = String(Date.now());
  const seats = parseStored(noSeat, keys.noSeat, await redis.get(keys.noSeat)).value;
  const trySeats =
    kind === 'no-seat' && seats !== null
      ? [['SET', keys.noSeat, JSON.stringify({ ...seats, tryAgainAtMs: 0 } satisfies NoSeat), 'XX']]
      : [];
  const ends = kind === 'drift' && linked !== null;
  if (ends ? claim !== null : !isFree(claim)) return 'changed';
  const waiting = ends ? await peopleWithMail(store, directories, [linked.username]) : [];
  const endLink = !ends
    ? []
    : [
        ['HDEL', keys.links, person],
        ...(holder === person ? [['HDEL', keys.linked, linked.username]] : []),
        ['HDEL', keys.setAside, person],
      ];
  const { committed } = await commit({
    guards: [
      { command: ['HGET', keys.setAside, person], is: asideRaw },
      { command: ['HGET', keys.links, person], is: linkRaw },
      { command: ['HGET', keys.claims, person], is: claim },
    ],
    writes: [
      ...endLink,
      ...trySeats,
      ['HDEL', keys.attempts, person],
      ['ZADD', keys.toDeliver, 'XX', now, person],
      ['ZADD', keys.leavers, 'XX', now, person],
      ...touch(keys, new Set([person, ...waiting])),
      auditWrite(keys, {
        ...{ atMs: Number(now), by, did: 'retried', of: { kind: 'person', id: person, name }, source: null },
        ...{ was: { kind, reason }, is: null },
      }),
    ],
  });
  return committed ? 'retried' : 'changed';
}
