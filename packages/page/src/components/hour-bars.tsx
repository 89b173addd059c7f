/** A small chart of bars, one for each hour; what it shows is said in words as well. */
import { useCallback, useId, useState } from 'react';
import { numberText } from '../text/count.ts';
import classes from './hour-bars.module.css';
import { roundUp } from './round-up.ts';

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

/** px; the width is that of what it stands in. */
const height = 140;
const plot = { left: 40, right: 4, top: 8, bottom: 22 } as const;
/** A time below each so many bars. */
const labelEvery = 6;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** How wide an element is, px, from its first moment on. */
function useWidth() {
  const [width, setWidth] = useState(0);
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

export function HourBars({ summary, bars, titleOf }: HourBarsProps) {
  const id = useId();
  const { ref, width } = useWidth();
  const most = roundUp(Math.max(1, ...bars.map(({ value }) => value)));
  const inner = { width: Math.max(0, width - plot.left - plot.right), height: height - plot.top - plot.bottom };
  const step = inner.width / Math.max(1, bars.length);
  const yOf = (value: number) => plot.top + inner.height * (1 - value / most);
  const bottom = plot.top + inner.height;
  return (
    <div ref={ref} className={classes.chart}>
      <svg width={width} height={height} role="img" aria-labelledby={id}>
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
                  width={Math.max(1, step - 4)}
                  height={bottom - yOf(bar.value)}
                  rx="2"
                  className={classes.bar}
                />
              )}
              {bad > 0 && (
                <rect
                  x={x + 2}
                  y={yOf(bar.value)}
                  width={Math.max(1, step - 4)}
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
    </div>
  );
}
