/** A moment, as people read it: `29 Nov 2026, 09:14:31`, by the clock of whoever reads it. */
const shape = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** @param atMs ms since 1970 */
export const momentText = (atMs: number): string => shape.format(atMs);
