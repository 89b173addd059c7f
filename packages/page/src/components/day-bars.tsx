/** A small chart of the last day, a bar for each slot of it; what it shows is said in words as well. */
import { useCallback, useId, useState } from 'react';
import { numberText } from '../text/count.ts';
import classes from './day-bars.module.css';
import { roundUp } from './round-up.ts';

/** One bar. */
export interface DayBar {
  /** When its slot begins, ms since 1970. */
  readonly fromMs: number;
  readonly value: number;
  /** A part of it that stands out, from below. */
  readonly part?: number;
}

export interface DayBarsProps {
  /** What it shows, in a sentence: it is what is read out. */
  readonly summary: string;
  readonly bars: readonly DayBar[];
  /** Of one bar, on pointing at it. */
  readonly titleOf: (bar: DayBar) => string;
}

/** px; the width is that of what it stands in. */
const height = 140;
const plot = { left: 40, right: 4, top: 8, bottom: 22 } as const;
/** So many times stand below. */
const labels = 4;

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

export function DayBars({ summary, bars, titleOf }: DayBarsProps) {
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
          const part = bar.part ?? 0;
          return (
            <g key={bar.fromMs}>
              <title>{titleOf(bar)}</title>
              <rect x={x} y={plot.top} width={step} height={inner.height} className={classes.hit} />
              {[
                { value: bar.value, className: part > 0 ? classes.whole : classes.bar },
                { value: part, className: classes.bar },
              ]
                .filter(({ value }) => value > 0)
                .map(({ value, className }) => (
                  <rect
                    key={className}
                    x={x + step * 0.1}
                    y={yOf(value)}
                    width={Math.max(3, step * 0.8)}
                    height={bottom - yOf(value)}
                    className={className}
                  />
                ))}
              {index % Math.ceil(bars.length / labels) === 0 && (
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
