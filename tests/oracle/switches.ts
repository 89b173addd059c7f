/** The simulator's switches that the matrix turns: what the public record of LastPass leaves open. */

/** Each with its values. Only `updateEmail` makes a difference in the end; the others must make none. */
const values = {
  batchaddGroups: ['replace', 'add'],
  batchaddReenables: [false, true],
  batchaddRefusal: ['none-applied', 'others-applied'],
  unknownUsername: ['empty', 'error'],
  updateEmail: ['two-phase', 'instant'],
  errorForm: ['string', 'array'],
  noGroups: ['missing', 'empty-list'],
  attribs: ['returned', 'left-out'],
  optionalUserFields: ['left-out', 'present'],
  unchangedUsers: ['listed', 'left-out'],
  seatRefusal: ['names-users', 'names-nobody'],
} as const;

export type Switches = { readonly [K in keyof typeof values]: (typeof values)[K][number] };
const names = Object.keys(values) as (keyof typeof values)[];

/** How many ways `switches` knows: as many as it takes for any two switches to be in each combination, four times. */
export const ways = 16;

/** Bits of the way's number whose sum decides about each switch: all different, so that any two are independent. */
const bitsOf = (index: number): number => index + 1;
const isOdd = (bits: number): boolean => bits.toString(2).replaceAll('0', '').length % 2 === 1;

/** One way of setting all of them. @param way 0 … 15 */
export function switches(way: number): Switches {
  const set = names.map((name, index) => [name, values[name][isOdd(way & bitsOf(index)) ? 1 : 0]]);
  return Object.fromEntries(set) as Switches;
}
