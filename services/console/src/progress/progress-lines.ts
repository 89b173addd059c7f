/** How far something is, where every line stays: a kind of work that begins, and now and then how far it is. */
import { type Measured, Pace, type Report } from './report.ts';
import { logText } from './report-text.ts';

/** A line about the same kind of work is told this seldom, ms. */
const retellAfterMs = 10_000;
/** So often it is looked whether one is due although nothing was reported, ms. */
const lookEveryMs = 1_000;

export class ProgressLines {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #pace = new Pace();
  #timer: NodeJS.Timeout | undefined;
  /** `null`: what was reported last may be over. */
  #last: Measured | null = null;
  #kind = '';
  #beganAtMs = 0;
  #toldAtMs = 0;

  /** @param now a clock, ms */
  constructor(write: (line: string) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
  }

  /** Takes a report, and goes on telling of it: that something still takes its time is worth a line, too. */
  readonly tell = (report: Report): void => {
    const nowMs = this.#now();
    const measured = this.#pace.measure(report, nowMs);
    this.#last = measured;
    this.#timer ??= setInterval(() => this.#tellIfDue(), lookEveryMs).unref();
    if (measured.kind === this.#kind) this.#tellIfDue();
    else {
      this.#kind = measured.kind;
      this.#beganAtMs = nowMs;
      this.#tellOf(measured, nowMs);
    }
  };

  /** Something else was said: what was reported last may be over. */
  rest(): void {
    this.#last = null;
  }

  #tellIfDue(): void {
    const nowMs = this.#now();
    if (this.#last !== null && nowMs - this.#toldAtMs >= retellAfterMs) this.#tellOf(this.#last, nowMs);
  }

  #tellOf(measured: Measured, nowMs: number): void {
    this.#toldAtMs = nowMs;
    this.#write(logText(measured, nowMs - this.#beganAtMs));
  }
}
