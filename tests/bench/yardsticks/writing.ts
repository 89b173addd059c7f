/**
 * The floor for writing: one process posts to a simulator of its own what a sync has posted, call after call, with nothing in between.
 * `writing-process.ts` is that process.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from '../../support/child-process.ts';
import { type SimulatedCall, Simulator } from '../../support/simulator.ts';

/**
 * @param calls as the simulator has logged them
 * @returns how long posting them took, ms, without the start of the process
 */
export async function postAgain(calls: readonly Pick<SimulatedCall, 'cmd' | 'data'>[]): Promise<number> {
  await using simulator = await Simulator.create();
  const { provhash } = await simulator.settings(null);
  const dir = await mkdtemp(join(tmpdir(), 'bench-calls-'));
  try {
    const file = join(dir, 'bodies.json');
    const bodies = calls.map(({ cmd, data }) => JSON.stringify({ cid: Simulator.cid, provhash, cmd, data }));
    await writeFile(file, JSON.stringify(bodies));
    const poster = new Program({
      command: process.execPath,
      args: [join(import.meta.dirname, 'writing-process.ts'), simulator.apiUrl, file],
    });
    const code = await poster.ended;
    if (code !== 0) throw new Error(`the process that posts ended with ${code}: ${poster.output}`);
    return Number(poster.output);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
