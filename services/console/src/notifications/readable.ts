/** What another release may have written. */
import type { z } from 'zod';

/** What a stored text holds; `null` where this release can't read it: in a rolling upgrade another one may know more. */
export function readable<T>(schema: z.ZodType<T>, raw: string): T | null {
  try {
    return schema.parse(JSON.parse(raw));
  } catch {
    return null; // whoever asks decides what becomes of it
  }
}
