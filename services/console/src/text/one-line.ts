/** Texts from elsewhere, made harmless: names come from a directory that others write to. */

/** Control characters, line ends, and what changes the direction of writing (Unicode: Cc, Zl, Zp, and the bidi controls of UAX 9). */
const steering = '\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069';
const steeringRuns = new RegExp(`[${steering}]+`, 'gu');
const coloursOrSteeringRuns = new RegExp(`(\\u001b\\[\\d{1,3}m)|(?:(?!\\u001b\\[\\d{1,3}m)[${steering}])+`, 'gu');

/** A text as one line without anything that could steer a terminal: each run of it becomes a space. */
export const oneLine = (text: string): string => text.replace(steeringRuns, ' ');

/** The same for a line put together from texts: with `colours`, those that `Paint` gives stay. */
export const onlyText = (text: string, { colours = false }: { colours?: boolean } = {}): string =>
  colours ? text.replace(coloursOrSteeringRuns, (_, colour?: string) => colour ?? ' ') : oneLine(text);
