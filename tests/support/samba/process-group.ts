/** A process together with all that it started: how to signal it, and how to know that it is gone. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Sends a signal to every process of a group; `false` when there is none. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits until no process of a group runs any more; `false` when some still do after `withinMs`. */
export async function groupEnds(leader: number, withinMs: number): Promise<boolean> {
  for (const giveUpAt = Date.now() + withinMs; Date.now() < giveUpAt; await sleep(15)) {
    if (!signalGroup(leader, 0) || !(await hasLiving(leader))) return true;
  }
  return false;
}

/** Zombies don't count: orphans stay that until process 1 reaps them, which in a container may be late or never. */
async function hasLiving(leader: number): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.some((stat) => {
    // pid (name) state ppid pgrp …; a name may hold spaces and parentheses: proc(5)
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === String(leader) && state !== 'Z' && state !== 'X';
  });
}
