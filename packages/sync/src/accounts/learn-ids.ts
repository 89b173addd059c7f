/**
 * Learning the ids of accounts that we have created: the answer to a create doesn't tell them. They are read from the end of LastPass's list
 * backwards, where new accounts are found, and only as far as ids are wanted; whichever isn't found so is told by the next reading of all.
 */
import { type Account, account as accountSchema } from '@connector/shared/account.ts';
import { type Link, link as linkSchema } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { RereadOvertaken, takeOverListed } from './take-over.ts';
import type { Turn } from './turn.ts';

/** How many links are looked through at once. */
const linksAtOnce = 500;

export interface LearnIdsOptions {
  readonly state: State;
  /** Ids of all directories. */
  readonly directories: readonly string[];
  /** Reads one page of LastPass's list, from 0; empty behind its end. */
  readonly readPage: (pageIndex: number) => Promise<readonly Account[]>;
  readonly pageSize: number;
  readonly turn: Turn;
}

/**
 * Learns them.
 * @throws RereadOvertaken, and whatever `readPage` throws
 */
export async function learnIds(options: LearnIdsOptions): Promise<void> {
  const { state, directories, readPage, pageSize, turn } = options;
  const { redis, keys } = state;
  let wanted = await countWithoutId(state);
  const last = Math.floor(Math.max(0, (await redis.hlen(keys.accounts)) - 1) / pageSize);
  for (let pageIndex = last; pageIndex >= 0 && wanted > 0; pageIndex--) {
    const begun = await state.commit({ guards: [turn.guard], writes: [...turn.keep] });
    if (!begun.committed) throw new RereadOvertaken();
    const beganAtMs = Date.now();
    const accounts = await linkedWithoutId(state, await readPage(pageIndex));
    await takeOverListed(state, { accounts, beganAt: begun.tick, beganAtMs, directories, turn });
    wanted -= accounts.length;
  }
}

const lacksId = (link: Link | null): boolean => link !== null && link.id === null;

/** How many people are linked to an account that is there and whose id isn't known; an invitation has none. */
async function countWithoutId({ redis, keys }: State): Promise<number> {
  let count = 0;
  let at = '0';
  do {
    const [next, flat] = await redis.hscan(keys.links, at, 'COUNT', linksAtOnce);
    const links = flat.flatMap((raw, index) =>
      index % 2 === 0 ? [] : (parseStored(linkSchema, keys.links, raw).value ?? []),
    );
    const usernames = links.filter(lacksId).map(({ username }) => username);
    const raws = usernames.length === 0 ? [] : await redis.hmget(keys.accounts, ...usernames);
    count += raws.filter((raw) => parseStored(accountSchema, keys.accounts, raw).value?.invited === false).length;
    at = next;
  } while (at !== '0');
  return count;
}

/** Those of the accounts that are linked, and whose ids aren't known. */
async function linkedWithoutId({ redis, keys }: State, accounts: readonly Account[]): Promise<Account[]> {
  if (accounts.length === 0) return [];
  const people = await redis.hmget(keys.linked, ...accounts.map(({ username }) => username));
  const linked = accounts
    .flatMap((account, index) => ({ account, person: people[index] ?? '' }))
    .filter(({ person }) => person !== '');
  if (linked.length === 0) return [];
  const raws = await redis.hmget(keys.links, ...linked.map(({ person }) => person));
  return linked
    .filter((_, index) => lacksId(parseStored(linkSchema, keys.links, raws[index] ?? null).value))
    .map(({ account }) => account);
}
