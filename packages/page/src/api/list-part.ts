/**
 * Two lists whose pages run on from the first to the second, shown as two: each then has pages of its own. How long the first one is, the status tells;
 * where it is a moment behind, rows of the other list are left out by whoever shows them. Pure.
 */
import type { Page } from './documents.ts';
import type { Slice } from './queries.ts';

/** What to ask for, to be told a part of the second list. @param first how long the first one is */
export const sliceOfSecond = (first: number, { offset, limit }: Slice): Slice => ({ offset: first + offset, limit });

/** Where that part lies in the second list. */
export const pageOfSecond = (first: number, { offset, limit, total }: Page): Page => ({
  offset: Math.max(0, offset - first),
  limit,
  total: Math.max(0, total - first),
});

/** Where a part lies in the first list. */
export const pageOfFirst = (first: number, page: Page): Page => ({ ...page, total: Math.min(first, page.total) });
