/** Reading all accounts again, on a schedule and on demand: one pusher at a time. */

import type { PersonKey } from '@connector/shared/keys.ts';
import { accountsRead } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import { listAccounts } from '@connector/sync/accounts/list-accounts.ts';
import { takeOverAccounts } from '@connector/sync/accounts/take-over.ts';
import type { Calls } from './gate.ts';

export interface RereadOptions {
  readonly store: Store;
  readonly gate: Calls;
  readonly signal: AbortSignal;
  /** Names this pusher. */
  readonly pusher: string;
  readonly everyMs: number;
  /** Ids of all directories. */
  readonly directories: readonly string[];
}

/** A reader that died leaves its turn to another after this, ms. */
const turnMs = 60_000;

/** Reads the accounts if it is time and nobody else is at it. @returns the people to plan because of it; `null` when it wasn't time */
export async function rereadIfDue(options: RereadOptions): Promise<readonly PersonKey[] | null> {
  const { store, gate, signal, directories, pusher, everyMs } = options;
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
    return await takeOverAccounts({
      state: store,
      directories,
      list: () => listAccounts(gate, signal),
      turn: { guard: own, keep: [['PEXPIRE', keys.accountsReader, String(turnMs)]] },
      request,
    });
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
