/** The `docker` command of this machine. */
import { Program } from '../support/child-process.ts';

export interface DockerOptions {
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a command of `docker` has ended. */
export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  /** What it printed, standard error included. */
  readonly output: string;
}

/** Runs a command of `docker` to its end, whatever that is. */
export async function runDocker(args: readonly string[], { env = {} }: DockerOptions = {}): Promise<Ended> {
  await using program = new Program({ command: 'docker', args, env });
  const code = await program.ended;
  return { code, output: program.output };
}

/**
 * Runs a command of `docker`, and gives what it printed.
 * @throws Error with its last lines when it fails
 */
export async function docker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  const { code, output } = await runDocker(args, options);
  if (code === 0) return output;
  throw new Error(`docker ${args.join(' ')} ended with ${code}:\n${output.split('\n').slice(-30).join('\n')}`);
}
