/**
 * All checks and tests: types, lint, then every test file, the quick ones first. Ends with one line that counts them;
 * exit code 1 unless all passed and none was skipped.
 *
 *   node tests/run.ts [--check] [part of a path …]
 *
 * Where a Docker engine answers, so does what drives one, and some integration tests run again with Redis and Samba in containers. A line says
 * which programs served, and what was left out.
 * `--check` runs types and lint only; parts of paths choose test files.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { atMost } from './runner/at-most.ts';
import { engineAnswers } from './runner/docker-engine.ts';
import { closingLine, failureText, isGood, type Outcome, progressLine } from './runner/outcome.ts';
import { killAll, runProgram } from './runner/process.ts';
import { runTestFile } from './runner/test-file.ts';
import { againInContainers, findTestFiles } from './runner/test-files.ts';

const root = resolve(import.meta.dirname, '..');
const checkLimitMs = 3 * 60_000;
/** Files at a time, on two processors. An integration test keeps half of one busy, and waits for the rest of its time. */
const atATime = { unit: 2, heavy: 2, integration: 3, alone: 1, again: 2 } as const;

const checks = [
  { name: 'types', command: 'tsc', args: ['--noEmit'] },
  { name: 'types of the page', command: 'tsc', args: ['--noEmit', '--project', 'packages/page'] },
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
  for (const kind of ['unit', 'heavy', 'integration', 'alone'] as const)
    outcomes.push(...(await atMost(atATime[kind], files[kind].filter(isChosen), run)));
  outcomes.push(...(await runContainers(files.containers.filter(isChosen), againInContainers.filter(isChosen))));
  return outcomes;
}

/** What needs a Docker engine. Where none answers it is no failure, and isn't passed over in silence. */
async function runContainers(files: readonly string[], again: readonly string[]): Promise<Outcome[]> {
  if (files.length + again.length === 0) return [];
  if (!(await engineAnswers())) {
    console.log(
      `served by this machine's programs: no Docker engine answers, so left out: ${[...files, 'servers in containers'].join(', ')}`,
    );
    return [];
  }
  console.log("served by this machine's programs so far, and from here by containers:");
  const run = async (file: string) => tell(await runTestFile(file, root));
  const runAgain = async (file: string) => tell(await runTestFile(file, root, { inContainers: true }));
  // Each of the former starts a dozen containers: one at a time, beside the others.
  return (await Promise.all([atMost(1, files, run), atMost(atATime.again, again, runAgain)])).flat();
}

// Of every process that tests start, half of the time until it is up goes into compiling the same modules.
process.env['NODE_COMPILE_CACHE'] ??= resolve(root, '.cache/compiled');

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
