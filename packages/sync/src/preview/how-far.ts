/** How far a long piece of work is. */

export interface HowFar {
  /** What is just being done: `reading corp`. */
  readonly doing: string;
  /** So many are done; `null`: it can't be counted. */
  readonly done: number | null;
  /** Of so many; `null`: unknown. */
  readonly of: number | null;
  /** What is counted, in the plural: `people`. */
  readonly what: string;
}

/** In words: `planning, 300 of 1000 people`. */
export function howFarText({ doing, done, of, what }: HowFar): string {
  if (done === null) return doing;
  return `${doing}, ${of === null ? done : `${done} of ${of}`} ${what}`;
}

/** Work of which is only known what it is. */
export const uncounted = (doing: string): HowFar => ({ doing, done: null, of: null, what: '' });
