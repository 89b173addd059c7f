/**
 * One rate for all calls of all pushers: a token bucket in Redis (the generic cell rate algorithm), and a pause that
 * everybody keeps when LastPass asks for it or doesn't answer (promise 7).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { runScript, scriptOf } from '@connector/shared/script.ts';
import type { Store } from '@connector/shared/store.ts';

/** LastPass publishes no limit but updateemail's; public clients send far less (API reference, Transport). */
const callsPerSecond = 20;
/** So many calls may follow each other at once after a rest. */
const burst = 20;
/** Commands with a limit of their own, calls a second: LastPass takes 10, and counts by a clock of its own. */
const slowCommands: Readonly<Record<string, number>> = { updateemail: 8 };

const script = scriptOf(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local paused = tonumber(redis.call('HGET', KEYS[1], 'pausedUntil') or 0)
if paused > now then return paused - now end
local due = math.max(tonumber(redis.call('HGET', KEYS[1], ARGV[3]) or 0), now)
local ahead = due - now - interval * (burst - 1)
if ahead > 0 then return math.ceil(ahead) end
redis.call('HSET', KEYS[1], ARGV[3], due + interval)
return 0
`);

/** Takes a token for a command, waiting for one if need be; a slow command takes one of its own too. */
export async function takeToken(store: Store, command: string, signal: AbortSignal): Promise<void> {
  await takeFrom(store, { field: 'due', perSecond: callsPerSecond, burst }, signal);
  const perSecond = slowCommands[command];
  if (perSecond !== undefined) await takeFrom(store, { field: `due:${command}`, perSecond, burst: 1 }, signal);
}

interface Bucket {
  /** Where the hash of all buckets says when the next call is due. */
  readonly field: string;
  readonly perSecond: number;
  readonly burst: number;
}

async function takeFrom({ redis, keys }: Store, bucket: Bucket, signal: AbortSignal): Promise<void> {
  const args = [String(1_000 / bucket.perSecond), String(bucket.burst), bucket.field];
  for (;;) {
    signal.throwIfAborted();
    const waitMs = Number(await runScript(redis, script, { keys: [keys.callRate], args }));
    if (waitMs === 0) return;
    await sleep(Math.min(waitMs, 1_000), undefined, { signal });
  }
}

const firstPauseMs = 1_000;
const longestPauseMs = 15_000;

/**
 * Makes every pusher pause: for as long as LastPass asked for, else longer each time in a row.
 * @returns the pause, ms
 */
export async function slowDown({ redis, keys }: Store, askedMs?: number): Promise<number> {
  const nowMs = Date.now();
  const leftMs = Number(await redis.hget(keys.callRate, 'pausedUntil')) - nowMs;
  if (leftMs > 0 && askedMs === undefined) return leftMs; // calls that failed side by side are one reason to pause
  const times = await redis.hincrby(keys.callRate, 'slowDowns', 1);
  const pauseMs = askedMs ?? Math.min(firstPauseMs * 2 ** (times - 1), longestPauseMs);
  await redis.hset(keys.callRate, 'pausedUntil', String(nowMs + pauseMs));
  return pauseMs;
}

/** LastPass answers as it should: the next pause is a short one again. */
export async function goOn({ redis, keys }: Store): Promise<void> {
  await redis.hdel(keys.callRate, 'slowDowns');
}
