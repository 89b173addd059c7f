/** How many people are where, by counts alone: whoever asks often may. */
import type { Store } from '@connector/shared/store.ts';

export type PeopleCounts = Awaited<ReturnType<typeof countPeople>>;

/** Somebody may be several at once. */
export async function countPeople({ redis, keys }: Store, nowMs: number) {
  const [inScope, linked, toPlan, toJudge, toDeliver, postponed, held, pending] = await Promise.all([
    redis.scard(keys.inScope),
    redis.hlen(keys.links),
    redis.zcard(keys.toPlan),
    redis.zcard(keys.waiting),
    redis.zcard(keys.toDeliver),
    redis.zcount(keys.toDeliver, `(${nowMs}`, '+inf'),
    redis.zcard(keys.held),
    redis.zcard(keys.pending),
  ]);
  return { inScope, linked, toPlan, toJudge, toDeliver, postponed, held, pending };
}
