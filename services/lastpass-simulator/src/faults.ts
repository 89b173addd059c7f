/**
 * Faults to rehearse: what each kind does, how often, and to which commands.
 *
 * Of the faults that fit a call, delays add up and the first other one decides. `phase: 'before'` strikes instead of the
 * command; `'after'` lets it be carried out and then loses its answer.
 */
import { z } from 'zod';

const common = {
  /** Only these commands; all where it is missing. */
  cmd: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  /** Only calls that would change one of these users, or, where `cmd` has getuserdata, ask for one by name; all where it is missing. */
  usernames: z.array(z.string().trim().toLowerCase()).min(1).optional(),
  /** How many calls it strikes; every one where it is missing. */
  times: z.number().int().min(1).optional(),
  /** Chance of striking a call that fits: 0 … 1. */
  probability: z.number().min(0).max(1).default(1),
};
/** A delay ahead of the fault itself. */
const delayed = { latencyMs: z.number().int().min(0).max(600_000).optional() };
const before = {
  ...common,
  ...delayed,
  phase: z.literal('before', 'this kind only comes before the command').default('before'),
};
const either = { ...common, ...delayed, phase: z.enum(['before', 'after']).default('before') };
const texts = z.union([z.string(), z.array(z.string()).min(1)]);

export const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latency'), ...either, latencyMs: z.number().int().min(0).max(600_000) }),
  z.strictObject({ kind: z.literal('http-429'), ...before, retryAfterSeconds: z.number().int().min(0).optional() }),
  z.strictObject({ kind: z.literal('http-403'), ...before }),
  z.strictObject({ kind: z.literal('http-413'), ...before }),
  z.strictObject({ kind: z.literal('http-500'), ...either, status: z.number().int().min(500).max(599).default(500) }),
  /** HTTP 200 with a page for people, as a proxy or a maintenance notice sends. */
  z.strictObject({ kind: z.literal('html-page'), ...either }),
  /** Half the answer. `cleanly`: HTTP itself is in order; `abruptly`: the connection ends in mid-body. */
  z.strictObject({ kind: z.literal('cut-body'), ...either, ends: z.enum(['cleanly', 'abruptly']).default('cleanly') }),
  /** The connection is reset (TCP RST). */
  z.strictObject({ kind: z.literal('reset'), ...either }),
  /** No answer until the faults are replaced or deleted (then it goes on as if nothing had been) or the caller gives up. */
  z.strictObject({ kind: z.literal('hang'), ...either }),
  /** The command's answer, with a `message`: slow down. */
  z.strictObject({ kind: z.literal('message'), ...before, message: z.string().default('Please slow down') }),
  /** FAIL with this error, in the form given. */
  z.strictObject({ kind: z.literal('fail'), ...before, error: texts }),
  /** Changes to these users are refused, those to others aren't. */
  z.strictObject({
    kind: z.literal('poison'),
    ...before,
    usernames: z.array(z.string().trim().toLowerCase()).min(1),
    error: z.string().default('This user is refused'),
  }),
]);
export type Fault = z.infer<typeof fault>;
/** The faults that decide a call on their own. */
export type Strike = Exclude<Fault, { kind: 'latency' | 'poison' }>;

export const faultList = z.array(fault);

/** What befalls one call. */
export type Fate = {
  delayBeforeMs: number;
  delayAfterMs: number;
  strike: Strike | null;
  /** Username → error text. */
  poisoned: Map<string, string>;
};

export type FaultList = {
  /** Takes what strikes this call off the list. */
  fateOf(call: { cmd: string; data: unknown }): Fate;
  replace(faults: Fault[]): void;
  /** The faults still to come, `times` being what is left. */
  list(): Fault[];
  /** Resolves when the faults of now are replaced: the end of a hang. */
  released(): Promise<void>;
};

/** `random` gives numbers from 0 up to 1, as `Math.random`. */
export function faultsInForce({ random }: { random: () => number }): FaultList {
  let faults: Fault[] = [];
  let release = Promise.withResolvers<void>();
  const strikes = (one: Fault, call: { cmd: string; data: unknown }) => fits(one, call) && random() < one.probability;
  return {
    fateOf(call) {
      const fate: Fate = { delayBeforeMs: 0, delayAfterMs: 0, strike: null, poisoned: new Map() };
      for (const one of faults) {
        const isTooLate = fate.strike !== null && one.kind !== 'latency' && one.kind !== 'poison';
        if (!isTooLate && strikes(one, call)) {
          befall(fate, one);
          if (one.times !== undefined) one.times -= 1;
        }
      }
      faults = faults.filter(({ times }) => times !== 0);
      return fate;
    },
    replace(next) {
      faults = next.map((one) => ({ ...one }));
      release.resolve();
      release = Promise.withResolvers<void>();
    },
    list: () => faults.map((one) => ({ ...one })),
    released: () => release.promise,
  };
}

function befall(fate: Fate, one: Fault): void {
  const delayMs = one.latencyMs ?? 0;
  if (one.phase === 'after') fate.delayAfterMs += delayMs;
  else fate.delayBeforeMs += delayMs;
  if (one.kind === 'poison') for (const username of one.usernames) fate.poisoned.set(username, one.error);
  else if (one.kind !== 'latency') fate.strike = one;
}

function fits(one: Fault, { cmd, data }: { cmd: string; data: unknown }): boolean {
  const chosen = typeof one.cmd === 'string' ? [one.cmd] : one.cmd;
  if (chosen !== undefined && !chosen.includes(cmd)) return false;
  if (one.usernames === undefined) return true;
  if (cmd === 'getuserdata' && (chosen === undefined || one.kind === 'poison')) return false;
  const named = usernamesIn(data);
  return one.usernames.some((username) => named.has(username));
}

/** The usernames that any command's data speaks of, in lower case. */
function usernamesIn(data: unknown): Set<string> {
  const entries: unknown[] = Array.isArray(data) ? data : [data];
  const named = entries.map((entry) => (isRecord(entry) ? (entry['username'] ?? entry['oldemail']) : entry));
  return new Set(named.filter((name) => typeof name === 'string').map((name) => name.trim().toLowerCase()));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
