/** Asking the services for a sync: to read the directories, their changes or all of them, and all accounts. */
import { randomUUID } from 'node:crypto';
import type { State } from '@connector/shared/state.ts';
import { z } from 'zod';

/** What can be asked for, by its field in Redis. */
const fields = ['full-read', 'changes', 'accounts'] as const;
export type Field = (typeof fields)[number];

const requestIds = z.strictObject({
  'full-read': z.string().nullable(),
  changes: z.string().nullable(),
  accounts: z.string().nullable(),
});
/** Ids of the newest requests; `null` where nothing was ever asked. */
export type RequestIds = z.infer<typeof requestIds>;

export const syncRequest = z.strictObject({
  /** Names what was asked for together. */
  id: z.string(),
  /** Every directory is to be read afresh, not only what changed. */
  full: z.boolean(),
  /** What had been asked before: if it stands there again, Redis has lost our request. */
  before: requestIds,
});
export type SyncRequest = z.infer<typeof syncRequest>;

/** What a request asks for. */
export const fieldsOf = ({ full }: Pick<SyncRequest, 'full'>): readonly Field[] => [
  full ? 'full-read' : 'changes',
  'accounts',
];

export async function readRequests({ redis, keys }: State): Promise<RequestIds> {
  const [fullRead = null, changes = null, accounts = null] = await redis.hmget(keys.requests, ...fields);
  return { 'full-read': fullRead, changes, accounts };
}

export async function makeRequest(state: State, { full }: { full: boolean }): Promise<SyncRequest> {
  return { id: `sync-${randomUUID()}`, full, before: await readRequests(state) };
}

/** The writes that put a request where the services look for it; again, if Redis has lost it. */
export const requestWrites = ({ keys }: State, request: SyncRequest): string[][] => [
  ['HSET', keys.requests, ...fieldsOf(request).flatMap((field) => [field, request.id])],
];

/** Whether Redis went back to a moment before the request. */
export const isLost = (request: SyncRequest, now: RequestIds): boolean =>
  fieldsOf(request).every((field) => now[field] !== request.id && now[field] === request.before[field]);

/**
 * Whether a request was answered: ours, or a newer one that has taken its place, whose reading began after ours was asked.
 */
export function isAnswered(
  answered: string | null,
  { id, before, now }: { id: string; before: string | null; now: string | null },
): boolean {
  return answered !== null && (answered === id || (answered === now && now !== before));
}
