/** The debug log: for a while every service tells more than usual, without being restarted. */
import { z } from 'zod';
import { auditWrite } from './audit.ts';
import type { State } from './state.ts';
import { parseStored } from './store.ts';

/** Somebody wants it until a time. */
export const debugLog = z.strictObject({ by: z.string(), atMs: z.number(), untilMs: z.number() });
export type DebugLog = z.infer<typeof debugLog>;

/** So long at most, ms: nobody has to think of switching it off. */
export const longestDebugLogMs = 24 * 3_600_000;

/** The debug log as somebody wants it; `null`: it is off. */
export async function readDebugLog({ redis, keys }: State, nowMs: number): Promise<DebugLog | null> {
  const { value } = parseStored(debugLog, keys.debugLog, await redis.get(keys.debugLog));
  return value !== null && value.untilMs > nowMs ? value : null;
}

/** Switches it on until a time, or off. The services follow within seconds. */
export async function switchDebugLog(
  state: State,
  { by, atMs, untilMs }: { by: string; atMs: number; untilMs: number | null },
): Promise<void> {
  const { keys, commit } = state;
  const before = await readDebugLog(state, atMs);
  const noted = auditWrite(keys, {
    ...{ atMs, by, did: `switched ${untilMs === null ? 'off' : 'on'}`, of: { kind: 'debug-log', id: '', name: '' } },
    ...{ was: before === null ? null : { untilMs: before.untilMs } },
    ...{ is: untilMs === null ? null : { untilMs }, source: null },
  });
  const wanted: DebugLog | null = untilMs === null ? null : { by, atMs, untilMs };
  await commit({
    guards: [],
    writes: [
      wanted === null
        ? ['DEL', keys.debugLog]
        : ['SET', keys.debugLog, JSON.stringify(wanted), 'PX', String(wanted.untilMs - atMs)],
      noted,
    ],
  });
}
