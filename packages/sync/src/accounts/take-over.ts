/**
 * Taking over a list of all accounts: what was changed by hand at LastPass is found here. An account that is claimed, or
 * was changed by us since the reading began, is left as it is.
 */
import { type Account, account as accountSchema } from '@connector/shared/account.ts';
import { inBulk } from '@connector/shared/bulk-reader.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { takesLicence } from '@connector/shared/licences.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { peopleWithMail } from '@connector/shared/people-with-mail.ts';
import { type AccountsRead, isLinkedTo, type Link, link } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import { linkWrites, unlinkWrites } from './account-changes.ts';
import { accountWrites, attestedPerson } from './attested.ts';
import { forgetGone } from './forget-gone.ts';
import { linkAsFound } from './link-as-found.ts';
import type { Turn } from './turn.ts';

/** Taking over so many accounts at once. */
const atOnce = 200;

/** Redis lost what it knew, or another reader's turn has come: what was listed isn't taken over. */
export class RereadOvertaken extends Error {
  override readonly name = 'RereadOvertaken';
  readonly code = 'REREAD_OVERTAKEN';
  constructor() {
    super('reading all accounts took too long, or Redis lost its memory meanwhile: it is tried again');
  }
}

export interface TakeOverOptions {
  readonly state: State;
  /** Ids of all directories. */
  readonly directories: readonly string[];
  /** Lists all accounts; called once the moment is noted since when changes of ours count for more. */
  readonly list: () => Promise<readonly Account[]>;
  readonly turn: Turn;
  /** The request that this reading answers. */
  readonly request: string | null;
}

/**
 * Reads all accounts and takes them over.
 * @returns the people to plan because of it
 * @throws RereadOvertaken, and whatever `list` throws
 */
export async function takeOverAccounts({
  state,
  list,
  directories,
  turn,
  request,
}: TakeOverOptions): Promise<PersonKey[]> {
  const { redis, keys } = state;
  const isFirst = (await redis.exists(keys.accountsRead)) === 0;
  const begun = await state.commit({ guards: [turn.guard], writes: [] });
  if (!begun.committed) throw new RereadOvertaken();
  const [beganAt, beganAtMs] = [begun.tick, Date.now()];
  const listed = new Map((await list()).map((account) => [account.username, account]));
  const { followed: touched, unsettled } = await followRenames(state, { listed, beganAt, directories, turn });
  const stored = new Map(Object.entries(await redis.hgetall(keys.accounts)));
  const changes = [...new Set([...listed.keys(), ...stored.keys(), ...unsettled])].filter((username) => {
    const account = listed.get(username);
    return unsettled.has(username) || (account ? JSON.stringify(account) : undefined) !== stored.get(username);
  });
  const all = changes.map((username) => ({
    username,
    raw: stored.get(username) ?? null,
    account: listed.get(username) ?? null,
  }));
  touched.push(...(await takeOverAll(state, all, { beganAt, beganAtMs, directories, turn, isFirst })));
  const licensed = [...listed.values()].filter(takesLicence).length;
  const read: AccountsRead = { atMs: Date.now(), total: listed.size, answered: request, licensed };
  const done = await state.commit({ guards: [turn.guard], writes: [['SET', keys.accountsRead, JSON.stringify(read)]] });
  if (!done.committed) throw new RereadOvertaken();
  const ids = new Set([...listed.values()].map(({ id }) => id));
  await forgetGone({ state, directories, turn, ids, beganAt });
  return touched;
}

/**
 * Lets links follow accounts that are listed under another name: they are known by their ids. What we changed ourselves since
 * the reading began is left as it is.
 * @returns the people to plan because of it, and under which names links are still to be settled
 */
