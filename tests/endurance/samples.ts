/** What the services and Redis take, looked at again and again. */
import type { Store } from '@connector/shared/store.ts';
import type { Redis } from 'ioredis';

/** Bytes, by what takes them: `<service> rss`, `<service> heap`, `redis`. */
export interface Sample {
  readonly atMs: number;
  readonly bytes: Readonly<Record<string, number>>;
}

/** The value of a metric. @throws Error when it isn't told */
export function figureIn(metrics: string, name: string): number {
  const value = new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.e+]+)$`, 'm').exec(metrics)?.[1];
  if (value === undefined) throw new Error(`/metrics tells no ${name}`);
  return Number(value);
}

async function ofService(name: string, origin: string): Promise<[string, number][]> {
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  return [
    [`${name} rss`, figureIn(metrics, 'process_resident_memory_bytes')],
    [`${name} heap`, figureIn(metrics, 'nodejs_heap_size_used_bytes')],
  ];
}

/**
 * Takes a sample. The guard's memory of an hour is longer than most runs, and grows as long as they last: Redis is told without it.
 * @param services where each listens, by its name
 */
export async function sampleOf(services: ReadonlyMap<string, string>, { redis, keys }: Store): Promise<Sample> {
  const atMs = Date.now();
  const memory = /^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1];
  const each = await Promise.all([...services].map(([name, origin]) => ofService(name, origin)));
  const ofAnHour = (await redis.memory('USAGE', keys.recentLeavers, 'SAMPLES', 0)) ?? 0;
  return { atMs, bytes: Object.fromEntries([...each.flat(), ['redis', Number(memory) - ofAnHour]]) };
}

/** How much each kind of key takes in Redis: names without GUIDs and numbers, with bytes. */
export async function censusOf(redis: Redis): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const keys of redis.scanStream({ count: 500 }) as AsyncIterable<string[]>) {
    const each = await Promise.all(keys.map(async (key) => [key, (await redis.memory('USAGE', key)) ?? 0] as const));
    for (const [key, bytes] of each) {
      const kind = key.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…').replace(/\d+/g, '#');
      sizes.set(kind, (sizes.get(kind) ?? 0) + Number(bytes));
    }
  }
  return sizes;
}
