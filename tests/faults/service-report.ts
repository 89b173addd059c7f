/** What a service says of itself: its log on standard output, and its readiness over HTTP. */
import assert from 'node:assert/strict';
import type { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';

export interface Condition {
  readonly status: number;
  readonly problems: readonly string[];
}

/** Where it listens, once it does. */
export async function addressOf(program: Program): Promise<string> {
  const port = await waitUntil(
    'the address of the service',
    () => {
      if (!program.running) throw new Error(`it ended: ${program.output}`);
      return /"address":\{[^}]*"port":(\d+)/.exec(program.output)?.[1];
    },
    { withinMs: 45_000 },
  );
  return `http://127.0.0.1:${port}`;
}

/** Asks `/readyz`. */
export async function conditionOf(program: Program): Promise<Condition> {
  const answer = await fetch(`${await addressOf(program)}/readyz`);
  const { problems } = (await answer.json()) as { problems: string[] };
  return { status: answer.status, problems };
}

/** Waits until the service isn't ready and one of its problems reads so. */
export async function notReady(program: Program, problem: RegExp, { withinMs = 45_000 } = {}): Promise<void> {
  await waitUntil(
    `a problem like ${problem}`,
    async () => {
      const { status, problems } = await conditionOf(program);
      if (status === 503 && problems.some((each) => problem.test(each))) return true;
      throw new Error(`${status}: ${problems.join(' | ')}`);
    },
    { withinMs, everyMs: 100 },
  );
}

/** Waits until the service is ready, or at least has no problem like this one any more. */
export async function recovered(
  program: Program,
  { withinMs = 45_000, from }: { withinMs?: number; from?: RegExp } = {},
): Promise<void> {
  await waitUntil(
    'the service to recover',
    async () => {
      const { status, problems } = await conditionOf(program);
      if (from === undefined ? status === 200 : !problems.some((each) => from.test(each))) return true;
      throw new Error(`${status}: ${problems.join(' | ')}`);
    },
    { withinMs, everyMs: 100 },
  );
}

/** The messages of its errors so far. */
export function errorsOf({ lines }: Program): string[] {
  return lines.flatMap((line) => {
    if (!line.startsWith('{')) return [line];
    const { level, msg } = JSON.parse(line) as { level: number; msg: string };
    return level >= 50 ? [msg] : [];
  });
}

/** It has told this problem once, in one line, and no other. */
export async function assertToldOnce(program: Program, problem: RegExp): Promise<void> {
  await waitUntil('the line in the log', () => errorsOf(program).length > 0);
  const errors = errorsOf(program);
  assert.equal(errors.length, 1, `${errors.length} errors:\n${errors.join('\n')}`);
  assert.match(errors[0] ?? '', problem);
  assert.doesNotMatch(errors[0] ?? '', /\n/);
}