async function followRenames(
  store: State,
  {
    listed,
    beganAt,
    directories,
    turn,
  }: { listed: ReadonlyMap<string, Account>; beganAt: number; directories: readonly string[]; turn: Turn },
): Promise<{ readonly followed: PersonKey[]; readonly unsettled: ReadonlySet<string> }> {
  const { redis, keys } = store;
  const byId = new Map([...listed.values()].map((account) => [account.id, account]));
  const followed: PersonKey[] = [];
  const unsettled = new Set<string>();
  for (const [person, raw] of Object.entries(await redis.hgetall(keys.links))) {
    const current = parseStored(link, keys.links, raw).value;
    if (current?.settlesAtMs !== undefined) unsettled.add(current.username);
    const account = current?.id == null ? undefined : byId.get(current.id);
    if (!current || !account || account.username === current.username) continue;
    const [from, to] = [current.username, account.username];
    const [changedAt, holder, former] = await Promise.all([
      redis.hmget(keys.accountChanges, from, to),
      redis.hget(keys.linked, from), // somebody else, where two accounts have swapped their names
      formerHolder(store, account),
    ]);
    if (former === 'still theirs' || changedAt.some((tick) => Number(tick ?? 0) > beganAt)) continue;
    const { changingTo: _, ...settled } = current;
    const left = listed.get(from);
    // One name is free, one is taken.
    const people = new Set([person, ...former.people, ...(await peopleWithMail(store, directories, [from, to]))]);
    const outcome = await store.commit({
      guards: [
        turn.guard,
        { command: ['HGET', keys.links, person], is: raw },
        { command: ['HGET', keys.claims, person], is: null },
        { command: ['HGET', keys.linked, from], is: holder },
        ...former.guards,
        { command: ['HGET', keys.accountChanges, from], is: changedAt[0] ?? null },
        { command: ['HGET', keys.accountChanges, to], is: changedAt[1] ?? null },
      ],
      writes: [
        ...(holder === person ? [['HDEL', keys.linked, from]] : []),
        ...linkWrites(keys, person, { ...settled, username: to }),
        ...accountWrites(keys, from, { now: left ?? null }),
        ...accountWrites(keys, to, { now: account }),
        ...touch(keys, people),
      ],
    });
    if (outcome.committed) followed.push(...people);
  }
  return { followed, unsettled };
}

/**
 * Who is still noted under the name by which an account is listed now, though theirs was another: it was deleted by hand, or goes by another
 * name itself. The guards hold as long as that is so.
 */
async function formerHolder(
  { redis, keys }: State,
  { id, username }: Account,
): Promise<'still theirs' | { readonly people: readonly PersonKey[]; readonly guards: readonly Guard[] }> {
  const holder = await redis.hget(keys.linked, username);
  const isHeld: Guard = { command: ['HGET', keys.linked, username], is: holder };
  if (holder === null) return { people: [], guards: [isHeld] };
  const raw = await redis.hget(keys.links, holder);
  const held = parseStored(link, keys.links, raw).value;
  // Without an id it may be this very account; and a call of ours that may yet be carried out goes by the name.
  if (held !== null && (held.id === null || held.id === id || held.settlesAtMs !== undefined)) return 'still theirs';
  const guards: Guard[] = [
    isHeld,
    { command: ['HGET', keys.links, holder], is: raw },
    { command: ['HGET', keys.claims, holder], is: null },
  ];
  return { people: [holder], guards };
}

interface Listed {
  readonly username: string;
  readonly raw: string | null;
  /** As LastPass listed it; `null` when it didn't. */
  readonly account: Account | null;
}

interface TakingOver {
  /** Reading of the clock when the reading began. */
  readonly beganAt: number;
  /** The same as a moment, ms since 1970. */
  readonly beganAtMs: number;
  readonly directories: readonly string[];
  readonly turn: Turn;
  /** Since Redis goes on from where it does: what we did just before may be forgotten. */
  readonly isFirst: boolean;
}

/**
 * Takes over accounts of a list that needn't be complete: nothing is concluded from what isn't on it.
 * @returns the people to plan because of it
 * @throws RereadOvertaken
 */
export async function takeOverListed(
  state: State,
  { accounts, ...taking }: Omit<TakingOver, 'isFirst'> & { readonly accounts: readonly Account[] },
): Promise<PersonKey[]> {
  if (accounts.length === 0) return [];
  const { redis, keys } = state;
  const raws = await redis.hmget(keys.accounts, ...accounts.map(({ username }) => username));
  const all = accounts.map((account, index) => ({ username: account.username, raw: raws[index] ?? null, account }));
  return takeOverAll(state, all, { ...taking, isFirst: false });
}

async function takeOverAll(state: State, all: readonly Listed[], taking: TakingOver): Promise<PersonKey[]> {
  const touched: PersonKey[] = [];
  for (let from = 0; from < all.length; from += atOnce)
    touched.push(...(await takeOver(state, all.slice(from, from + atOnce), taking)));
  return touched;
}

