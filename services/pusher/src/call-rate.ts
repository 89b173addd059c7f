/**
 * One rate for all calls of all pushers, kept in Redis: turns (the generic cell rate algorithm), a pause that everybody keeps when
 * LastPass asks for it or doesn't answer (promise 7), and what LastPass was found to bear (`allowance.ts`).
 *
 * Four fifths of the calls that are allowed in a second go evenly; the last fifth is there for what comes after a rest. So there are
 * never more in any second. Calls for leavers keep to the configured rate and to pauses alone: what LastPass bears of the others
 * is none of their business.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { runScript, scriptOf } from '@connector/shared/script.ts';
import type { Store } from '@connector/shared/store.ts';
import { within } from '@connector/sync/requests/allowed-calls.ts';
import { type Allowance, allowanceAfter, type EndedCall, firstAllowance, isSame, type Most } from './allowance.ts';

/** Commands with a limit of their own, calls a second, evenly: LastPass takes 10, and counts by a clock of its own. */
const slowCommands: Readonly<Record<string, number>> = { updateemail: 8 };

/** In the hash, beside the buckets and the pause. */
const allowanceFields = ['callsPerSecond', 'callsLoweredAt', 'batchSize', 'batchLoweredAt'] as const;
const pauseFields = ['pausedUntil', 'slowDowns'] as const;

/** The first of ever longer pauses, and the longest of them, ms. */
const firstPauseMs = 1_000;
const longestPauseMs = 15_000;
/** However long LastPass, or a proxy on the way, asks for, ms: nobody can end a pause, and leavers keep it too. Then it is asked again. */
const longestAskedMs = 5 * 60_000;

/**
 * Takes a call's turn in all its buckets, or says how long to wait, ms. A stored time that lies further ahead than it can have been written
 * comes from before Redis' clock went back (a host that boots in the future, a fail-over): nobody waits for that.
 * ARGV: the most calls in a second; '1' when what LastPass bears counts; name and calls a second of a slow command, or ''.
 */
