/**
 * A machine like this one, on which packages can be installed for real and systemd runs: this machine's own files below, and a layer of its
 * own in memory above (overlayfs), which takes whatever is written. Its systemd is this machine's program, as process 1 of namespaces of its
 * own (processes, mounts, names, control groups); its kernel and its network are this machine's. It has none of this machine's services, and
 * no clone. What it has of its own in the end is what was left behind. Needs root.
 *
 * Limits of memory and processes hold only where this machine hands controllers on to the control group that the tests run in; everything
 * else that units ask for, systemd does as it does anywhere.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { clone } from './build.ts';

const run = promisify(execFile);

/** Where it sees the folder that it shares with us. */
const shared = '/media';
const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** In a mount namespace of its own, so that everything is gone with its last process. What this machine starts by itself isn't there. */
const assemble = `set -e
cd "$1"
mount -t cgroup2 groups groups
mount -t tmpfs -o mode=755 machine layers
mkdir layers/own layers/work layers/root
mount -t overlay machine -o lowerdir=/,upperdir=layers/own,workdir=layers/work layers/root
cd layers/root
mount --bind "$1/shared" .${shared}
for folder in tmp ".$2"; do mount -t tmpfs -o mode=1777 empty "$folder"; done
rm -rf etc/systemd/system/* usr/lib/systemd/system/*.wants usr/sbin/policy-rc.d
echo assembled
exec cat`;

/** Its root becomes the root, for systemd makes user namespaces (PrivateUsers=), which nobody can below a chroot. */
const boot = `set -e
cd "$1/layers/root"
mount -t proc proc proc
mount -o bind,ro proc/sys proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev
for name in null zero full random urandom tty; do cp -a /dev/$name dev; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=755 run run
mkdir -p run/systemd/journald.conf.d
printf '[Journal]\\nStorage=volatile\\n' >run/systemd/journald.conf.d/volatile.conf
pivot_root . .
umount -l .
exec env -i container=test ${path} /lib/systemd/systemd --unit=basic.target`;

/** systemd takes the control group that it is in for the root of all. It ends with the program that this becomes, and that with the test. */
const start = `set -e
group=$1/groups$(sed -n 's/^0:://p' /proc/self/cgroup)/machine-$$
mkdir "$group"
echo "$group"
echo $$ >"$group/cgroup.procs"
exec setpriv --pdeathsig KILL unshare --mount --pid --uts --ipc --cgroup --fork --kill-child sh -c "$2" sh "$1"`;

export class FreshMachine implements AsyncDisposable {
  /** A folder here that it sees, too, as `FreshMachine.shared`. */
  readonly sharedFolder: string;
  static readonly shared = shared;
  readonly #folder: string;
  /** Has its mounts as long as it lives: until its input ends. */
  readonly #holder: Program;
  #systemd: Program | undefined;
  /** The process of its systemd, as this machine counts. */
  #init = 0;
  /** What its layer has before anything was done to it. */
  #atFirst: ReadonlySet<string> = new Set();

  private constructor(folder: string, holder: Program) {
    this.#folder = folder;
    this.sharedFolder = join(folder, 'shared');
    this.#holder = holder;
  }

  /** Assembles it, and waits until its systemd says that it runs. @throws Error with what couldn't be mounted */
  static async create(): Promise<FreshMachine> {
    const folder = await mkdtemp(join(tmpdir(), 'machine-'));
    for (const name of ['groups', 'layers', 'shared']) await mkdir(join(folder, name));
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
      await machine.#boot();
      machine.#atFirst = new Set(await machine.#layer());
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
    return machine;
  }

  async #boot(): Promise<void> {
    const systemd = new Program({
      command: 'nsenter',
      args: [...this.#inHolder, 'sh', '-c', start, 'sh', this.#folder, boot],
    });
    this.#systemd = systemd;
    await waitUntil('systemd to be its first process', async () => {
      if (!systemd.running) throw new Error(systemd.output);
      const { pid } = systemd;
      this.#init = Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'));
      return this.#init > 0 && (await readFile(`/proc/${this.#init}/comm`, 'utf8')) === 'systemd\n';
    });
    await waitUntil('systemd to run', async () => (await this.sh('systemctl is-system-running')) === 'running\n');
    await this.sh('systemctl start systemd-journald');
  }

  /** Types a script into bash, as root, in the shared folder. @returns what it printed @throws Error with that when it fails */
  async type(script: string, { typed = '' }: { readonly typed?: string } = {}): Promise<string> {
    const shell = ['bash', '--norc', '-euo', 'pipefail', '-c', `exec 2>&1; cd ${shared}; ${script}`];
    const running = run('nsenter', [...this.#enter, ...shell], { maxBuffer: 64e6 });
    running.child.stdin?.end(typed);
    const { stdout } = await running.catch(({ code, stdout: told }: { code: unknown; stdout: string }) => {
      throw new Error(`ended with ${code}: ${script}
${told}`);
    });
    return stdout;
  }

  /** Runs a shell's command as root. @returns what it printed @throws Error when it fails, with what it said */
  async sh(script: string): Promise<string> {
    const { stdout } = await run('nsenter', [...this.#enter, 'sh', '-euc', script], { maxBuffer: 64e6 });
    return stdout;
  }

  get #inHolder(): readonly string[] {
    return [`--target=${this.#holder.pid}`, '--mount'];
  }

  /** Into all of its namespaces, with a login's environment. */
  get #enter(): readonly string[] {
    return [`--target=${this.#init}`, '--all', '--root', '--wd', 'env', '-i', path, 'LC_ALL=C.UTF-8', 'HOME=/root'];
  }

  /**
   * What it has, or lacks, and had not, or did not, when it was new: paths, sorted. A folder that is in both isn't listed.
   * @param except what may differ
   */
  async ownPaths(except: RegExp): Promise<string[]> {
    return (await this.#layer()).filter((path) => !this.#atFirst.has(path) && !except.test(path));
  }

  /** What it has that this machine hasn't, or has otherwise, and what it lacks. */
  async #layer(): Promise<string[]> {
    const compare = `cd "$1/layers/own"; find . ! -type d | while read -r path; do
      [ -f "$path" ] && [ ! -L "$path" ] && cmp -s "$path" "/$path" || echo "\${path#.}"
    done; find . -type d | while read -r path; do [ -d "/$path" ] || echo "\${path#.}"; done`;
    const inside = [...this.#inHolder, 'sh', '-euc', compare, 'sh', this.#folder];
    const { stdout } = await run('nsenter', inside, { maxBuffer: 64e6 });
    return stdout.split('\n').filter(Boolean).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#systemd?.running) {
      if (this.#init > 0) process.kill(this.#init, 'SIGKILL');
      else this.#systemd.signal('SIGKILL');
      await this.#systemd.ended; // with the last of its processes, which the kernel kills
    }
    const [group] = this.#systemd?.outLines ?? [];
    if (group !== undefined)
      await run('nsenter', [...this.#inHolder, 'find', group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
    await this.#holder[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
