/**
 * Changes that were read in the directories and haven't reached LastPass, the oldest first. Those of people whom LastPass refuses, or who wait
 * for a seat, stay there until that is mended, and are told as set aside: they mustn't hide others, nor be taken for a sync that stands still.
 */
import { isRefusal, setAside } from '@connector/shared/plan.ts';
import type { Store } from '@connector/shared/store.ts';

/** People looked at together: few at first, for mostly the oldest change is of somebody whom nobody refuses. */
const pages = { first: 10, largest: 1_000, growsBy: 10 };
/** So many who are refused are looked past at each scrape of the metrics, or a few more. */
const mostLookedPast = 5_000;

interface Outstanding {
  /** How many older changes there are. */
  readonly rank: number;
  /** When it was read, ms since 1970. */
  readonly readAtMs: number;
  readonly isRefused: boolean;
}

/** All, the oldest first, a page at a time: whoever has found enough asks for no more. */
async function* outstanding({ redis, keys }: Store): AsyncGenerator<Outstanding[]> {
  let size = pages.first;
  for (let from = 0; ; ) {
    const flat = await redis.zrange(keys.changedAt, String(from), String(from + size - 1), 'WITHSCORES');
    const people = flat.filter((_, index) => index % 2 === 0);
    if (people.length === 0) return;
    const asides = await redis.hmget(keys.setAside, ...people);
    yield people.map((_, index) => ({
      rank: from + index,
      readAtMs: Number(flat[2 * index + 1]),
      isRefused: saysRefused(asides[index] ?? null),
    }));
    from += size;
    size = Math.min(pages.largest, size * pages.growsBy);
  }
}

/** What can't be read hides nobody. */
function saysRefused(raw: string | null): boolean {
  if (raw === null) return false;
  try {
    return isRefusal(setAside.parse(JSON.parse(raw)));
  } catch {
    return false; // it is told by whoever needs what it says
  }
}

/** What is on its way. */
export interface OnTheWay {
  /** People whom it is about, but for those refused whose changes are older than all others. */
  readonly people: number;
  /**
   * When the oldest change of somebody who isn't refused was read, ms since 1970; `null`: there is none. Where more than 5,000 are refused,
   * it may be later than this.
   */
  readonly sinceMs: number | null;
}

/** What is on its way now. Costs the same for ten people and for thousands, as long as few of them are refused. */
export async function readOnTheWay(store: Store): Promise<OnTheWay> {
  const all = await store.redis.zcard(store.keys.changedAt);
  for await (const page of outstanding(store)) {
    const found = page.find(({ rank, isRefused }) => !isRefused || rank >= mostLookedPast);
    if (found !== undefined) return { people: Math.max(1, all - found.rank), sinceMs: found.readAtMs };
  }
  return { people: 0, sinceMs: null };
}

/** Changes that have been outstanding for too long. */
export interface LateChanges {
  /** Of how many people; at `most`, of so many at least. */
  readonly count: number;
  /** When the oldest was read, ms since 1970; `null`: there is none. */
  readonly sinceMs: number | null;
}

/**
 * Those that were read before a moment, without those of people who are refused, however many these are.
 * @param most nobody is counted beyond
 */
export async function readLateChanges(
  store: Store,
  { beforeMs, most }: { beforeMs: number; most: number },
): Promise<LateChanges> {
  let [count, sinceMs]: [number, number | null] = [0, null];
  for await (const page of outstanding(store))
    for (const { readAtMs, isRefused } of page) {
      if (readAtMs > beforeMs || count >= most) return { count, sinceMs };
      if (isRefused) continue;
      count++;
      sinceMs ??= readAtMs;
    }
  return { count, sinceMs };
}
