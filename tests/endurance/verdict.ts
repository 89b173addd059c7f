/** What the samples and latencies come to. Pure. */
import type { Arrival } from './arrivals.ts';
import type { Sample } from './samples.ts';

/** The first ten of sixty minutes don't count: what is needed once is taken then. */
const warmUpShare = 1 / 6;
const mostGrowth = 0.1;
/** p95 of the end against that of the beginning; less than a fifth of a second more is no drift. */
const mostDrift = 1.25;
const driftBelowMs = 200;

/** How one figure went: means of a sixth of the run each, so that one collection of garbage more or less decides nothing. */
export interface Growth {
  readonly what: string;
  /** Right after the warm-up. */
  readonly from: number;
  /** At the end. */
  readonly to: number;
  readonly growth: number;
  /** Whether it must not grow; the heap is shown, and judged by what the process takes. */
  readonly counts: boolean;
}

export interface Minute {
  readonly minute: number;
  readonly changes: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** How long one kind of step took. */
export interface StepTimes {
  readonly step: Arrival['step'];
  readonly changes: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export interface Verdict {
  readonly steps: readonly StepTimes[];
  readonly growths: readonly Growth[];
  readonly minutes: readonly Minute[];
  readonly p95FromMs: number;
  readonly p95ToMs: number;
  /** What isn't as it should be; none: good. */
  readonly problems: readonly string[];
}

/** The value below which this share of them lies; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Those of a part of the run, as shares of it. */
function between<T extends { readonly atMs: number }>(
  all: readonly T[],
  { fromMs, toMs }: Span,
  from: number,
  to: number,
): T[] {
  const length = toMs - fromMs;
  return all.filter(({ atMs }) => atMs >= fromMs + from * length && atMs <= fromMs + to * length);
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const firstPart = [warmUpShare, 2 * warmUpShare] as const;
const lastPart = [1 - warmUpShare, 1] as const;

function growthsOf(samples: readonly Sample[], span: Span): Growth[] {
  const [first, last] = [between(samples, span, ...firstPart), between(samples, span, ...lastPart)];
  return Object.keys(samples[0]?.bytes ?? {}).map((what) => {
    const [from, to] = [first, last].map((part) => mean(part.map(({ bytes }) => bytes[what] ?? 0))) as [number, number];
    return { what, from, to, growth: to / from - 1, counts: !what.endsWith(' heap') };
  });
}

/** Latencies minute by minute, by when the change was written. */
export function minutesOf(arrivals: readonly Arrival[], { fromMs }: Span): Minute[] {
  const byMinute = Object.groupBy(arrivals, ({ atMs }) => Math.floor((atMs - fromMs) / 60_000));
  return Object.entries(byMinute).map(([minute, some = []]) => ({ minute: Number(minute) + 1, ...timesOf(some) }));
}

function timesOf(arrivals: readonly Arrival[]) {
  const latencies = arrivals.map(({ latencyMs }) => latencyMs);
  return { changes: arrivals.length, p50Ms: percentile(latencies, 0.5), p95Ms: percentile(latencies, 0.95) };
}

function stepsOf(arrivals: readonly Arrival[]): StepTimes[] {
  const steps = [...new Set(arrivals.map(({ step }) => step))].sort();
  return steps.map((step) => ({ step, ...timesOf(arrivals.filter((each) => each.step === step)) }));
}

export interface Run {
  readonly span: Span;
  readonly samples: readonly Sample[];
  readonly arrivals: readonly Arrival[];
  /** Changes that took longer than a minute. */
  readonly slow: number;
  /** Changes that LastPass never heard of. */
  readonly lost: number;
  /** Accounts that aren't as the directory says, once all is quiet. */
  readonly differences: readonly string[];
}

/** Judges a run. */
export function verdictOn({ span, samples, arrivals, slow, lost, differences }: Run): Verdict {
  const growths = growthsOf(samples, span);
  const p95 = (from: number, to: number) =>
    percentile(
      between(arrivals, span, from, to).map(({ latencyMs }) => latencyMs),
      0.95,
    );
  const [p95FromMs, p95ToMs] = [p95(...firstPart), p95(...lastPart)];
  const grown = growths.filter(({ growth, counts }) => counts && !(growth <= mostGrowth));
  const drifts = p95ToMs > p95FromMs * mostDrift && p95ToMs - p95FromMs > driftBelowMs;
  return {
    growths,
    steps: stepsOf(arrivals),
    minutes: minutesOf(arrivals, span),
    p95FromMs,
    p95ToMs,
    problems: [
      ...grown.map(({ what, growth }) => `${what} grew by ${(growth * 100).toFixed(1)} %`),
      ...(drifts ? [`p95 went from ${Math.round(p95FromMs)} to ${Math.round(p95ToMs)} ms`] : []),
      ...(slow > 0 ? [`${slow} changes took longer than a minute`] : []),
      ...(lost > 0 ? [`${lost} changes never reached LastPass`] : []),
      ...differences,
    ],
  };
}
