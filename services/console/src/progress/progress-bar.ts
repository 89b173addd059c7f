/** How far something is, in one line of a terminal that is overwritten. */
import { Pace, type Report } from './report.ts';
import { barText } from './report-text.ts';

/** A line about the same kind of work is drawn this seldom, ms: more often nobody sees. */
const redrawAfterMs = 100;

export class ProgressBar {
  readonly #pace = new Pace();
  #kind = '';
  #drawnAtMs = Number.NEGATIVE_INFINITY;

  /** @returns the line to draw now; `null`: what stands there will do */
  next(report: Report, { columns, nowMs }: { columns: number; nowMs: number }): string | null {
    const measured = this.#pace.measure(report, nowMs);
    if (measured.kind === this.#kind && nowMs - this.#drawnAtMs < redrawAfterMs) return null;
    this.#kind = measured.kind;
    this.#drawnAtMs = nowMs;
    return barText(measured, columns);
  }
}
