/**
 * Types the commands of a document in a real shell, in a folder that has what a clone has. Tools that do no harm there run as they are;
 * those that reach further only note how they were called; any other isn't there. So the shell's own words, the files that are made and
 * the order of it all are tried, and no command is passed over: the first that fails ends it.
 */
import {
  access,
  chmod,
  constants,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Program } from '../support/child-process.ts';

const root = resolve(import.meta.dirname, '../..');

/** They work on files of the folder, or on nothing. */
const real = ['bash', 'basename', 'cat', 'chmod', 'head', 'mkdir', 'mktemp', 'sed', 'seq', 'xargs'];
/** What of a clone the documents' commands read. */
const files = [
  'connector.containers.yaml',
  'connector.example.yaml',
  'containers/take-back-up',
  'deploy',
  'docker-compose.yml',
];

/** Notes its words, each ended by a zero, in a file of its own; takes what comes through a pipe, and gives a word that others can go on with. */
const recorder = (name: string) => `#!/bin/bash
printf '%s\\0' ${name} "$@" >"$(mktemp "$CALLS/XXXXXXXX")"
[ ! -p /dev/stdin ] || cat >/dev/null
echo something
`;
/** What else of a program is noted only, as a pattern of the shell for its words: what is elsewhere, or isn't there. */
const notedOnly = { cp: '*" /"*', mv: '*" /"*|*".new "*', rm: '*', openssl: '" x509 "*|" s_client "*' };
/** Programs that run as they are, but for some of their words. */
export const careful: readonly string[] = Object.keys(notedOnly);
const carefully = (name: string, pattern: string, path: string) => `#!/bin/bash
case " $* " in ${pattern}) exec "$NOTED/${name}" "$@" ;; esac
exec ${path} "$@"
`;

async function findTool(name: string): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  throw new Error(`there is no ${name} on this machine`);
}

async function program(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

export interface Rehearsed {
  /** 0 when every command ended well. */
  readonly code: number | null;
  /** What went wrong, with the line of the script. */
  readonly output: string;
  /** The calls of those that only note them, word by word; the first word is the program. */
  readonly calls: readonly (readonly string[])[];
}

export interface RehearsalOptions {
  /** Programs that only note how they were called; one with a slash lies in the clone. */
  readonly noted: readonly string[];
  /** More that run as they are. */
  readonly alsoReal?: readonly string[];
}

/** Runs the script to its end, or to the first command that fails. */
export async function rehearse(script: string, { noted, alsoReal = [] }: RehearsalOptions): Promise<Rehearsed> {
  const home = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  const at = (...parts: string[]) => join(home, ...parts);
  try {
    for (const folder of ['calls', 'bin', 'noted', 'clone']) await mkdir(at(folder));
    for (const name of files) await cp(join(root, name), at('clone', name), { recursive: true });
    await writeFile(at('clone', 'corp-ca.pem'), 'of the company\n');
    await writeFile(at('clone', 'redis.rdb'), 'what a back-up would have written\n');
    for (const name of [...real, ...alsoReal]) await symlink(await findTool(name), at('bin', name));
    for (const name of noted.filter((each) => !each.includes('/'))) await program(at('bin', name), recorder(name));
    for (const name of noted.filter((each) => each.includes('/'))) {
      await mkdir(at('clone', name, '..'), { recursive: true });
      await program(at('clone', name), recorder(name));
    }
    for (const [name, pattern] of Object.entries(notedOnly)) {
      await program(at('noted', name), recorder(name));
      await program(at('bin', name), carefully(name, pattern, await findTool(name)));
    }
    await writeFile(at('script'), `set -euo pipefail\n${script}`);
    await writeFile(at('typed'), 'what somebody types\n'.repeat(20));
    const env = { PATH: at('bin'), HOME: home, CALLS: at('calls'), NOTED: at('noted') };
    await using shell = new Program({
      ...{ command: await findTool('bash'), args: ['-c', '. ../script <../typed'], cwd: at('clone') },
      env,
    });
    const code = await shell.ended;
    const notes = await Promise.all((await readdir(at('calls'))).map((name) => readFile(at('calls', name), 'utf8')));
    return { code, output: shell.output, calls: notes.map((note) => note.split('\0').slice(0, -1)) };
  } finally {
    await rm(home, { recursive: true });
  }
}
