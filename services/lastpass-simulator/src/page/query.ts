/** What an address of the page asks for. Anything that makes no sense is as if it weren't there. */
import { z } from 'zod';

export const VIEWS = ['overview', 'accounts', 'groups', 'folders', 'events', 'calls'] as const;
export type View = (typeof VIEWS)[number];

export const STATUSES = ['active', 'new', 'disabled', 'admins', 'invited', 'departed'] as const;
export type Status = (typeof STATUSES)[number];

const text = z.string().trim().max(300).catch('');

export const pageQuery = z.object({
  view: z.enum(VIEWS).catch('overview'),
  /** Text to look for. */
  q: text,
  /** From 1. */
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
  status: z.enum(STATUSES).nullable().catch(null),
  group: text,
  /** Id of a folder. */
  folder: text,
  /** Whether the page loads itself again every few seconds. */
  follow: z
    .unknown()
    .optional()
    .transform((value) => value === '1'),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** The address of a view; what is missing isn't in it. */
export function addressOf(
  view: View,
  more: Partial<Record<'q' | 'status' | 'group' | 'folder' | 'page' | 'follow', string>> = {},
): string {
  const parts = Object.entries({ view, ...more }).filter(([, value]) => value !== '');
  return `/?${new URLSearchParams(parts)}`;
}
