/** An endurance run in words and tables. */
import type { Arrival } from './arrivals.ts';
import type { Sample } from './samples.ts';
import { percentile, type Verdict } from './verdict.ts';

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const percent = (share: number): string => `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** One line about the minute that is over. */
export function minuteLine(minute: number, arrivals: readonly Arrival[], sample: Sample | undefined): string {
  const latencies = arrivals.map(({ latencyMs }) => latencyMs);
  const sizes = Object.entries(sample?.bytes ?? {})
    .filter(([what]) => !what.endsWith(' heap'))
    .map(([what, bytes]) => `${what} ${megabytes(bytes)}`);
  const speed = `p50 ${percentile(latencies, 0.5)} ms, p95 ${percentile(latencies, 0.95)} ms`;
  return `minute ${minute}: ${arrivals.length} changes (${(arrivals.length / 60).toFixed(1)}/s), ${speed}; ${sizes.join(', ')}`;
}

/** What grew most in Redis. */
function censusRows(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[][] {
  return [...after]
    .map(([kind, bytes]) => ({ kind, bytes, grown: bytes - (before.get(kind) ?? 0) }))
    .sort((a, b) => b.grown - a.grown)
    .slice(0, 12)
    .map(({ kind, bytes, grown }) => [`\`${kind}\``, megabytes(bytes), megabytes(grown)]);
}

export interface Reported {
  readonly verdict: Verdict;
  readonly operations: number;
  readonly people: number;
  readonly fullReads: number;
  readonly census: { readonly before: ReadonlyMap<string, number>; readonly after: ReadonlyMap<string, number> };
}

/** The report, ready for docs/reliability.md. */
export function reportOf({ verdict, operations, people, fullReads, census }: Reported): string {
  const { growths, steps, minutes, problems, p95FromMs, p95ToMs } = verdict;
  return [
    `${operations} changes in ${minutes.length} minutes, ${people} people at the end, ${fullReads} full reads`,
    '',
    ...table(
      ['memory', 'after the warm-up', 'at the end', 'growth'],
      growths.map(({ what, from, to, growth }) => [what, megabytes(from), megabytes(to), percent(growth)]),
    ),
    '',
    ...table(
      ['minute', 'changes', 'p50', 'p95'],
      minutes.map(({ minute, changes, p50Ms, p95Ms }) => [
        String(minute),
        String(changes),
        `${p50Ms} ms`,
        `${p95Ms} ms`,
      ]),
    ),
    '',
    ...table(
      ['step', 'changes', 'p50', 'p95'],
      steps.map(({ step, changes, p50Ms, p95Ms }) => [step, String(changes), `${p50Ms} ms`, `${p95Ms} ms`]),
    ),
    '',
    `p95 after the warm-up ${Math.round(p95FromMs)} ms, at the end ${Math.round(p95ToMs)} ms`,
    '',
    ...table(['in Redis', 'bytes', 'grown'], censusRows(census.before, census.after)),
    '',
    problems.length === 0 ? 'GOOD' : `NOT GOOD: ${problems.join('; ')}`,
  ].join('\n');
}
