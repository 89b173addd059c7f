/**
 * Which of its pasts Redis goes on from. A Redis that was restarted may have lost its last second, one that took over from another
 * whatever hadn't reached it yet, an emptied one everything: it goes on from an earlier moment, on another *timeline* (PostgreSQL's
 * word for the same). Redis itself names it: `master_replid` of INFO is a new one after each of these
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/replication/).
 *
 * A key says which timeline what is in Redis belongs to. Every transaction is refused where Redis isn't on it, or where it isn't the
 * one that the process knows (`commit`): nothing is concluded from what was read before. The first process that notices opens the new
 * one, and from then on
 * - nobody is planned and nothing is delivered before all accounts were read: what LastPass answered may be forgotten,
 * - claims are void: whoever held one asks anew what became of its calls,
 * - no create leaves before those that nobody remembers have settled,
 * - readings of the logical clock that were given out before are never given out again.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { RedisUnsuitable } from './redis.ts';
import { runScript, scriptOf } from './script.ts';

/** More transactions than can be lost at once: readings of the clock skip so many. */
const lostTicksAtMost = 1_000_000;

const timeline = z.strictObject({
  /** `master_replid`. */
  id: z.string(),
  /** When it was opened, ms since 1970; 0 where nothing can have been lost before: the very first in an empty Redis. */
  openedAtMs: z.number(),
  /** Tells this opening from any other: emptying Redis doesn't give it another `master_replid`. */
  opening: z.string(),
});

/** A timeline as a process knows it. */
export interface Timeline extends z.infer<typeof timeline> {
  /** As stored. */
  readonly raw: string;
}

/** Redis goes on from an earlier moment than what this process has read: begin anew. The service's check of Redis tells it, once. */
export class TimelineChanged extends Error {
  override readonly name = 'TimelineChanged';
  readonly code = 'TIMELINE_CHANGED';
  constructor() {
    super('Redis was restarted, replaced or emptied: what was read before counts no more');
  }
}

/** Lua: what Redis calls its timeline. */
export const currentId = `string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')`;

const open = scriptOf(`
if ${currentId} ~= ARGV[1] or (redis.call('GET', KEYS[1]) or '') ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
if ARGV[4] == '0' then return 1 end
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SET', KEYS[3], ARGV[5], 'NX') end
redis.call('INCRBY', KEYS[2], ARGV[6])
redis.call('DEL', KEYS[4], KEYS[5], KEYS[6])
return 1
`);

export interface NoticeOptions {
  readonly redis: Redis;
  readonly keys: Keys;
  /** The version of what is in Redis that this release writes. */
  readonly schema: string;
  /** What this process knew before; `null` at its start. */
  readonly known: Timeline | null;
}

/** What Redis calls its timeline. @throws RedisUnsuitable when it has no name for it */
async function readId(redis: Redis): Promise<string> {
  const id = /^master_replid:(\w+)/m.exec(await redis.info('replication'))?.[1];
  if (id === undefined)
    throw new RedisUnsuitable(
      "Redis doesn't tell its master_replid (INFO replication), so that nobody could know whether it has forgotten something: use one that does",
    );
  return id;
}

/** What the key says; `null` without one, and where somebody has written over it: then nothing is known of the past, and it ends here. */
function readStored(raw: string | null): z.infer<typeof timeline> | null {
  try {
    return raw === null ? null : timeline.parse(JSON.parse(raw));
  } catch {
    return null;
  }
}

/**
 * Learns which timeline Redis is on, and opens it where nobody has.
 * @throws RedisUnsuitable, and whatever Redis throws
 */
export async function noticeTimeline({ redis, keys, schema, known }: NoticeOptions): Promise<Timeline> {
  for (;;) {
    const id = await readId(redis);
    const [raw = null, clock = null] = await redis.mget(keys.timeline, keys.clock);
    const stored = readStored(raw);
    // Somebody who has just started may take an emptied Redis for a new one; this process knows better.
    const isTakenForNew = stored?.openedAtMs === 0 && known !== null && known.raw !== raw;
    if (raw !== null && stored !== null && stored.id === id && !isTakenForNew) return { ...stored, raw };
    const isNew = raw === null && clock === null && known === null;
    const opened: z.infer<typeof timeline> = { id, openedAtMs: isNew ? 0 : Date.now(), opening: randomUUID() };
    const next = JSON.stringify(opened);
    await runScript(redis, open, {
      keys: [keys.timeline, keys.clock, keys.schema, keys.accountsRead, keys.claims, keys.accountsReader],
      args: [id, raw ?? '', next, isNew ? '0' : '1', schema, String(lostTicksAtMost)],
    });
  }
}
