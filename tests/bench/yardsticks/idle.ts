/** The floor for memory: a process that has imported what a service imports, and does nothing. `idle-process.ts` is that process. */
import { join } from 'node:path';
import { Program } from '../../support/child-process.ts';
import type { ServiceName } from '../../support/stack.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { peakMemory } from '../process-figures.ts';

/** @returns the most resident memory that it has, bytes */
export async function idleMemory(service: ServiceName): Promise<number> {
  await using idle = new Program({
    command: process.execPath,
    args: [join(import.meta.dirname, 'idle-process.ts'), service],
  });
  await waitUntil('the imports', () => {
    if (!idle.running) throw new Error(`it ended: ${idle.output}`);
    return idle.output.includes('imported');
  });
  return await peakMemory(idle.pid);
}