const script = scriptOf(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function read(field) return tonumber(redis.call('HGET', KEYS[1], field) or 0) or 0 end
local paused = read('pausedUntil') - now
if paused > ${longestAskedMs} then
  redis.call('HDEL', KEYS[1], 'pausedUntil')
elseif paused > 0 then
  return {paused}
end
local buckets = {}
local function bucket(field, interval, burst)
  local due = math.max(read(field), now)
  local latest = now + interval * burst
  if due > latest then
    due = latest
    redis.call('HSET', KEYS[1], field, due)
  end
  table.insert(buckets, {field, due + interval, due - now - interval * (burst - 1)})
end
local function rate(field, calls) bucket(field, 1000 / (calls * 4 / 5), math.max(1, math.floor(calls / 5))) end
local most = tonumber(ARGV[1])
rate('due', most)
local borne = read('callsPerSecond')
if ARGV[2] == '1' and borne > 0 and borne < most then rate('due:borne', math.max(1, borne)) end
if ARGV[3] ~= '' then bucket('due:' .. ARGV[3], 1000 / tonumber(ARGV[4]), 1) end
local ahead = 0
for _, each in ipairs(buckets) do ahead = math.max(ahead, each[3]) end
if ahead > 0 then return {math.ceil(ahead)} end
for _, each in ipairs(buckets) do redis.call('HSET', KEYS[1], each[1], each[2]) end
return {0, now, redis.call('HMGET', KEYS[1], ${allowanceFields.map((field) => `'${field}'`).join(', ')})}
`);

/** A call's turn. */
export interface Turn {
  /** When it was taken, ms since 1970, by Redis' clock. */
  readonly takenAtMs: number;
  /** What was allowed then. */
  readonly allowance: Allowance;
}

export interface CallRateOptions {
  readonly store: Store;
  readonly most: Most;
  /** Whether what LastPass bears counts; otherwise it is always the most. */
  readonly adaptive: boolean;
}

type Answer = readonly [waitMs: number, takenAtMs?: number, allowance?: readonly (string | null)[]];

/** How often something is tried again that another pusher changes at the same time. */
const tries = 5;

export class CallRate {
  readonly #store: Store;
  readonly #most: Most;
  readonly #adaptive: boolean;

  constructor({ store, most, adaptive }: CallRateOptions) {
    this.#store = store;
    this.#most = most;
    this.#adaptive = adaptive;
  }

  /** Waits for a call's turn, and takes it. @param forLeavers keeps to the configured rate and to pauses alone */
  async takeTurn(
    { command, forLeavers }: { command: string; forLeavers: boolean },
    signal: AbortSignal,
  ): Promise<Turn> {
    const { redis, keys } = this.#store;
    const slow = slowCommands[command];
    const args = [
      String(this.#most.callsPerSecond),
      this.#adaptive && !forLeavers ? '1' : '0',
      ...(slow === undefined ? ['', ''] : [command, String(slow)]),
    ];
    for (;;) {
      signal.throwIfAborted();
      const answer = (await runScript(redis, script, { keys: [keys.callRate], args })) as Answer;
      const [waitMs, takenAtMs = 0, allowance = []] = answer;
      if (waitMs === 0) return { takenAtMs, allowance: this.#allowanceIn(allowance) };
      await sleep(Math.min(waitMs, 1_000), undefined, { signal });
    }
  }

  /** What is allowed now, of all pushers. */
  async allowed(): Promise<Allowance> {
    if (!this.#adaptive) return firstAllowance(this.#most);
    const { redis, keys } = this.#store;
    return this.#allowanceIn(await redis.hmget(keys.callRate, ...allowanceFields));
  }

  /** How many accounts may be in one call now. */
  async batchSize(): Promise<number> {
    return Math.floor((await this.allowed()).batchSize.value);
  }

  /** Learns from a call what LastPass bears, and lets nobody pause. */
  async learn({ allowance }: Turn, call: EndedCall): Promise<void> {
    const told = { most: this.#most, nowMs: call.takenAtMs };
    // What a call of then wouldn't have changed then, it doesn't change now.
    if (!this.#adaptive || isSame(allowanceAfter(allowance, call, told), allowance)) return;
    await this.#change(call, () => []);
  }

  /**
   * Makes every pusher pause, for as long as LastPass asked for within reason, else longer each time in a row; and learns from the call.
   * @returns the pause, ms
   */
  async slowDown(call: EndedCall, askedMs?: number): Promise<number> {
    let leftMs = 0;
    await this.#change(call, ({ pausedUntilMs, slowDowns, nowMs }) => {
      leftMs = pausedUntilMs - nowMs;
      if (leftMs > 0 && askedMs === undefined) return []; // calls that failed side by side are one reason to pause
      leftMs = Math.min(longestAskedMs, Math.max(leftMs, askedMs ?? pauseMs(slowDowns)));
      return ['slowDowns', String(slowDowns + 1), 'pausedUntil', String(nowMs + leftMs)];
    });
    return Math.max(0, leftMs);
  }

  /** LastPass answers as it should: the next pause is a short one again. */
  async goOn(): Promise<void> {
    const { redis, keys } = this.#store;
    await redis.hdel(keys.callRate, 'slowDowns');
  }

  /** Writes what a call changes, as one. @param also what else is to be written, as fields and values */
  async #change(call: EndedCall, also: (pausing: Pausing) => readonly string[]): Promise<void> {
    const { redis, keys, commit } = this.#store;
    const fields = [...allowanceFields, ...pauseFields];
    for (let attempt = 0; attempt < tries; attempt++) {
      const [found, nowMs] = await Promise.all([redis.hmget(keys.callRate, ...fields), this.#now()]);
      const [pausedUntil, slowDowns] = found.slice(allowanceFields.length).map(Number);
      const writes = [
        ...this.#changes(this.#allowanceIn(found), call, nowMs),
        ...also({ pausedUntilMs: pausedUntil || 0, slowDowns: slowDowns || 0, nowMs }),
      ];
      if (writes.length === 0) return;
      const guards = fields.map((field, index) => ({
        command: ['HGET', keys.callRate, field],
        is: found[index] ?? null,
      }));
      if ((await commit({ guards, writes: [['HSET', keys.callRate, ...writes]] })).committed) return;
    }
  }

  #changes(before: Allowance, call: EndedCall, nowMs: number): string[] {
    if (!this.#adaptive) return [];
    const after = allowanceAfter(before, call, { most: this.#most, nowMs });
    const { callsPerSecond: calls, batchSize: batch } = after;
    return [
      ...(calls === before.callsPerSecond
        ? []
        : ['callsPerSecond', String(calls.value), 'callsLoweredAt', String(calls.loweredAtMs)]),
      ...(batch === before.batchSize
        ? []
        : ['batchSize', String(batch.value), 'batchLoweredAt', String(batch.loweredAtMs)]),
    ];
  }

  #allowanceIn([calls, callsLoweredAt, batch, batchLoweredAt]: readonly (string | null)[]): Allowance {
    const { callsPerSecond, batchSize } = this.#most;
    return {
      callsPerSecond: {
        value: within(Number(calls ?? Number.NaN), callsPerSecond),
        loweredAtMs: Number(callsLoweredAt) || 0,
      },
      batchSize: { value: within(Number(batch ?? Number.NaN), batchSize), loweredAtMs: Number(batchLoweredAt) || 0 },
    };
  }

  /** Redis' clock, by which pauses and turns are counted: ms since 1970. */
  async #now(): Promise<number> {
    const [seconds, microseconds] = await this.#store.redis.time();
    return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
  }
}

interface Pausing {
  readonly pausedUntilMs: number;
  /** Pauses in a row. */
  readonly slowDowns: number;
  readonly nowMs: number;
}

/** How long everybody pauses after so many pauses in a row, ms. */
const pauseMs = (slowDowns: number): number => Math.min(firstPauseMs * 2 ** slowDowns, longestPauseMs);
