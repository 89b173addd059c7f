/** Whether there is a Docker engine to run containers on, with Compose. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a command without looking at what it prints. */
async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: 'ignore', timeout: 20_000 });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0;
  } catch {
    return false; // there is no such command
  }
}

export const engineAnswers = async (): Promise<boolean> =>
  (await succeeds('docker', ['version'])) && (await succeeds('docker', ['compose', 'version']));
