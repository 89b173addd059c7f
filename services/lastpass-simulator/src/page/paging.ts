/** One page out of many rows. */

export type Page<Row> = {
  rows: Row[];
  /** Rows on all pages. */
  total: number;
  /** From 1; the last one where more was asked for than there is. */
  page: number;
  pages: number;
};

/** Rows that `isWanted` lets through, `size` of them from the page asked for. */
export function pageOf<Row>(
  all: Iterable<Row>,
  { page, size, isWanted = () => true }: { page: number; size: number; isWanted?: (row: Row) => boolean },
): Page<Row> {
  const wanted: Row[] = [];
  for (const row of all) if (isWanted(row)) wanted.push(row);
  const pages = Math.max(1, Math.ceil(wanted.length / size));
  const shown = Math.min(page, pages);
  return { rows: wanted.slice((shown - 1) * size, shown * size), total: wanted.length, page: shown, pages };
}
