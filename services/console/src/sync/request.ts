/** Asking for a sync: a full read of every directory, and a reading of all accounts. */
import { randomUUID } from 'node:crypto';
import type { Store } from '@connector/shared/store.ts';

/** Ids of the newest requests; `null` where nothing was ever asked. */
export interface RequestIds {
  readonly fullRead: string | null;
  readonly accounts: string | null;
}

export interface SyncRequest {
  /** Names both requests. */
  readonly id: string;
  /** What had been asked before: if it stands there again, Redis has lost our request. */
  readonly before: RequestIds;
}

const fields = { fullRead: 'full-read', accounts: 'accounts' } as const;

export async function readRequests({ redis, keys }: Store): Promise<RequestIds> {
  const [fullRead = null, accounts = null] = await redis.hmget(keys.requests, fields.fullRead, fields.accounts);
  return { fullRead, accounts };
}

export async function requestSync(store: Store): Promise<SyncRequest> {
  const request = { id: `sync-${randomUUID()}`, before: await readRequests(store) };
  await putRequest(store, request);
  return request;
}

/** Puts the request where the services look for it; again, if Redis has lost it. */
export async function putRequest({ redis, keys }: Store, { id }: SyncRequest): Promise<void> {
  await redis.hset(keys.requests, fields.fullRead, id, fields.accounts, id);
}

/** Whether Redis went back to a moment before the request. */
export const isLost = ({ before, id }: SyncRequest, now: RequestIds): boolean =>
  id !== now.fullRead && id !== now.accounts && before.fullRead === now.fullRead && before.accounts === now.accounts;

/**
 * Whether a request was answered: ours, or a newer one that has taken its place, whose reading began after ours was asked.
 */
export function isAnswered(
  answered: string | null,
  { id, before, now }: { id: string; before: string | null; now: string | null },
): boolean {
  return answered !== null && (answered === id || (answered === now && now !== before));
}
