/**
 * One name for a change in a directory, by which it is followed through all services' logs: from the entry of the change log that
 * tells of it, through the plan that it led to, to the calls that carry that out.
 */

/** Names an entry of a directory's change log: `corp/4711`. */
export const changeId = (directory: string, sequence: number): string => `${directory}/${sequence}`;

/** So many are named in one line of a log. */
const mostNamed = 20;

/** What a line of the log says of what it is about, shortened: `changes`, and `moreChanges` where there are too many. */
export interface LoggedChanges {
  readonly changes: readonly string[];
  readonly moreChanges?: number;
}

/** The changes as a line of the log names them, each once. */
export function loggedChanges(ids: Iterable<string | null | undefined>): LoggedChanges {
  const all = [...new Set(ids)].filter((id) => id != null);
  const more = all.length - mostNamed;
  return { changes: all.slice(0, mostNamed), ...(more > 0 ? { moreChanges: more } : {}) };
}

/** The same as attributes of a span. */
export function tracedChanges(ids: Iterable<string | null | undefined>): {
  'connector.changes': string[];
  'connector.more_changes'?: number;
} {
  const { changes, moreChanges } = loggedChanges(ids);
  return {
    'connector.changes': [...changes],
    ...(moreChanges === undefined ? {} : { 'connector.more_changes': moreChanges }),
  };
}

/** People, or objects, as a line of the log names them: by objectGUID, and not too many. */
export const loggedPeople = (
  people: readonly string[],
): { readonly who: readonly string[]; readonly people: number } => ({
  who: people.slice(0, mostNamed),
  people: people.length,
});
