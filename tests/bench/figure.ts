/** What is measured, what it is to be, and what several runs of it come to. Pure. */

/** A ratio judges what depends on the machine: to a yardstick that was measured beside it. */
export type Target = { readonly of: 'value' | 'ratio' } & ({ readonly atMost: number } | { readonly atLeast: number });

export interface Figure {
  readonly what: string;
  readonly unit: 'ms' | 'MB' | '%' | '×' | 'calls' | 'people' | 'steps' | 'bytes';
  /** Left out: the figure is told for its own sake. */
  readonly target?: Target;
}

/** One value of one run. */
export interface Reading {
  readonly figure: Figure;
  readonly value: number;
  /** The same unit, from the same run. */
  readonly yardstick?: number;
}

/** Three values of a sample. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Result {
  readonly figure: Figure;
  readonly values: readonly number[];
  readonly value: Spread;
  /** `null` without a yardstick. */
  readonly yardstick: Spread | null;
  /** Of each run's value to its own yardstick. */
  readonly ratio: Spread | null;
  /** `null` without a target. Medians are judged. */
  readonly isMet: boolean | null;
}

/** The value below which this share of them lies. @throws RangeError of none */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (found === undefined) throw new RangeError('there is no percentile of nothing');
  return found;
}

/** @throws RangeError of none */
export function spreadOf(values: readonly number[]): Spread {
  return { median: medianOf(values), min: Math.min(...values), max: Math.max(...values) };
}

function medianOf(values: readonly number[]): number {
  const above = percentile(values, 0.5);
  return values.length % 2 === 1 ? above : (above + percentile(values, 0.5 - 1 / values.length)) / 2;
}

/** What the readings of all runs come to, figure by figure, in the order in which they were first told. */
export function resultsOf(readings: readonly Reading[]): Result[] {
  const byFigure = Map.groupBy(readings, ({ figure }) => figure.what);
  return [...byFigure.values()].flatMap((some) => (some[0] ? [resultOf(some[0].figure, some)] : []));
}

function resultOf(figure: Figure, readings: readonly Reading[]): Result {
  const values = readings.map(({ value }) => value);
  const measured = readings.flatMap(({ value, yardstick }) => (yardstick === undefined ? [] : [{ value, yardstick }]));
  const value = spreadOf(values);
  const yardstick = measured.length === 0 ? null : spreadOf(measured.map((one) => one.yardstick));
  const ratio = measured.length === 0 ? null : spreadOf(measured.map((one) => one.value / one.yardstick));
  return { figure, values, value, yardstick, ratio, isMet: isMet(figure.target, { value, ratio }) };
}

function isMet(target: Target | undefined, { value, ratio }: Pick<Result, 'value' | 'ratio'>): boolean | null {
  if (target === undefined) return null;
  const judged = target.of === 'value' ? value.median : ratio?.median;
  if (judged === undefined) return false;
  return 'atMost' in target ? judged <= target.atMost : judged >= target.atLeast;
}
