/**
 * Starts a service on a fresh machine as systemd would by its unit: the command, user and environment that the unit says, and those of its
 * walls that can be put up without systemd: a file system that is read only, a /tmp and a /proc of its own, no capability, the system calls.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Program } from '../support/child-process.ts';
import { FreshMachine } from './fresh-machine.ts';
import { UnitFile } from './unit-file.ts';

const run = promisify(execFile);

const walls = {
  ProtectSystem: 'strict',
  PrivateTmp: 'yes',
  ProtectProc: 'invisible',
  ProcSubset: 'pid',
  NoNewPrivileges: 'yes',
  CapabilityBoundingSet: '',
  SystemCallErrorNumber: 'EPERM',
};

/** Puts up the walls, then becomes the user and the command. */
const confine = `set -e
mount -o remount,bind,ro /
for folder in /tmp /var/tmp; do mount -t tmpfs -o mode=1777 own "$folder"; done
mount -t proc -o subset=pid,hidepid=invisible own /proc
user=$1 group=$2 calls=$3; shift 3
exec setpriv --reuid="$user" --regid="$group" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all \\
  /usr/bin/python3 ${FreshMachine.shared}/confined.py "$calls" "$@"`;

/** What `@group`s stand for, all the way down. */
async function systemCalls(words: readonly string[]): Promise<Set<string>> {
  const groups = words.filter((word) => word.startsWith('@'));
  const calls = new Set(words.filter((word) => !word.startsWith('@')));
  if (groups.length === 0) return calls;
  const { stdout } = await run('systemd-analyze', ['--no-pager', 'syscall-filter', ...groups]);
  const members = stdout.split('\n').flatMap((line) => /^ {4}([@\w-]+)$/.exec(line)?.[1] ?? []);
  return calls.union(await systemCalls(members));
}

/** The calls that a unit allows: what its lines name, but for those with a `~`. */
async function allowedCalls(unit: UnitFile): Promise<Set<string>> {
  const lines = unit.all('SystemCallFilter');
  const allowed = await systemCalls(lines.filter((line) => !line.startsWith('~')).flatMap((line) => line.split(' ')));
  const refused = lines.filter((line) => line.startsWith('~')).flatMap((line) => line.slice(1).split(' '));
  return allowed.difference(await systemCalls(refused));
}

/** Starts `connector@<name>` from the unit that is installed there. */
export async function startUnit(machine: FreshMachine, name: string): Promise<Program> {
  const unit = new UnitFile(await machine.sh('cat /usr/lib/systemd/system/connector@.service'), name);
  for (const [key, value] of Object.entries(walls)) assert.equal(unit.one(key), value, key);
  await copyFile(resolve(import.meta.dirname, 'confined.py'), join(machine.sharedFolder, 'confined.py'));
  const calls = [...(await allowedCalls(unit))].join(' ');
  const [command, ...args] = machine.invocation(
    [
      ...['unshare', '--mount', 'sh', '-c', confine, 'sh', unit.one('User'), unit.one('Group'), calls],
      ...unit.one('ExecStart').split(' '),
    ],
    unit.one('Environment').split(' '),
  );
  return new Program({ command, args });
}
