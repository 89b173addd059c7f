/** Whom somebody has chosen in a list of which they see a page at a time. Pure. */

/** `all`: everybody in the list, also on pages that were never looked at. */
export interface Selection<Row> {
  readonly all: boolean;
  /** Those who were chosen one by one, by key; empty with `all`. */
  readonly rows: ReadonlyMap<string, Row>;
}

export const nothingSelected = <Row>(): Selection<Row> => ({ all: false, rows: new Map() });
export const everythingSelected = <Row>(): Selection<Row> => ({ all: true, rows: new Map() });

export const isSelected = ({ all, rows }: Selection<unknown>, key: string): boolean => all || rows.has(key);

/** How many are chosen, of so many. */
export const selectedCount = ({ all, rows }: Selection<unknown>, total: number): number => (all ? total : rows.size);

/** With these chosen, or no more. `all` ends with the first that isn't. @param page what is on the page, by key */
export function withSelected<Row>(
  selection: Selection<Row>,
  { keys, chosen, page }: { keys: readonly string[]; chosen: boolean; page: ReadonlyMap<string, Row> },
): Selection<Row> {
  const rows = new Map(selection.all ? page : selection.rows);
  for (const key of keys) {
    const row = page.get(key);
    if (chosen && row !== undefined) rows.set(key, row);
    else rows.delete(key);
  }
  return { all: false, rows };
}
