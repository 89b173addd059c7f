/**
 * Reading all accounts again, on a schedule and on demand: what was changed by hand at LastPass is found here. A re-read
 * never overwrites an account that is claimed, or was changed by us since the reading began.
 */
import type { Account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { peopleWithMail } from '@connector/shared/people-with-mail.ts';
import { type AccountsRead, accountsRead, isLinkedTo, type Link, link } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import type { Gate } from './gate.ts';
import { listAccounts } from './list-accounts.ts';
import { linkAsFound } from './settling.ts';

export interface RereadOptions {
  readonly store: Store;
  readonly gate: Gate;
  readonly signal: AbortSignal;
  /** Names this pusher. */
  readonly pusher: string;
  readonly everyMs: number;
  /** Ids of all directories. */
  readonly directories: readonly string[];
}

/** A reader that died leaves its turn to another after this, ms. */
const turnMs = 60_000;
const atOnce = 200;

/** Reads the accounts if it is time and nobody else is at it. @returns the people to plan because of it; `null` when it wasn't time */
export async function rereadIfDue(options: RereadOptions): Promise<readonly PersonKey[] | null> {
  const { store, pusher, everyMs } = options;
  const { redis, keys } = store;
  const last = parseStored(accountsRead, keys.accountsRead, await redis.get(keys.accountsRead)).value;
  const request = await redis.hget(keys.requests, 'accounts');
  const due = last === null || Date.now() - last.atMs >= everyMs || (request !== null && request !== last.answered);
  if (!due) return null;
  await endTurnOfTheDead(store);
  const turn = `${pusher}#${Date.now()}`;
  if ((await redis.set(keys.accountsReader, turn, 'PX', turnMs, 'NX')) !== 'OK') return null;
  const own: Guard = { command: ['GET', keys.accountsReader], is: turn };
  try {
    return await reread(options, own, request);
  } finally {
    await store.commit({ guards: [own], writes: [['DEL', keys.accountsReader]] });
  }
}

/** A reader that gives no sign of life any more doesn't keep its turn. */
async function endTurnOfTheDead({ redis, keys, commit }: Store): Promise<void> {
  const turn = await redis.get(keys.accountsReader);
  if (turn === null) return;
  const sign: Guard = { command: ['EXISTS', keys.alive(turn.slice(0, turn.lastIndexOf('#')))], is: '0' };
  await commit({
    guards: [{ command: ['GET', keys.accountsReader], is: turn }, sign],
    writes: [['DEL', keys.accountsReader]],
  });
}

/** Redis lost what it knew, or another pusher's turn has come: what was listed isn't taken over. */
export class RereadOvertaken extends Error {
  override readonly name = 'RereadOvertaken';
  readonly code = 'REREAD_OVERTAKEN';
  constructor() {
    super('reading all accounts took too long, or Redis lost its memory meanwhile: it is tried again');
  }
}

async function reread(
  { store, gate, signal, directories }: RereadOptions,
  turn: Guard,
  request: string | null,
): Promise<PersonKey[]> {
  const { redis, keys } = store;
  const beganAt = await redis.incr(keys.clock);
  const listed = new Map((await listAccounts(gate, signal)).map((account) => [account.username, account]));
  const touched: PersonKey[] = await followRenames(store, { listed, beganAt, directories, turn });
  const stored = new Map(Object.entries(await redis.hgetall(keys.accounts)));
  const changes = [...new Set([...listed.keys(), ...stored.keys()])].filter((username) => {
    const account = listed.get(username);
    return (account ? JSON.stringify(account) : undefined) !== stored.get(username);
  });
  for (let from = 0; from < changes.length; from += atOnce) {
    const part = changes
      .slice(from, from + atOnce)
      .map((username) => ({ username, raw: stored.get(username) ?? null, account: listed.get(username) ?? null }));
    touched.push(...(await takeOver(store, { part, beganAt, directories, turn })));
  }
  const read: AccountsRead = { atMs: Date.now(), total: listed.size, answered: request };
  const done = await store.commit({ guards: [turn], writes: [['SET', keys.accountsRead, JSON.stringify(read)]] });
  if (!done.committed) throw new RereadOvertaken();
  return touched;
}

/**
 * Lets links follow accounts that are listed under another name: they are known by their ids. What we changed ourselves since
 * the reading began is left as it is.
 */
async function followRenames(
  store: Store,
  {
    listed,
    beganAt,
    directories,
    turn,
  }: { listed: ReadonlyMap<string, Account>; beganAt: number; directories: readonly string[]; turn: Guard },
): Promise<PersonKey[]> {
  const { redis, keys } = store;
  const byId = new Map([...listed.values()].map((account) => [account.id, account]));
  const followed: PersonKey[] = [];
  for (const [person, raw] of Object.entries(await redis.hgetall(keys.links))) {
    const current = parseStored(link, keys.links, raw).value;
    const account = current?.id == null ? undefined : byId.get(current.id);
    if (!current || !account || account.username === current.username) continue;
    const [from, to] = [current.username, account.username];
    const [changedAt, holder] = await Promise.all([
      redis.hmget(keys.accountChanges, from, to),
      redis.hget(keys.linked, from), // somebody else, where two accounts have swapped their names
    ]);
    if (changedAt.some((tick) => Number(tick ?? 0) > beganAt)) continue;
    const { changingTo: _, ...settled } = current;
    const left = listed.get(from);
    const people = new Set([person, ...(await peopleWithMail(store, directories, [from]))]);
    const outcome = await store.commit({
      guards: [
        turn,
        { command: ['HGET', keys.links, person], is: raw },
        { command: ['HGET', keys.claims, person], is: null },
        { command: ['HGET', keys.linked, from], is: holder },
        { command: ['HGET', keys.linked, to], is: null },
        { command: ['HGET', keys.accountChanges, from], is: changedAt[0] ?? null },
        { command: ['HGET', keys.accountChanges, to], is: changedAt[1] ?? null },
      ],
      writes: [
        ['HSET', keys.links, person, JSON.stringify({ ...settled, username: to })],
        ...(holder === person ? [['HDEL', keys.linked, from]] : []),
        ['HSET', keys.linked, to, person],
        left ? ['HSET', keys.accounts, from, JSON.stringify(left)] : ['HDEL', keys.accounts, from],
        ['HSET', keys.accounts, to, JSON.stringify(account)],
        ...touch(keys, people),
      ],
    });
    if (outcome.committed) followed.push(...people);
  }
  return followed;
}

interface Listed {
  readonly username: string;
  readonly raw: string | null;
  /** As LastPass listed it; `null` when it didn't. */
  readonly account: Account | null;
}

/** Takes accounts over as listed, but for those that changed under our hands meanwhile. */
async function takeOver(
  store: Store,
  {
    part,
    beganAt,
    directories,
    turn,
  }: { part: readonly Listed[]; beganAt: number; directories: readonly string[]; turn: Guard },
): Promise<PersonKey[]> {
  const { redis, keys } = store;
  let left = await Promise.all(
    part.map(async (each) => {
      const [changedAt, linked] = await Promise.all([
        redis.hget(keys.accountChanges, each.username),
        redis.hget(keys.linked, each.username),
      ]);
      const claim = linked === null ? null : await redis.hget(keys.claims, linked);
      const linkRaw = linked === null ? null : await redis.hget(keys.links, linked);
      return { ...each, changedAt, linked, claim, link: parseStored(link, keys.links, linkRaw).value, linkRaw };
    }),
  );
  left = left.filter(({ changedAt, claim }) => claim === null && Number(changedAt ?? 0) <= beganAt);
  while (left.length > 0) {
    const people = new Set(left.flatMap(({ linked }) => linked ?? []));
    for (const person of await peopleWithMail(
      store,
      directories,
      left.filter(({ linked }) => linked === null).map(({ username }) => username),
    ))
      people.add(person);
    const guarded = left.map((each) => ({ each, guards: guardsOf(store, each) }));
    const outcome = await store.commit({
      guards: [turn, ...guarded.flatMap(({ guards }) => guards)],
      writes: [
        ['PEXPIRE', keys.accountsReader, String(turnMs)],
        ...left.flatMap((each) => writesOf(store, each)),
        ...touch(keys, people),
      ],
    });
    if (outcome.committed) return [...people];
    if (outcome.refusedBy === turn) throw new RereadOvertaken();
    const refused = guarded.find(({ guards }) => guards.includes(outcome.refusedBy));
    left = left.filter((each) => each !== refused?.each);
  }
  return [];
}

type Checked = Listed & {
  changedAt: string | null;
  linked: PersonKey | null;
  link: Link | null;
  linkRaw: string | null;
};

function guardsOf({ keys }: Store, { username, raw, changedAt, linked, linkRaw }: Checked): Guard[] {
  const guards: Guard[] = [
    { command: ['HGET', keys.accounts, username], is: raw },
    { command: ['HGET', keys.accountChanges, username], is: changedAt },
    { command: ['HGET', keys.linked, username], is: linked },
  ];
  if (linked !== null)
    guards.push(
      { command: ['HGET', keys.claims, linked], is: null },
      { command: ['HGET', keys.links, linked], is: linkRaw },
    );
  return guards;
}

function writesOf({ keys }: Store, { username, account, linked, link: current }: Checked): string[][] {
  const write =
    account === null ? ['HDEL', keys.accounts, username] : ['HSET', keys.accounts, username, JSON.stringify(account)];
  // Listed as enabled, and nobody of us at it: it wasn't us who disabled it, if somebody does.
  const own = account !== null && isLinkedTo(current, account) ? account : null;
  const found = own === null ? current : linkAsFound(current, own);
  const next = found && { ...found, disabledByUs: found.disabledByUs && (own?.disabled ?? true) };
  const isSame = linked === null || next === null || JSON.stringify(next) === JSON.stringify(current);
  return isSame ? [write] : [write, ['HSET', keys.links, linked, JSON.stringify(next)]];
}
