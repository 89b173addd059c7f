/**
 * A machine like this one, on which packages can be installed for real: this machine's own files below, and a layer of its own in memory
 * above (overlayfs), which takes whatever is written. It has the network of this machine, no systemd that runs, and no clone.
 * What it has of its own in the end is what was left behind. Needs root.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { clone } from './build.ts';

/** Where it sees the folder that it shares with us. */
const shared = '/media';

/** In a mount namespace of its own, so that everything is gone with its last process. */
const assemble = `set -e
cd "$1"
mount -t tmpfs -o mode=755 machine layers
mkdir layers/own layers/work layers/root
mount -t overlay machine -o lowerdir=/,upperdir=layers/own,workdir=layers/work layers/root
cd layers/root
mount -t proc proc proc
mount --bind /dev dev
mount --bind "$1/shared" .${shared}
for folder in run tmp ".$2"; do mount -t tmpfs -o mode=1777 empty "$folder"; done
echo assembled
exec cat`;

export class FreshMachine implements AsyncDisposable {
  /** A folder here that it sees, too, as `FreshMachine.shared`. */
  readonly sharedFolder: string;
  static readonly shared = shared;
  readonly #folder: string;
  /** Has its mounts as long as it lives: until its input ends. */
  readonly #holder: Program;

  private constructor(folder: string, holder: Program) {
    this.#folder = folder;
    this.sharedFolder = join(folder, 'shared');
    this.#holder = holder;
  }

  /** @throws Error with what couldn't be mounted */
  static async create(): Promise<FreshMachine> {
    const folder = await mkdtemp(join(tmpdir(), 'machine-'));
    for (const name of ['layers', 'shared']) await mkdir(join(folder, name));
    const holder = new Program({
      command: 'unshare',
      args: ['--mount', '--propagation', 'private', 'sh', '-c', assemble, 'sh', folder, clone],
      holdsInput: true,
    });
    const machine = new FreshMachine(folder, holder);
    try {
      await waitUntil('the machine to be assembled', () => {
        if (!holder.running) throw new Error(holder.output);
        return holder.output.includes('assembled');
      });
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
    return machine;
  }

  /** How something is run in it, with a login's environment. */
  invocation(command: readonly string[], env: readonly string[] = []): [string, ...string[]] {
    const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const enter = ['nsenter', `--target=${this.#holder.pid}`, '--mount'] as const;
    const root = join(this.#folder, 'layers/root');
    return [...enter, 'chroot', root, 'env', '-i', '-C', '/', path, 'LC_ALL=C.UTF-8', ...env, ...command];
  }

  /** Runs a shell's command as root. @returns what it printed @throws Error when it fails, with what it said */
  async sh(script: string): Promise<string> {
    const [command, ...args] = this.invocation(['sh', '-euc', script]);
    const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 64e6 });
    return stdout;
  }

  /**
   * What it has that this machine hasn't, or has otherwise: paths, sorted. A folder that is in both isn't listed.
   * @param except what may differ
   */
  async ownPaths(except: RegExp): Promise<string[]> {
    const compare = `cd "$1/layers/own"; find . ! -type d | while read -r path; do
      [ -f "$path" ] && [ ! -L "$path" ] && cmp -s "$path" "/$path" || echo "\${path#.}"
    done; find . -type d | while read -r path; do [ -d "/$path" ] || echo "\${path#.}"; done`;
    const inside = ['nsenter', `--target=${this.#holder.pid}`, '--mount', 'sh', '-euc', compare, 'sh', this.#folder];
    const { stdout } = await promisify(execFile)(inside[0] ?? '', inside.slice(1), { maxBuffer: 64e6 });
    return stdout
      .split('\n')
      .filter((path) => path !== '' && !except.test(path))
      .sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
