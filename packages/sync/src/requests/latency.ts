/**
 * How long changes in the directory take to LastPass: from when the watcher has read one until LastPass has it. Counted by five minutes in
 * buckets that grow by an eleventh, so that a quantile is right to a twentieth, and a day of any number of changes takes little room. What
 * waits for a person's word meanwhile, and what a full read finds, isn't counted: neither says how quick the sync is.
 */
import type { Keys, PersonKey } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';

/** Changes are counted by so long a time, ms. */
export const slotMs = 5 * 60_000;
const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** Buckets in which a latency doubles. */
const perDoubling = 8;

/** Which bucket a latency counts in: it is over 2^((bucket − 1)/8) ms, and at most 2^(bucket/8) ms. */
export const bucketOf = (ms: number): number => Math.ceil(perDoubling * Math.log2(Math.max(1, ms)));

/** The middle of a bucket, ms. */
const middleOf = (bucket: number): number => Math.round(2 ** (Math.max(0, bucket - 0.5) / perDoubling));

const slotOf = (atMs: number): number => Math.floor(atMs / slotMs);

/** Bucket → how many. */
export type Counts = ReadonlyMap<number, number>;

/** What the changes of a time took. */
export interface Latency {
  /** People whose change reached LastPass. */
  readonly people: number;
  /** Half of them took at most so long, ms; `null` for nobody. */
  readonly p50Ms: number | null;
  /** And 95 in a hundred, ms; `null` for nobody. */
  readonly p95Ms: number | null;
}

/** The same for five minutes. */
export interface LatencyOfSlot extends Latency {
  /** When they began, ms since 1970. */
  readonly fromMs: number;
}

/**
 * The writes that count what reached LastPass at a moment.
 * @param changedAt person → when their oldest outstanding change was read, ms since 1970
 */
export function latencyWrites(keys: Keys, changedAt: ReadonlyMap<PersonKey, number>, atMs: number): string[][] {
  if (changedAt.size === 0) return [];
  const counts = new Map<number, number>();
  for (const sinceMs of changedAt.values()) {
    const bucket = bucketOf(atMs - sinceMs);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  const key = keys.latency(slotOf(atMs));
  return [
    ...[...counts].map(([bucket, count]) => ['HINCRBY', key, String(bucket), String(count)]),
    ['PEXPIRE', key, String(dayMs + 2 * slotMs)],
    ['ZREM', keys.changedAt, ...changedAt.keys()],
  ];
}

/** When the oldest outstanding change of each of these was read, ms since 1970; of whom has none, nothing. */
export async function readChangedAt(
  { redis, keys }: Store,
  people: readonly PersonKey[],
): Promise<Map<PersonKey, number>> {
  if (people.length === 0) return new Map();
  const scores = await redis.zmscore(keys.changedAt, ...people);
  return new Map(people.flatMap((person, index) => (scores[index] == null ? [] : [[person, Number(scores[index])]])));
}

function added(all: readonly Counts[]): Counts {
  const sum = new Map<number, number>();
  for (const counts of all) for (const [bucket, count] of counts) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  return sum;
}

/** What was counted comes to. */
export function latencyOf(counts: Counts): Latency {
  const buckets = [...counts].sort(([a], [b]) => a - b);
  const people = buckets.reduce((sum, [, count]) => sum + count, 0);
  const quantile = (share: number): number | null => {
    let seen = 0;
    for (const [bucket, count] of buckets) {
      seen += count;
      if (seen >= share * people) return middleOf(bucket);
    }
    return null;
  };
  return { people, p50Ms: quantile(0.5), p95Ms: quantile(0.95) };
}

/** What was counted in the last day, each five minutes in which anything was: the oldest first. */
async function readSlots({ redis, keys }: Store, nowMs: number): Promise<{ slot: number; counts: Counts }[]> {
  const last = slotOf(nowMs);
  const slots = Array.from({ length: dayMs / slotMs + 1 }, (_, index) => last - dayMs / slotMs + index);
  const found = await Promise.all(slots.map((slot) => redis.hgetall(keys.latency(slot))));
  return slots
    .map((slot, index) => ({
      slot,
      counts: new Map(
        Object.entries(found[index] ?? {})
          .map(([bucket, count]) => [Number(bucket), Number(count)] as const)
          .filter((pair) => pair.every(Number.isSafeInteger)),
      ),
    }))
    .filter(({ counts }) => counts.size > 0);
}

/** Of the last hour and the last day, right to five minutes. */
export async function readLatency(
  store: Store,
  nowMs: number,
): Promise<{ readonly hour: Latency; readonly day: Latency }> {
  const slots = await readSlots(store, nowMs);
  const since = (ms: number) =>
    latencyOf(added(slots.filter(({ slot }) => slot > slotOf(nowMs - ms)).map(({ counts }) => counts)));
  return { hour: since(hourMs), day: since(dayMs) };
}

/** Of each five minutes of the last day in which anything reached LastPass: the oldest first. */
export const readLatencyOfSlots = async (store: Store, nowMs: number): Promise<LatencyOfSlot[]> =>
  (await readSlots(store, nowMs)).map(({ slot, counts }) => ({ fromMs: slot * slotMs, ...latencyOf(counts) }));
