/** Looks for fewer faults that are enough: the rounds before without any, then ever smaller parts of the round's own left out. */
import { type ChaosOptions, type Failure, type Outcome, runChaos } from './rounds.ts';

/** Each try repeats all rounds; no other one begins after so long, ms. */
const longEnoughMs = 5 * 60_000;

/** The least that was seen to fail. */
export interface Shrunk {
  readonly failure: Failure;
  /** Places of the faults in their round; `null` when it never failed again. */
  readonly keep: readonly number[] | null;
}

/** @param failure of a run with these options @param run what repeats it */
export async function shrink(
  options: ChaosOptions,
  failure: Failure,
  run: (options: ChaosOptions) => Promise<Pick<Outcome, 'failure'>> = runChaos,
): Promise<Shrunk> {
  const { round, injected } = failure;
  const giveUpAt = performance.now() + longEnoughMs;
  const failsWith = async (keep: readonly number[]): Promise<Failure | null> => {
    options.tell(`again, with ${keep.length} faults, all in round ${round}`);
    const again = (await run({ ...options, only: { round, keep } })).failure;
    return again?.round === round ? again : null;
  };
  let left = injected.map(({ index }) => index);
  let least = await failsWith(left);
  if (least === null) return { failure, keep: null };
  let size = Math.ceil(left.length / 2);
  for (let at = 0; left.length > 1 && performance.now() < giveUpAt; ) {
    const fewer = [...left.slice(0, at), ...left.slice(at + size)];
    const again = await failsWith(fewer);
    if (again !== null) [least, left] = [again, fewer];
    else at += size;
    if (at < left.length) continue;
    if (size === 1) break;
    [at, size] = [0, Math.ceil(size / 2)];
  }
  return { failure: least, keep: left };
}
