/**
 * What somebody is told: when a condition comes, when there is news of it, each day while it lasts, and when it is over. It compares what
 * holds with what was told last, which is remembered; so whatever changes while nobody looks is told afterwards, and nothing twice.
 */
import { z } from 'zod';
import { type Holding, kinds, nameOf } from './condition.ts';
import { readable } from './readable.ts';

const kind = z.enum(kinds);

/** A condition that was noticed. */
const noticedCondition = z.strictObject({
  kind,
  subject: z.string().nullable(),
  /** Since when it holds, as far as is known, ms since 1970. */
  sinceMs: z.number(),
  /** Since when it doesn't hold any more, ms since 1970; `null`: it holds. */
  goneSinceMs: z.number().nullable(),
  /** Since when there is something that wasn't told, ms since 1970; `null`: there is nothing. */
  newsSinceMs: z.number().nullable(),
  /** What was told last; `null`: nothing yet. */
  told: z
    .strictObject({
      atMs: z.number(),
      count: z.number().nullable(),
      newestMs: z.number(),
      /** All that hold, and others that were told since it came, without their numbers. */
      problems: z.array(z.string()),
    })
    .nullable(),
});
type NoticedCondition = z.infer<typeof noticedCondition>;

/** All conditions that were noticed, by their names. */
export const noticed = z.strictObject({ conditions: z.record(z.string(), noticedCondition) });
export type Noticed = z.infer<typeof noticed>;

export const nothingNoticed: Noticed = { conditions: {} };

/** The same, whatever each of them says. */
const whatever = z.object({ conditions: z.record(z.string(), z.unknown()) });

/** What was noticed, as it is stored. What this release can't read is forgotten: if it holds, it is told anew. */
export function noticedIn(raw: string | null): Noticed {
  const { conditions } = (raw === null ? null : readable(whatever, raw)) ?? nothingNoticed;
  const read = Object.entries(conditions).flatMap(([name, each]) => {
    const { data } = noticedCondition.safeParse(each);
    return data === undefined ? [] : [[name, data] as const];
  });
  return { conditions: Object.fromEntries(read) };
}

export const phases = ['raised', 'changed', 'reminder', 'over'] as const;
export type Phase = (typeof phases)[number];

/** Something to tell. */
export interface Event extends Pick<Holding, 'kind' | 'subject' | 'count' | 'problems'> {
  readonly phase: Phase;
  readonly atMs: number;
  /** Since when the condition holds, or held, ms since 1970. */
  readonly sinceMs: number;
  /** How many it was about when it was told last; `null`: it wasn't told yet, or is about none in particular. */
  readonly before: number | null;
}

/** As long as a condition lasts, it is told again so often, ms. */
const remindEveryMs = 24 * 3_600_000;
/** So many problems of one condition are remembered as told; more, if more hold now: those must not be news again. */
const mostProblems = 20;

/** Numbers in a problem change while it stays the same: times, ports, how many. */
const withoutNumbers = (problem: string): string => problem.replace(/\d+/g, '#');

interface Moment {
  readonly nowMs: number;
  /** What lasts for less isn't told. */
  readonly settleMs: number;
}

/** What to tell now, and what is to be remembered once it is told. */
export function whatToTell(
  before: Noticed,
  holding: readonly Holding[],
  moment: Moment,
): { after: Noticed; events: Event[] } {
  const now = new Map(holding.map((each) => [nameOf(each), each]));
  const names = new Set([...now.keys(), ...Object.keys(before.conditions)]);
  const told = [...names].map((name) => {
    const [known = null, held = null] = [before.conditions[name], now.get(name)];
    const outcome = held === null ? gone(known, moment) : stillHeld(known, held, moment);
    return { name, ...outcome };
  });
  const after = told.flatMap(({ name, next }) => (next === null ? [] : [[name, next] as const]));
  const events = told.flatMap(({ event }) => (event === null ? [] : [event]));
  const rank = (event: Event) => kinds.indexOf(event.kind);
  return { after: { conditions: Object.fromEntries(after) }, events: events.sort((a, b) => rank(a) - rank(b)) };
}

interface Outcome {
  readonly next: NoticedCondition | null;
  readonly event: Event | null;
}

/** Of a condition that doesn't hold, or not any more. */
function gone(known: NoticedCondition | null, { nowMs, settleMs }: Moment): Outcome {
  if (known === null || known.told === null) return { next: null, event: null };
  const goneSinceMs = known.goneSinceMs ?? nowMs;
  if (nowMs - goneSinceMs < settleMs) return { next: { ...known, goneSinceMs }, event: null };
  const { kind: of, subject, sinceMs, told } = known;
  const over = { phase: 'over', atMs: nowMs, count: told.count === null ? null : 0, before: told.count } as const;
  return { next: null, event: { kind: of, subject, sinceMs, problems: [], ...over } };
}

/** Of one that holds. */
function stillHeld(known: NoticedCondition | null, held: Holding, moment: Moment): Outcome {
  const { nowMs } = moment;
  const { kind: of, subject } = held;
  const first = { kind: of, subject, goneSinceMs: null, newsSinceMs: null, told: null };
  if (known === null || known.told === null) {
    const sinceMs = held.sinceMs ?? known?.sinceMs ?? nowMs;
    const current = { ...first, sinceMs };
    return nowMs - sinceMs >= held.afterMs ? telling('raised', current, held, nowMs) : { next: current, event: null };
  }
  const newsSinceMs = isNews(known, held) ? (known.newsSinceMs ?? nowMs) : null;
  const current = { ...known, goneSinceMs: null, newsSinceMs };
  if (newsSinceMs !== null && nowMs - newsSinceMs >= moment.settleMs) return telling('changed', current, held, nowMs);
  if (nowMs - known.told.atMs >= remindEveryMs) return telling('reminder', current, held, nowMs);
  return { next: current, event: null };
}

function isNews({ told }: NoticedCondition, { newestMs, problems }: Holding): boolean {
  if (told === null) return false;
  const known = new Set(told.problems);
  return newestMs > told.newestMs || problems.some((problem) => !known.has(withoutNumbers(problem)));
}

function telling(phase: Phase, current: NoticedCondition, held: Holding, nowMs: number): Outcome {
  const { kind: of, subject, sinceMs, told } = current;
  const { count, newestMs, problems } = held;
  const now = new Set(problems.map(withoutNumbers));
  const all = [...now.union(new Set(told?.problems))].slice(0, Math.max(mostProblems, now.size));
  const remembered = { atMs: nowMs, count, newestMs: Math.max(newestMs, told?.newestMs ?? 0), problems: all };
  return {
    next: { ...current, newsSinceMs: null, told: remembered },
    event: { phase, kind: of, subject, atMs: nowMs, sinceMs, count, before: told?.count ?? null, problems },
  };
}
