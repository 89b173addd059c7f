/** What comes in as `data`: PHP-loose, so numbers may be strings and a list of one may stand without its brackets. */
import { z } from 'zod';
import type { CommandContext, Outcome } from '../outcome.ts';
import { failed } from '../outcome.ts';
import { problem } from '../problem.ts';

/** A username as sent: any case, any text; whether it exists is for the command to find out. */
export const address = z.string().trim().toLowerCase().min(1);

/** 0 or 1, also as a string or a boolean. */
export const flag = z
  .union([z.boolean(), z.literal(0), z.literal(1), z.literal('0'), z.literal('1')])
  .transform((value) => value === true || value === 1 || value === '1');

/** A whole number, also as a string of digits. */
export const wholeNumber = z.union([z.number().int().min(0), z.string().regex(/^\d+$/).transform(Number)]);

/** Parses `data` by `schema`, or tells what is wrong with it as a FAIL. */
export function readData<T>(schema: z.ZodType<T>, data: unknown): { data: T } | { refusal: Outcome } {
  const parsed = schema.safeParse(data);
  return parsed.success ? { data: parsed.data } : { refusal: failed(`Invalid data: ${problem(parsed.error)}`) };
}

/** The refusal of a batch that is larger than the tenant allows, if it is one to refuse. */
export function tooLarge(entries: readonly unknown[], { settings }: CommandContext): Outcome | null {
  if (!isOver(entries, settings.largestBatch) || settings.overLargestBatch !== '413') return null;
  return { answer: { kind: 'too-large', largestBatch: settings.largestBatch ?? 0 }, changes: [] };
}

/** Whether a batch has more entries than `largest`. */
export function isOver(entries: readonly unknown[], largest: number | null): boolean {
  return largest !== null && entries.length > largest;
}
