/** Runs one test file and counts what it reported. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Outcome } from './outcome.ts';
import { type Ran, runProgram } from './process.ts';

/** No file may take longer. */
const fileLimitMs = 5 * 60_000;

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly todo: number;
}

/** A line of `summary-reporter`: one about the file's tests, if it has any, then one about all, the file's own end included. */
interface Summary {
  readonly file: string | null;
  readonly counts: Counts;
}

export interface HowToRun {
  /** Its servers run in containers, rather than as programs of this machine (`tests/support/servers.ts`). */
  readonly inContainers?: boolean;
}

/** Runs a test file, its path relative to `root`, in a process of its own. */
export async function runTestFile(
  file: string,
  root: string,
  { inContainers = false }: HowToRun = {},
): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), 'test-report-'));
  try {
    const summary = join(dir, 'summary');
    const args = [
      ...['--test', '--test-reporter=spec', '--test-reporter-destination=stdout'],
      ...[`--test-reporter=${resolve(import.meta.dirname, 'summary-reporter.ts')}`],
      ...[`--test-reporter-destination=${summary}`, file],
    ];
    const ran = await runProgram(process.execPath, args, {
      limitMs: fileLimitMs,
      cwd: root,
      env: inContainers ? { TEST_SERVERS: 'containers' } : {},
    });
    const lines = (await readFile(summary, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    return outcomeOf(
      inContainers ? `${file}, servers in containers` : file,
      ran,
      lines.map((line) => JSON.parse(line) as Summary),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What a run comes to. A file that reported no test of its own, or ended badly after good tests, has failed. */
export function outcomeOf(name: string, ran: Ran, summaries: readonly Summary[]): Outcome {
  const { output, durationMs } = ran;
  const whole = summaries.find(({ file }) => file === null)?.counts;
  const common = { name, output, durationMs };
  if (ran.timedOut)
    return { ...common, ...none, failed: 1, problem: `was ended after ${fileLimitMs / 60_000} minutes` };
  if (whole === undefined) return { ...common, ...none, failed: 1, problem: 'ended without a report' };
  const passed = whole.passed;
  const failed = whole.failed + whole.cancelled;
  const skipped = whole.skipped + whole.todo;
  if (failed === 0 && !summaries.some(({ file }) => file !== null))
    return { ...common, ...none, failed: 1, problem: 'reported no test: an empty suite proves nothing' };
  if (failed === 0 && ran.code !== 0)
    return { ...common, passed, failed: 1, skipped, problem: `ended with ${ran.code} after its tests` };
  return { ...common, passed, failed, skipped, problem: skipped > 0 ? 'nothing may be skipped or left to do' : null };
}

const none = { passed: 0, failed: 0, skipped: 0 } as const;
