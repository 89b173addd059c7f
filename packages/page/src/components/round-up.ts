/** Round numbers for the axes of charts. */

/** The next of 1, 2 and 5 with zeros; at least 1. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
}
