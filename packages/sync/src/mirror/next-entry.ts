/** Reading the change log: the next entry to apply, or why there is none to go on with. */
import { cursor, logEntry } from '@connector/shared/directory-state.ts';
import type { DirectoryKeys } from '@connector/shared/keys.ts';
import type { Reader } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import type { z } from 'zod';

export type NextEntry =
  | { readonly kind: 'entry'; readonly entry: z.infer<typeof logEntry> }
  /** Entries are missing, or one can't be read: the log goes on after `upTo`. */
  | { readonly kind: 'broken'; readonly upTo: number; readonly problem: string }
  /** Nobody but a person writes beyond what was read: the rest of the log isn't ours, as long as the cursor is where it was. */
  | { readonly kind: 'foreign'; readonly upTo: number; readonly problem: string; readonly guard: Guard };

/** The entry after `applied`; `null` when there is none. */
export async function nextEntry(redis: Reader, keys: DirectoryKeys, applied: number): Promise<NextEntry | null> {
  const [found] = await redis.xrange(keys.log, `${applied + 1}-0`, '+', 'COUNT', 1);
  if (found === undefined) return null;
  const [id, fields] = found;
  const foreign = await foreignEntry(redis, keys, { id, applied });
  if (foreign !== null) return foreign;
  const sequence = Number.parseInt(id, 10);
  if (sequence > applied + 1) {
    const missing =
      sequence === applied + 2 ? `entry ${applied + 1} is` : `entries ${applied + 1} to ${sequence - 1} are`;
    return { kind: 'broken', upTo: sequence - 1, problem: `${missing} missing` };
  }
  const read = entryIn(fields);
  return typeof read === 'string'
    ? { kind: 'broken', upTo: sequence, problem: `entry ${sequence} can't be read (${read})` }
    : { kind: 'entry', entry: read };
}

/**
 * The watcher writes an entry and the cursor together. What the cursor doesn't know of was added by hand; it would be in the way
 * of the watcher's next entry, whatever it says.
 */
async function foreignEntry(
  redis: Reader,
  keys: DirectoryKeys,
  { id, applied }: { id: string; applied: number },
): Promise<NextEntry | null> {
  const raw = await redis.get(keys.cursor);
  const { value } = parseStored(cursor, keys.cursor, raw);
  if (value === null || (/^\d+-0$/.test(id) && Number.parseInt(id, 10) <= value.sequence)) return null;
  return {
    kind: 'foreign',
    upTo: Math.max(applied, value.sequence),
    problem: `entry ${id} wasn't written by the watcher`,
    guard: { command: ['GET', keys.cursor], is: raw },
  };
}

/** The entry, or what is wrong with it: names of fields, never what they hold. */
function entryIn(fields: readonly string[]): z.infer<typeof logEntry> | string {
  let value: unknown;
  try {
    value = JSON.parse(fields[1] ?? '');
  } catch {
    return 'no JSON'; // the parser's own words quote the text, which holds people's data
  }
  const { success, data, error } = logEntry.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  return `${issue?.path.map(String).join('.') || 'the whole'}: ${issue?.code ?? 'invalid'}`;
}
