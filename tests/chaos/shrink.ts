/** Looks for fewer faults that are enough: the rounds before without any, then halves and quarters of the round's own. */
import { type ChaosOptions, type Failure, runChaos } from './rounds.ts';

/** Each try repeats all rounds, so there can't be many. */
const tries = 8;

/** The least that was seen to fail. */
export interface Shrunk {
  readonly failure: Failure;
  /** Places of the faults in their round; `null` when it never failed again. */
  readonly keep: readonly number[] | null;
}

/** @param failure of a run with these options */
export async function shrink(options: ChaosOptions, failure: Failure): Promise<Shrunk> {
  const { round } = failure;
  let least: Shrunk = { failure, keep: null };
  let parts = 1;
  let left = failure.injected.map(({ index }) => index);
  for (let attempt = 0; attempt < tries && left.length > 0; attempt++) {
    const part = attemptOf(left, parts, attempt);
    options.tell(`again, with ${part.length} faults in round ${round} only`);
    const again = (await runChaos({ ...options, only: { round, keep: part } })).failure;
    if (again?.round === round) {
      least = { failure: again, keep: part };
      left = [...part];
      parts = 2;
    } else if (parts === 1) return least;
    else parts = Math.min(left.length, parts + 1);
  }
  return least;
}

/** All of them, or all but one part, each time another one. */
function attemptOf(left: readonly number[], parts: number, attempt: number): number[] {
  if (parts === 1) return [...left];
  const size = Math.ceil(left.length / parts);
  const from = (attempt * size) % left.length;
  return left.filter((_, place) => place < from || place >= from + size);
}
