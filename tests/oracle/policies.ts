/**
 * The policies under which the matrix is run: 64 of the 4·4·4·3·3 = 576, so chosen that any three of the five settings
 * occur in every combination of their values.
 *
 * Why these are enough. The three actions never meet in one step: of the reasons to leave the first that holds decides, so
 * a step is made by one action. What an earlier one left behind is the state of one account: as it was, disabled by us, or
 * gone. So what becomes of somebody at any moment depends on the action that made that state, the action that now holds,
 * and, where the account is gone or the person in scope, on `onDetected` or on `memberships`, each of them by itself:
 * `onDetected` decides whether there is an account, `memberships` in which groups it is. That is three settings at
 * once. The fourth value that the array has for the settings with three goes to one drawn from the seed, and so does the
 * order of the values: run often enough, the whole product is run.
 */
import type { Random } from '../acceptance/random.ts';
import type { Policy } from './rules.ts';

const actions = ['disable', 'remove', 'delete', 'nothing'] as const;
const memberships = ['filtered', 'all', 'none'] as const;
const detected = ['create', 'approve', 'ignore'] as const;

/** The field of four elements, written as two bits: addition is exclusive or, and 2 · 2 = 3. */
const times = (a: number, b: number): number => {
  if (a === 0 || b === 0) return 0;
  return ((a - 1 + (b - 1)) % 3) + 1;
};

/**
 * An orthogonal array of strength three: five vectors over that field of which any three are independent, so that any
 * three columns take each of the 64 triples of values once.
 */
const columns = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 1, 1],
  [1, 2, 3],
] as const;

/** The array's rows: 64 of five numbers from 0 to 3. */
export const array: readonly (readonly number[])[] = Array.from({ length: 64 }, (_, index) => {
  const coordinates = [index >> 4, (index >> 2) & 3, index & 3];
  return columns.map((column) => column.reduce<number>((sum, each, at) => sum ^ times(each, coordinates[at] ?? 0), 0));
});

/**
 * A quarter of the array in which any two columns still take each of the 16 pairs of values once: a plane of the space that
 * the rows are points of, so laid that no two columns fall together on it.
 * @param number of the row
 * @returns 0 … 3
 */
export function quarterOf(number: number): number {
  const [a, b, c] = [number >> 4, (number >> 2) & 3, number & 3];
  return a ^ times(3, b) ^ times(2, c);
}

/** In an order of chance. */
function shuffled<T>(random: Random, values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** Four values for a column: each of them, and one of three twice. */
function levels<T>(random: Random, values: readonly T[]): T[] {
  const more = values.length < 4 ? [values[random.below(values.length)] as T] : [];
  return shuffled(random, [...values, ...more]);
}

/** The policies of one run, in the order of the array. */
export function policies(random: Random): Policy[] {
  const [deleted, disabled, left] = [levels(random, actions), levels(random, actions), levels(random, actions)];
  const [groups, found] = [levels(random, memberships), levels(random, detected)];
  return array.map(([a = 0, b = 0, c = 0, d = 0, e = 0]) => ({
    onDeleted: deleted[a] ?? 'disable',
    onDisabled: disabled[b] ?? 'disable',
    onRemovedFromFilter: left[c] ?? 'disable',
    memberships: groups[d] ?? 'all',
    onDetected: found[e] ?? 'create',
  }));
}
