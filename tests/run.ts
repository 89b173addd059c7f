/**
 * All checks and tests: types, lint, then every test file, the quick ones first. Ends with one line that counts them;
 * exit code 1 unless all passed and none was skipped.
 *
 *   node tests/run.ts [--check] [part of a path …]
 *
 * What drives a Docker engine runs where one answers; elsewhere a line says that it is left out.
 * `--check` runs types and lint only; parts of paths choose test files.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { atMost } from './runner/at-most.ts';
import { engineAnswers } from './runner/docker-engine.ts';
import { closingLine, failureText, isGood, type Outcome, progressLine } from './runner/outcome.ts';
import { killAll, runProgram } from './runner/process.ts';
import { runTestFile } from './runner/test-file.ts';
import { findTestFiles } from './runner/test-files.ts';

const root = resolve(import.meta.dirname, '..');
const checkLimitMs = 3 * 60_000;
/** Files at a time. An integration test keeps half a core busy, and waits for the rest of its time. */
const atATime = { unit: 2, integration: 3, alone: 1, containers: 1 } as const;

const checks = [
  { name: 'types', command: 'tsc', args: ['--noEmit'] },
  { name: 'lint', command: 'biome', args: ['check', '--error-on-warnings', '.'] },
] as const;

function tell(outcome: Outcome): Outcome {
  console.log(progressLine(outcome));
  if (!isGood(outcome)) console.log(outcome.output.trimEnd().replace(/^/gm, '     | '));
  return outcome;
}

async function check({ name, command, args }: (typeof checks)[number]): Promise<Outcome> {
  const program = resolve(root, 'node_modules/.bin', command);
  const { code, output, durationMs, timedOut } = await runProgram(program, args, { limitMs: checkLimitMs, cwd: root });
  const good = code === 0;
  const problem = timedOut ? `was ended after ${checkLimitMs / 60_000} minutes` : null;
  return tell({ name, passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0, durationMs, output, problem });
}

async function runAll(): Promise<Outcome[]> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
  const outcomes = positionals.length > 0 ? [] : await atMost(1, checks, check);
  if (values.check) return outcomes;
  const files = findTestFiles(root);
  const isChosen = (file: string) => positionals.length === 0 || positionals.some((part) => file.includes(part));
  const run = async (file: string) => tell(await runTestFile(file, root));
  for (const kind of ['unit', 'integration', 'alone', 'containers'] as const) {
    const chosen = files[kind].filter(isChosen);
    if (kind === 'containers' && chosen.length > 0 && !(await engineAnswers())) leaveOut(chosen);
    else outcomes.push(...(await atMost(atATime[kind], chosen, run)));
  }
  return outcomes;
}

/** What can't run here is no failure, and isn't passed over in silence. */
function leaveOut(files: readonly string[]): void {
  console.log(`left out: ${files.join(', ')} (no Docker engine answers here; start one, and they run too)`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killAll();
    process.exit(1);
  });
}
const outcomes = await runAll();
const good = outcomes.length > 0 && outcomes.every(isGood);
const failures = outcomes.filter((outcome) => !isGood(outcome));
for (const failure of failures) console.log(`\nnot good: ${failureText(failure)}`);
console.log(closingLine(outcomes));
process.exitCode = good ? 0 : 1;
