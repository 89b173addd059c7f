/** A limit on how often something may be done within any second, for each of several keys. Memory only. */

const WINDOW_MS = 1_000;

export type RateLimit = {
  /** Whether one more is allowed under every key at this time (milliseconds since 1970); only then is it counted. */
  admits(call: { keys: readonly string[]; nowMs: number }): boolean;
  clear(): void;
};

/** At most `perSecond` under each key. What is a second old is forgotten, so each call costs the same. */
export function rateLimit({ perSecond }: { perSecond: number }): RateLimit {
  let admitted: { keys: readonly string[]; timeMs: number }[] = [];
  const counts = new Map<string, number>();
  const forgetBefore = (limitMs: number) => {
    const old = admitted.findIndex(({ timeMs }) => timeMs > limitMs);
    const gone = admitted.splice(0, old === -1 ? admitted.length : old);
    for (const key of gone.flatMap(({ keys }) => keys)) lower(counts, key);
  };
  return {
    admits({ keys, nowMs }) {
      forgetBefore(nowMs - WINDOW_MS);
      if (keys.some((key) => (counts.get(key) ?? 0) >= perSecond)) return false;
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
      admitted.push({ keys, timeMs: nowMs });
      return true;
    },
    clear() {
      admitted = [];
      counts.clear();
    },
  };
}

function lower(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 0) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
