/** What a process has taken, as Linux tells it (proc(5)). */
import { readdir, readFile } from 'node:fs/promises';

/** The most resident memory that it ever had, bytes. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status tells no VmHWM`);
  return Number(kibibytes) * 1_024;
}

/**
 * Time that its threads have had a processor for, ms, from `schedstat`: `stat` counts in hundredths of a second, which is too
 * coarse for one change. Threads that have ended don't count; Node keeps its own.
 */
export async function processorTimeMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const stats = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')));
  return stats.reduce((sum, stat) => sum + Number(stat.split(' ')[0]), 0) / 1e6;
}
