/** Where a K1 was about to be written: until it has replicated, no other domain controller knows of it, and would be given another. */
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { z } from 'zod';

export const keyWrite = z.strictObject({
  url: z.string(),
  /** DNS name of the domain controller: an address may stand for several. */
  host: z.string(),
  /** ms since 1970. */
  atMs: z.number(),
});
export type KeyWrite = z.infer<typeof keyWrite>;

/** After so long what was written at one domain controller is at all of them, or that one is gone for good, ms. */
const replicatedAfterMs = 24 * 3_600_000;

/** Whether a write may not have come to all domain controllers yet. */
export const isReplicating = ({ atMs }: KeyWrite, nowMs: number): boolean => nowMs - atMs < replicatedAfterMs;

/** The notes of what has come to all of them, person by person, as they are stored. */
export async function replicatedWrites(
  { redis, keys }: State,
  nowMs: number,
): Promise<[person: string, raw: string][]> {
  return Object.entries(await redis.hgetall(keys.userKeysAt)).filter(([, raw]) => {
    const { value } = parseStored(keyWrite, keys.userKeysAt, raw);
    return value === null || !isReplicating(value, nowMs);
  });
}