/** Takes accounts over as listed, but for those that changed under our hands meanwhile. */
async function takeOver(
  store: State,
  part: readonly Listed[],
  { beganAt, beganAtMs, directories, turn, isFirst }: TakingOver,
): Promise<PersonKey[]> {
  const { keys } = store;
  const redis = inBulk(store.redis);
  let left = await Promise.all(
    part.map(async (each) => {
      const [changedAt, linked] = await Promise.all([
        redis.hget(keys.accountChanges, each.username),
        redis.hget(keys.linked, each.username),
      ]);
      const ofLinked = [keys.claims, keys.links, keys.plans, keys.setAside];
      const [claim = null, linkRaw = null, planRaw = null, asideRaw = null] =
        linked === null ? [] : await Promise.all(ofLinked.map((key) => redis.hget(key, linked)));
      const current = parseStored(link, keys.links, linkRaw).value;
      return { ...each, changedAt, linked, claim, link: current, linkRaw, planRaw, asideRaw };
    }),
  );
  left = left.filter(({ changedAt, claim }) => claim === null && Number(changedAt ?? 0) <= beganAt);
  while (left.length > 0) {
    const news = left.filter((each) => !tellsOnlyId(store, each));
    const people = new Set(news.flatMap(({ linked }) => linked ?? []));
    for (const person of news.flatMap((each) => attestedBy(store, directories, each))) people.add(person);
    // Linked or not: the link may be that of somebody who is gone, to another account that had the name.
    const usernames = news.map(({ username }) => username);
    for (const person of await peopleWithMail(store, directories, usernames)) people.add(person);
    const guarded = left.map((each) => ({ each, guards: guardsOf(store, each) }));
    const outcome = await store.commit({
      guards: [turn.guard, ...guarded.flatMap(({ guards }) => guards)],
      writes: [
        ...turn.keep,
        ...left.flatMap((each) => writesOf(store, each, { isFirst, beganAtMs })),
        ...touch(keys, people),
      ],
    });
    if (outcome.committed) return [...people];
    if (outcome.refusedBy === turn.guard) throw new RereadOvertaken();
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
  planRaw: string | null;
  asideRaw: string | null;
};

/**
 * Whether all that the list tells is the id of an account that we have created, and nothing is to be done about its person: then nobody needs
 * to be planned because of it.
 */
function tellsOnlyId(state: State, { raw, account, linked, link: current, planRaw, asideRaw }: Checked): boolean {
  if (current?.settlesAtMs !== undefined) return false;
  if (account === null || current === null || current.id !== null || planRaw !== null || asideRaw !== null)
    return false;
  const before = notedOf(state, { raw });
  return (
    linked !== null && before?.id === null && JSON.stringify({ ...before, id: account.id }) === JSON.stringify(account)
  );
}

function guardsOf({ keys }: State, { username, raw, changedAt, linked, linkRaw, planRaw, asideRaw }: Checked): Guard[] {
  const guards: Guard[] = [
    { command: ['HGET', keys.accounts, username], is: raw },
    { command: ['HGET', keys.accountChanges, username], is: changedAt },
    { command: ['HGET', keys.linked, username], is: linked },
  ];
  if (linked !== null)
    guards.push(
      { command: ['HGET', keys.claims, linked], is: null },
      { command: ['HGET', keys.links, linked], is: linkRaw },
      { command: ['HGET', keys.plans, linked], is: planRaw },
      { command: ['HGET', keys.setAside, linked], is: asideRaw },
    );
  return guards;
}

/** As it was noted before it was listed. */
const notedOf = ({ keys }: State, { raw }: Pick<Listed, 'raw'>): Account | null =>
  parseStored(accountSchema, keys.accounts, raw).value;

/** Whom an account that is linked to nobody names in its attribs, or named before. */
function attestedBy(state: State, directories: readonly string[], each: Checked): PersonKey[] {
  if (each.linked !== null) return [];
  const named = [each.account, notedOf(state, each)].flatMap((one) => (one && attestedPerson(one)) ?? []);
  return named.filter((person) => directories.includes(partsOfPerson(person).directory));
}

function writesOf(
  state: State,
  each: Checked,
  { isFirst, beganAtMs }: Pick<TakingOver, 'isFirst' | 'beganAtMs'>,
): string[][] {
  const { keys } = state;
  const { username, account, linked, link: current } = each;
  const before = notedOf(state, each);
  const noted = accountWrites(keys, username, { now: account, before });
  const own = account !== null && isLinkedTo(current, account) ? account : null;
  const found = linkAsFound(current, own, beganAtMs);
  if (linked === null || current === null) return noted;
  if (found === null) return [...noted, ...unlinkWrites(keys, linked, username)];
  const isNewlyDisabled = isFirst && own?.disabled === true && before?.disabled !== true && !found.disabledByUs;
  const next: Link = isNewlyDisabled ? { ...found, disabledBy: 'unknown' } : found;
  return JSON.stringify(next) === JSON.stringify(current) ? noted : [...noted, ...linkWrites(keys, linked, next)];
}
