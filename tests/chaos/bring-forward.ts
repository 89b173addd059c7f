/**
 * Times that the product waits for, brought forward once everything is quiet: what is waited for then can't happen any more.
 * Nothing else of what Redis remembers is changed here, and all that is goes by way of a transaction that is refused when a
 * service was quicker.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { noSeat } from '@connector/shared/no-seat.ts';
import { alarm, intent, type Link, link } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { settlesMs } from '@connector/sync/calls/calls.ts';
import { createSettlesMs } from '../../services/pusher/src/settling.ts';

/** Whoever is put off for longer is due now, ms: a claim that is being worked on isn't. */
const putOffForMs = 6_000;
const hurryEveryMs = 1_500;

export interface Quiet {
  /** Since when no call has been under way that was sent before, ms since 1970. */
  readonly sinceMs: number;
}

/** Brings all of them forward. To be called again as long as something is waited for. */
export async function bringForward(store: Store, { sinceMs }: Quiet): Promise<void> {
  await Promise.all([
    deliveriesAreDue(store),
    createsSettle(store, sinceMs),
    linksSettle(store, sinceMs),
    forgottenCreatesSettle(store, sinceMs),
    callsMayGoOn(store),
    refusedCredentialsAreTried(store),
    seatsAreTried(store),
  ]);
}

/**
 * While faults strike: nobody waits for long, else a single refusal would keep all calls from everything that strikes after it.
 * Creates, disablings and removals that may be under way settle in their own time.
 */
export async function hurry(store: Store, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await Promise.all(
      [deliveriesAreDue, callsMayGoOn, refusedCredentialsAreTried, seatsAreTried].map((each) => each(store)),
    ).catch(
      () => undefined, // Redis is away: a fault of ours
    );
    await sleep(hurryEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Whoever was refused, or got no answer, is tried again now; what may be under way is waited for. */
async function deliveriesAreDue({ redis, keys, commit }: Store): Promise<void> {
  const nowMs = Date.now();
  const settling = new Set([...(await redis.hkeys(keys.intents)), ...(await unsettledLinks({ redis, keys })).keys()]);
  for (const line of [keys.toDeliver, keys.leavers]) {
    const all = await redis.zrangebyscore(line, `(${nowMs + putOffForMs}`, '+inf');
    const later = all.filter((person) => !settling.has(person));
    if (later.length > 0)
      await commit({ guards: [], writes: later.map((person) => ['ZADD', line, 'XX', 'LT', String(nowMs), person]) });
  }
}

/** A create that was sent before everything was quiet isn't under way any more. */
async function createsSettle({ redis, keys, commit }: Store, sinceMs: number): Promise<void> {
  for (const [person, raw] of Object.entries(await redis.hgetall(keys.intents))) {
    const sent = intent.parse(JSON.parse(raw));
    if (sent.settlesAtMs <= Date.now() || sent.settlesAtMs - createSettlesMs >= sinceMs) continue;
    await commit({
      guards: [{ command: ['HGET', keys.intents, person], is: raw }],
      writes: [
        ['HSET', keys.intents, person, JSON.stringify({ ...sent, settlesAtMs: Date.now() })],
        ['ZADD', keys.toDeliver, 'XX', 'LT', String(Date.now()), person],
      ],
    });
  }
}

/** Nor is a disabling or a removal. */
async function linksSettle({ redis, keys, commit }: Store, sinceMs: number): Promise<void> {
  for (const [person, { raw, value }] of await unsettledLinks({ redis, keys })) {
    const settlesAtMs = value.settlesAtMs ?? 0;
    if (settlesAtMs <= Date.now() || settlesAtMs - settlesMs >= sinceMs) continue;
    const now = Date.now();
    await commit({
      guards: [{ command: ['HGET', keys.links, person], is: raw }],
      writes: [
        ['HSET', keys.links, person, JSON.stringify({ ...value, settlesAtMs: now })],
        ['ZADD', keys.toDeliver, 'XX', 'LT', String(now), person],
        ['ZADD', keys.leavers, 'XX', 'LT', String(now), person],
      ],
    });
  }
}

/** Links of which a disabling or removal may still be carried out, or is to be asked for. */
async function unsettledLinks({ redis, keys }: Pick<Store, 'redis' | 'keys'>) {
  const found = new Map<string, { raw: string; value: Link }>();
  for (const [person, raw] of Object.entries(await redis.hgetall(keys.links))) {
    const value = link.parse(JSON.parse(raw));
    if (value.settlesAtMs !== undefined) found.set(person, { raw, value });
  }
  return found;
}

/** Nor is one that Redis may have forgotten: it was sent before whoever noticed opened another timeline. */
async function forgottenCreatesSettle({ redis, keys, commit, notice }: Store, sinceMs: number): Promise<void> {
  const { raw, ...timeline } = await notice();
  if (timeline.openedAtMs >= sinceMs || timeline.openedAtMs + createSettlesMs <= Date.now()) return;
  const settled = JSON.stringify({ ...timeline, openedAtMs: Date.now() - createSettlesMs });
  await commit({
    guards: [{ command: ['GET', keys.timeline], is: raw }],
    writes: [
      ['SET', keys.timeline, settled],
      ...(await redis.zrange(keys.toDeliver, '0', '-1')).map((each) => {
        return ['ZADD', keys.toDeliver, 'XX', 'LT', String(Date.now()), each];
      }),
    ],
  });
}

/** Nobody has to pause, or to wait for a turn, however little LastPass was found to bear; batches stay as small as it made them. */
async function callsMayGoOn({ keys, commit }: Store): Promise<void> {
  const fields = ['pausedUntil', 'slowDowns', 'due', 'due:borne', 'callsPerSecond'];
  await commit({ guards: [], writes: [['HDEL', keys.callRate, ...fields]] });
}

async function refusedCredentialsAreTried({ redis, keys, commit }: Store): Promise<void> {
  for (const [credentials, raw] of Object.entries(await redis.hgetall(keys.alarms))) {
    const raised = alarm.parse(JSON.parse(raw));
    if (raised.tryAgainAtMs <= Date.now()) continue;
    await commit({
      guards: [{ command: ['HGET', keys.alarms, credentials], is: raw }],
      writes: [['HSET', keys.alarms, credentials, JSON.stringify({ ...raised, tryAgainAtMs: Date.now() })]],
    });
  }
}

async function seatsAreTried({ redis, keys, commit }: Store): Promise<void> {
  const { raw, value } = parseStored(noSeat, keys.noSeat, await redis.get(keys.noSeat));
  if (value === null || value.tryAgainAtMs <= Date.now()) return;
  await commit({
    guards: [{ command: ['GET', keys.noSeat], is: raw }],
    writes: [['SET', keys.noSeat, JSON.stringify({ ...value, tryAgainAtMs: Date.now() })]],
  });
}
