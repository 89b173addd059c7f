/** Builds the package as `make package` does. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Program } from '../support/child-process.ts';

/** The clone under test. */
export const clone = resolve(import.meta.dirname, '../..');

export interface Build {
  /** Default: the clone under test. */
  readonly folder?: string;
  readonly out: string;
  readonly version?: string;
  /** What a shell does before it builds. */
  readonly first?: string;
}

/** Some moment, seconds since 1970. */
const epoch = '1750000000';

/** @returns path of the package @throws Error with what the build said */
export async function build({ folder = clone, out, version, first = ':' }: Build): Promise<string> {
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', join(folder, 'packaging/main.ts')];
  const options = ['--out', out, ...(version === undefined ? [] : ['--version', version])];
  await using program = new Program({
    command: 'sh',
    args: ['-c', `${first}; exec "$@"`, 'sh', ...command, ...options],
    cwd: '/',
    env: { SOURCE_DATE_EPOCH: epoch },
  });
  if ((await program.ended) !== 0) throw new Error(`the package wasn't built: ${program.output}`);
  const deb = (await readdir(out)).find((name) => name.endsWith('.deb') && name.includes(`_${version ?? ''}`));
  if (deb === undefined) throw new Error(`no package in ${out}: ${program.output}`);
  return join(out, deb);
}

export const sha256Of = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
