/** Runs a program to its end, for setting up a domain. */
import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { sambaProgram } from './toolbox.ts';

/** Debian's own: another python3 in PATH lacks Samba's modules. */
export const python = '/usr/bin/python3';

const packages =
  'samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind ldb-tools openssl tar';

/**
 * Runs a program and gives what it wrote to standard output.
 * @param input for its standard input
 * @throws Error with the end of what it wrote to standard error, or saying what to install
 */
export async function run(program: string, args: readonly string[], input: string | Buffer = ''): Promise<string> {
  const child = spawn(program, args, { stdio: 'pipe' });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => child.stdin.destroy()); // it ended without reading all of its input: the code tells
  child.stdin.end(input);
  const output = Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  try {
    const code = await ended;
    const [told, complained] = (await output).map(String);
    if (code === 0) return told ?? '';
    throw new Error(`${program} ${args[0] ?? ''} ended with ${code}: ${tail(complained || told || '')}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(`${program} is missing; on Debian: apt-get install ${packages}`, { cause: error });
  }
}

/** Runs one of Samba's programs, or a script on its modules, as `run` does. */
export async function runSamba(program: string, args: readonly string[], input: string | Buffer = ''): Promise<string> {
  const here = await sambaProgram(program, args);
  return await run(here.command, here.args, input);
}

/** The last lines of a log. */
export const tail = (text: string, lines = 15): string => text.trimEnd().split('\n').slice(-lines).join('\n');
