/** How far something is, in a line of a log and in a bar on a terminal. */
import { formatDuration } from '@connector/shared/duration.ts';
import { timeLeftText } from '../text/time-left.ts';
import type { Measured } from './report.ts';

/** How wide a bar may be, in columns. */
const bar = { least: 6, most: 24 } as const;

/** 0 … 1; `null` where it is unknown of how many. */
const shareOf = ({ done, of }: Measured): number | null =>
  done === null || of === null ? null : of === 0 ? 1 : Math.min(1, done / of);

/** Rounded down: 100 % is told when nothing is left. */
const percentText = (share: number): string => `${Math.floor(share * 100)} %`;

const perSecondText = (perSecond: number): string =>
  `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;

/** What is told of pace and time left. */
function paceTexts({ perSecond, timeLeftMs, isAll = false }: Measured): string[] {
  return [
    ...(perSecond === null ? [] : [perSecondText(perSecond)]),
    ...(timeLeftMs === undefined ? [] : [timeLeftText(timeLeftMs, { isAll })]),
  ];
}

/** A line of a log: `planning, 400 of 1000 people done (40 %), 90/s, at least 7 s left`. @param sinceMs that kind of work has taken so long */
export function logText(measured: Measured, sinceMs: number): string {
  const { doing, done, of, what } = measured;
  const share = shareOf(measured);
  return [
    doing,
    ...(done === null ? [] : [`${of === null ? done : `${done} of ${of}`} ${what} done`]),
    ...paceTexts(measured),
    ...(sinceMs < 1_000 ? [] : [`${formatDuration(sinceMs)} so far`]),
  ]
    .join(', ')
    .replace(' done', share === null ? ' done' : ` done (${percentText(share)})`);
}

/** What stands on a terminal: `planning  [#####-------]  40 %  400/1000  90/s  at least 7 s left`; without the bar where that is narrow. */
export function barText(measured: Measured, columns: number): string {
  const { doing, done, of, what } = measured;
  const share = shareOf(measured);
  const counts = done === null ? [] : [of === null ? `${done} ${what}` : `${done}/${of}`];
  const told = [...counts, ...paceTexts(measured)];
  if (share === null) return [doing, ...told].join('  ');
  const percent = percentText(share).padStart(5);
  const rest = [doing, '', percent, ...told].join('  ').length + 2;
  const width = Math.min(bar.most, columns - rest);
  if (width < bar.least) return [doing, percent, ...told].join('  ');
  const filled = Math.floor(share * width);
  return [doing, `[${'#'.repeat(filled).padEnd(width, '-')}]`, percent, ...told].join('  ');
}
