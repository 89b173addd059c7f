/** What came out of one thing that ran: a test file, or a check of the whole. */

export interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  /** Skipped or marked as to do: neither is allowed. */
  readonly skipped: number;
  readonly durationMs: number;
  /** All that it printed, for whoever looks into a failure. */
  readonly output: string;
  /** What is wrong besides failed tests, in one line. */
  readonly problem: string | null;
}

export const isGood = ({ failed, skipped }: Outcome): boolean => failed === 0 && skipped === 0;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** The closing line. */
export function closingLine(outcomes: readonly Outcome[]): string {
  const total = (key: 'passed' | 'failed' | 'skipped') => sum(outcomes.map((outcome) => outcome[key]));
  return `${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`;
}

/** One line of progress. */
export function progressLine(outcome: Outcome): string {
  const { name, passed, failed, skipped, durationMs, problem } = outcome;
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  const seconds = `${(durationMs / 1_000).toFixed(1).padStart(6)} s`;
  const told = [counts.filter(Boolean).join(', '), problem].filter(Boolean).join(': ');
  return `${isGood(outcome) ? 'ok  ' : 'FAIL'} ${seconds}  ${name}  (${told})`;
}

/** Without a report of failed tests the end of the output has to do: so many lines. */
const lastLines = 40;

/**
 * What went wrong, told once more where everybody looks first: at the end of a long log, of which some keep no more.
 * @returns the spec reporter's list of failed tests, else the last lines of the output
 */
export function failureText({ name, output, problem }: Outcome): string {
  const lines = output.trimEnd().split('\n');
  const report = lines.findLastIndex((line) => line.trim() === '✖ failing tests:');
  const told = report === -1 ? lines.slice(-lastLines) : lines.slice(report + 1);
  return [`${name}${problem === null ? '' : `: ${problem}`}`, ...told.map((line) => `     | ${line}`)].join('\n');
}
