/**
 * Forgetting what was noted of accounts and people who are gone. It does no harm where it stays, as nothing believes it, but Redis would
 * keep something of everybody who ever had an account, and each full read would look all of them up.
 */
import { type Account, account } from '@connector/shared/account.ts';
import { type PersonKey, partsOfPerson, personKey } from '@connector/shared/keys.ts';
import { currentGeneration } from '@connector/shared/people-with-mail.ts';
import { link } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import { replicatedWrites } from '../federation/key-writes.ts';
import { Mirror } from '../mirror/mirror.ts';
import { attestedPerson } from './attested.ts';
import type { Turn } from './turn.ts';

/** Something to forget, as long as it is as it was found. */
interface Gone {
  readonly guards: readonly Guard[];
  readonly writes: readonly (readonly string[])[];
}

/** Forgetting so much at once. */
const atOnce = 200;

export interface ForgetOptions {
  readonly state: State;
  readonly directories: readonly string[];
  readonly turn: Turn;
  /** Ids of all accounts that LastPass has, just listed. */
  readonly ids: ReadonlySet<string | null>;
  /** Reading of the clock before they were listed: they tell of every change up to then. */
  readonly beganAt: number;
}

/** Forgets whatever can't mean anything any more once all accounts were read and taken over. */
export async function forgetGone(options: ForgetOptions): Promise<void> {
  for (const find of [toldChanges, unlistedIds, unsaid, goneEverywhere, oldKeyWrites])
    await forget(options, await find(options));
}

/** What has changed since it was looked at is left for the next time. */
async function forget({ state, turn }: ForgetOptions, gone: readonly Gone[]): Promise<void> {
  for (let from = 0; from < gone.length; from += atOnce) {
    let left = gone.slice(from, from + atOnce);
    while (left.length > 0) {
      const outcome = await state.commit({
        guards: [turn.guard, ...left.flatMap(({ guards }) => guards)],
        writes: [...turn.keep, ...left.flatMap(({ writes }) => writes)],
      });
      if (outcome.committed) break;
      if (outcome.refusedBy === turn.guard) return;
      left = left.filter(({ guards }) => !guards.includes(outcome.refusedBy));
    }
  }
}

/** Our own changes that the list tells of: it counts for more than a list from before them only. */
async function toldChanges({ state: { redis, keys }, beganAt }: ForgetOptions): Promise<Gone[]> {
  return Object.entries(await redis.hgetall(keys.accountChanges))
    .filter(([, tick]) => Number(tick) <= beganAt)
    .map(([username, tick]) => ({
      guards: [{ command: ['HGET', keys.accountChanges, username], is: tick }],
      writes: [['HDEL', keys.accountChanges, username]],
    }));
}

/** Where keys were written that are at all domain controllers by now. */
async function oldKeyWrites({ state }: ForgetOptions): Promise<Gone[]> {
  const { userKeysAt } = state.keys;
  return (await replicatedWrites(state, Date.now())).map(([person, raw]) => ({
    guards: [{ command: ['HGET', userKeysAt, person], is: raw }],
    writes: [['HDEL', userKeysAt, person]],
  }));
}

/** Ids of accounts that there are none of, and nobody is linked to. */
async function unlistedIds({ state: { redis, keys }, ids }: ForgetOptions): Promise<Gone[]> {
  const links = await redis.hgetall(keys.links);
  return Object.entries(await redis.hgetall(keys.linkedIds))
    .filter(([id, person]) => !ids.has(id) && parseStored(link, keys.links, links[person] ?? null).value?.id !== id)
    .map(([id, person]) => ({
      guards: [
        { command: ['HGET', keys.linkedIds, id], is: person },
        { command: ['HGET', keys.links, person], is: links[person] ?? null },
      ],
      writes: [['HDEL', keys.linkedIds, id]],
    }));
}

/** Names of people that no account says any more. */
async function unsaid({ state: { redis, keys } }: ForgetOptions): Promise<Gone[]> {
  const accounts = await redis.hgetall(keys.accounts);
  return (await redis.zrange(keys.attested, '0', '-1')).flatMap((entry) => {
    const [person = '', username = ''] = entry.split('\0');
    const raw = accounts[username] ?? null;
    const said: Account | null = parseStored(account, keys.accounts, raw).value;
    if (said !== null && attestedPerson(said) === person) return [];
    return [
      { guards: [{ command: ['HGET', keys.accounts, username], is: raw }], writes: [['ZREM', keys.attested, entry]] },
    ];
  });
}

/** People whom neither a mirror nor an account knows, and about whom nothing is under way. */
async function goneEverywhere({ state, directories }: ForgetOptions): Promise<Gone[]> {
  const { redis, keys } = state;
  const ticks = await redis.hgetall(keys.touched);
  const noted = await redis.hkeys(keys.lastOperations);
  const touched = [...new Set([...Object.keys(ticks), ...noted])].map(
    (person) => [person, ticks[person] ?? null] as const,
  );
  const linked = new Set(await redis.hkeys(keys.links));
  const known = await mirrored(
    state,
    directories,
    touched.map(([person]) => person).filter((person) => !linked.has(person)),
  );
  return touched
    .filter(([person]) => !linked.has(person) && known.get(person) === false)
    .map(([person, tick]) => ({
      guards: [
        { command: ['HGET', keys.touched, person], is: tick },
        { command: ['ZSCORE', keys.toPlan, person], is: null },
        ...[keys.links, keys.plans, keys.claims, keys.intents].map((key) => ({
          command: ['HGET', key, person],
          is: null,
        })),
      ],
      writes: [
        ['HDEL', keys.touched, person],
        ['HDEL', keys.lastOperations, person],
      ],
    }));
}

/** Whether the mirrors know these people; nothing is said of those whose directory has none. */
async function mirrored(
  state: State,
  directories: readonly string[],
  people: readonly PersonKey[],
): Promise<Map<PersonKey, boolean>> {
  const known = new Map<PersonKey, boolean>();
  for (const id of directories) {
    const current = await currentGeneration(state, id);
    if (current === null) continue;
    const guids = people
      .map(partsOfPerson)
      .filter(({ directory }) => directory === id)
      .map(({ guid }) => guid);
    const found = await new Mirror(state.redis, state.keys.directory(id).mirror(current.generation)).objects(guids);
    for (const guid of guids) known.set(personKey(id, guid), found.has(guid));
  }
  return known;
}
