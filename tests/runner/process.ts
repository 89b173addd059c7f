/** Runs a program in a process group of its own, which ends with it: nothing that a test starts outlives its file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const groups = new Set<number>();

/** Ends every group that still runs. */
export function killAll(): void {
  for (const group of groups) killGroup(group);
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended
  }
}

export interface Ran {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
}

/** Runs a program to its end, or for `limitMs` at the most. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { limitMs, cwd, env = {} }: { limitMs: number; cwd: string; env?: Readonly<Record<string, string>> },
): Promise<Ran> {
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'spawn');
  const group = child.pid ?? 0;
  groups.add(group);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(group);
  }, limitMs);
  child.once('exit', () => killGroup(group)); // what it left behind would hold its pipes open
  await once(child, 'close');
  clearTimeout(timer);
  groups.delete(group);
  const durationMs = performance.now() - startedAt;
  return { code: child.exitCode, output: Buffer.concat(chunks).toString(), durationMs, timedOut };
}
