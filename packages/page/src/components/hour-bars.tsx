/** A small chart of bars, one for each hour; what it shows is said in words as well. */
import { useId } from 'react';
import { numberText } from '../text/count.ts';
import classes from './hour-bars.module.css';

/** One bar. */
export interface HourBar {
  /** When the hour begins, ms since 1970. */
  readonly fromMs: number;
  readonly value: number;
  /** The part of it that went wrong, on top. */
  readonly bad?: number;
}

export interface HourBarsProps {
  /** What it shows, in a sentence: it is what is read out. */
  readonly summary: string;
  readonly bars: readonly HourBar[];
  /** Of one bar, on pointing at it. */
  readonly titleOf: (bar: HourBar) => string;
}

const width = 600;
const height = 140;
const plot = { left: 40, right: 4, top: 8, bottom: 22 } as const;
/** A time below each so many bars. */
const labelEvery = 6;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** The next round number: 1, 2 or 5 with zeros. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

export function HourBars({ summary, bars, titleOf }: HourBarsProps) {
  const id = useId();
  const most = roundUp(Math.max(1, ...bars.map(({ value }) => value)));
  const inner = { width: width - plot.left - plot.right, height: height - plot.top - plot.bottom };
  const step = inner.width / Math.max(1, bars.length);
  const yOf = (value: number) => plot.top + inner.height * (1 - value / most);
  const bottom = plot.top + inner.height;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className={classes.chart} role="img" aria-labelledby={id}>
      <title id={id}>{summary}</title>
      {[0, most / 2, most].map((value) => (
        <g key={value}>
          <line x1={plot.left} x2={width - plot.right} y1={yOf(value)} y2={yOf(value)} className={classes.grid} />
          {Number.isInteger(value) && (
            <text x={plot.left - 6} y={yOf(value) + 4} textAnchor="end" className={classes.words}>
              {numberText(value)}
            </text>
          )}
        </g>
      ))}
      {bars.map((bar, index) => {
        const x = plot.left + index * step;
        const bad = bar.bad ?? 0;
        return (
          <g key={bar.fromMs}>
            <title>{titleOf(bar)}</title>
            <rect x={x} y={plot.top} width={step} height={inner.height} className={classes.hit} />
            {bar.value > 0 && (
              <rect
                x={x + 2}
                y={yOf(bar.value)}
                width={step - 4}
                height={bottom - yOf(bar.value)}
                rx="2"
                className={classes.bar}
              />
            )}
            {bad > 0 && (
              <rect
                x={x + 2}
                y={yOf(bar.value)}
                width={step - 4}
                height={bottom - yOf(bad)}
                rx="2"
                className={classes.bad}
              />
            )}
            {index % labelEvery === 0 && (
              <text x={x} y={height - 5} className={classes.words}>
                {clock.format(bar.fromMs)}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
