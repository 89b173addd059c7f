/** Telling a list page by page. Pure. */
import { z } from 'zod';

/** What is asked for, as part of an address. */
export const paged = z.strictObject({
  offset: z.coerce.number().int().min(0).default(0).describe('How many to leave out.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('How many to tell at most.'),
});
export type Page = z.infer<typeof paged>;

/** What is told of a page. */
export interface PageTold extends Page {
  /** How many there are. */
  readonly total: number;
}

/** One page of a document's arrays, which are one list, one after the other; whatever else it has is on every page. */
export function pageOf(
  document: Readonly<Record<string, unknown>>,
  arrays: readonly string[],
  { offset, limit }: Page,
): Record<string, unknown> & { readonly page: PageTold } {
  const parts: Record<string, unknown[]> = {};
  let before = 0;
  for (const name of arrays) {
    const all = document[name] as readonly unknown[];
    parts[name] = all.slice(Math.max(0, offset - before), Math.max(0, offset + limit - before));
    before += all.length;
  }
  return { ...document, ...parts, page: { offset, limit, total: before } };
}
