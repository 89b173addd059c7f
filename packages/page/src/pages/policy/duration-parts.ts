/** A duration of the policy in two parts, for a number and its unit: `30d`. Pure. */

export type Unit = 'ms' | 's' | 'm' | 'h' | 'd';

export interface DurationParts {
  /** As it is typed: not always a number yet. */
  readonly count: string;
  readonly unit: Unit;
}

/** What units are called. */
export const unitWords: Readonly<Record<Unit, string>> = {
  ms: 'milliseconds',
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
};

/** Units that are offered, besides one that is there already. */
export const offeredUnits: readonly Unit[] = ['m', 'h', 'd'];

export function durationParts(text: string): DurationParts {
  const [, count = '', unit = 'd'] = /^(.*?)\s*(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  return { count, unit: unit as Unit };
}

export const durationOf = ({ count, unit }: DurationParts): string => `${count}${unit}`;
