/**
 * Runs a scenario again and again, each time killing a service at another of its effects: before each, and after each call
 * to LastPass, whose answer then is never read. After a write to Redis is before whatever comes next, so those points are
 * left out; `CRASH_POINTS=all` takes them too, which takes twice as long.
 */
import assert from 'node:assert/strict';
import type { Program } from '../support/child-process.ts';
import { creations, essence, repeats } from './call-log.ts';
import type { Run } from './pipeline.ts';

const takesAll = process.env['CRASH_POINTS'] === 'all';

/** How a run of the scenario ended. */
export interface Ending {
  readonly tenant: ReturnType<typeof essence>;
  readonly creations: Record<string, number>;
  readonly repeats: readonly string[];
  /** What the audit trail tells of, where that is looked at. */
  readonly deeds?: readonly string[];
}

export async function endingOf(run: Run): Promise<Ending> {
  const calls = await run.calls();
  return { tenant: essence(await run.simulator.state()), creations: creations(calls), repeats: repeats(calls) };
}

/** The effects that a service told of, in order. */
export const effectsOf = ({ lines }: Program): string[] =>
  lines.flatMap((line) => /^effect (\d+ before .*)/.exec(line)?.[1] ?? []);

export interface CrashOptions {
  /** Plays the scenario with a service that crashes there, and tells how it ended. */
  readonly play: (crashAt: string) => Promise<{ ending: Ending; effects: readonly string[]; crashed: boolean }>;
  /** How many runs side by side. */
  readonly lanes?: number;
  /** Only these of the points, so that no file takes too long; default: all. */
  readonly half?: 'first' | 'second';
}

/** An error's message and cause; of a comparison only the lines that differ. */
function inShort({ message, cause }: Error): string {
  const differing = message.split('\n').filter((line) => /^[+-] {3}/.test(line.trim()));
  return [...(differing.length > 0 ? differing : [message]), ...(cause === undefined ? [] : [String(cause)])].join(
    '\n',
  );
}

/** Plays undisturbed, then once for every point; everything must end the same way. */
export async function crashAtEveryEffect({
  play,
  lanes = 1,
  half,
}: CrashOptions): Promise<{ points: number; crashes: number }> {
  const undisturbed = await play('never');
  assert.deepEqual(undisturbed.ending.repeats, [], 'the undisturbed run repeats itself');
  const all = undisturbed.effects.flatMap((effect, index) => {
    const sides = takesAll || effect.includes('before call ') ? ['before', 'after'] : ['before'];
    return sides.map((side) => `${side}:${index + 1}`);
  });
  const middle = Math.ceil(all.length / 2);
  const points = half === undefined ? all : half === 'first' ? all.slice(0, middle) : all.slice(middle);
  const failures: string[] = [];
  let crashes = 0;
  const next = points[Symbol.iterator]();
  const lane = async () => {
    for (const crashAt of next) {
      let last = '?';
      try {
        const { ending, effects, crashed } = await play(crashAt);
        last = effects.at(-1) ?? '?';
        if (crashed) crashes++;
        assert.deepEqual(ending, undisturbed.ending);
      } catch (error) {
        failures.push(`${crashAt} (${last}): ${inShort(error as Error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  assert.equal(
    failures.length,
    0,
    `${failures.length} of ${points.length} crashes ended otherwise:\n${failures.join('\n')}`,
  );
  return { points: points.length, crashes };
}
