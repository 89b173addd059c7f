/** What an administrator says of those who are pending, or whose accounts were deleted by hand. */
import type { Random } from '../acceptance/random.ts';
import type { SettledOracle, Word } from './settled-oracle.ts';

/** A word on most of them. */
export function randomWords(oracle: SettledOracle, random: Random): Word[] {
  const drifted = [...oracle.aside()].filter(([, kind]) => kind === 'drift' && random.chance(0.3));
  const words = oracle.pending().flatMap((person): Word[] => {
    const kind = random.weighted([
      [6, 'approve'],
      [2, 'reject'],
      [2, null],
    ] as const);
    return kind === null ? [] : [{ kind, person }];
  });
  return [...words, ...drifted.map(([person]): Word => ({ kind: 'retry', person }))];
}
