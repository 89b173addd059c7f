/** Reading accounts again, all of them on a schedule and on demand, or those whose ids are wanted: one pusher at a time. */

import type { PersonKey } from '@connector/shared/keys.ts';
import { accountsRead } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import { learnIds } from '@connector/sync/accounts/learn-ids.ts';
import { listAccounts, pageSize } from '@connector/sync/accounts/list-accounts.ts';
import { takeOverAccounts } from '@connector/sync/accounts/take-over.ts';
import type { Turn } from '@connector/sync/accounts/turn.ts';
import type { Calls } from './gate.ts';
import type { ReadingSchedule } from './reading-schedule.ts';

/** What reading takes. */
export interface ReadingOptions {
  readonly store: Store;
  readonly gate: Calls;
  readonly signal: AbortSignal;
  /** Names this pusher. */
  readonly pusher: string;
  /** Ids of all directories. */
  readonly directories: readonly string[];
}

/** A reader that died leaves its turn to another after this, ms. */
const turnMs = 60_000;

/** Reads the accounts if it is time and nobody else is at it. @returns the people to plan because of it; `null` when it wasn't time */
export async function rereadIfDue(
  options: ReadingOptions & {
    readonly schedule: ReadingSchedule;
    /** Told that it is time, whoever is at it. */
    readonly onDue: () => void;
  },
): Promise<readonly PersonKey[] | null> {
  const { store, gate, signal, directories, schedule, onDue } = options;
  const { redis, keys } = store;
  const [raw, request] = await Promise.all([redis.get(keys.accountsRead), redis.hget(keys.requests, 'accounts')]);
  const last = parseStored(accountsRead, keys.accountsRead, raw).value;
  const due = last === null || schedule.isDue(last.atMs) || (request !== null && request !== last.answered);
  if (!due) return null;
  onDue();
  const list = () => listAccounts(gate, signal);
  return inTurn(options, (turn) => takeOverAccounts({ state: store, directories, list, turn, request }));
}

/** Learns the ids of created accounts, if nobody else is reading. @returns whether it has */
export async function learnIdsInTurn(options: ReadingOptions): Promise<boolean> {
  const { store, gate, signal, directories } = options;
  const readPage = async (pageIndex: number) =>
    (await gate.call('getuserdata', (client) => client.readAccounts({ pageIndex, pageSize }, signal))).accounts;
  const learnt = await inTurn(options, async (turn) => {
    await learnIds({ state: store, directories, readPage, pageSize, turn });
    return true;
  });
  return learnt ?? false;
}

/** Reads if it is nobody else's turn. @returns `null` when it is */
async function inTurn<T>({ store, pusher }: ReadingOptions, read: (turn: Turn) => Promise<T>): Promise<T | null> {
  const { redis, keys } = store;
  await endTurnOfTheDead(store);
  const name = `${pusher}#${Date.now()}`;
  if ((await redis.set(keys.accountsReader, name, 'PX', turnMs, 'NX')) !== 'OK') return null;
  const guard: Guard = { command: ['GET', keys.accountsReader], is: name };
  try {
    return await read({ guard, keep: [['PEXPIRE', keys.accountsReader, String(turnMs)]] });
  } finally {
    await store.commit({ guards: [guard], writes: [['DEL', keys.accountsReader]] });
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
