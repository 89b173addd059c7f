/**
 * Attributes of very many values. Windows sends 1500 of them as `member;range=0-1499`, and the rest on demand
 * (MS-ADTS 3.1.1.3.1.3.3).
 */
import { DirectoryError } from './errors.ts';
import type { LdapEntry } from './ldap-entry.ts';

/** Reads one object again, for the given attributes; `null` when it is gone. */
export type ReadAgain = (attributes: readonly string[]) => Promise<LdapEntry | null>;

/**
 * To be asked for along with attributes that may come in ranges: tells whether they changed in between. A value that is added changes it, but not
 * one that goes with the object that it names: AD takes a deleted member out of its groups, and leaves their `uSNChanged` as it was.
 */
export const rangeGuard = 'uSNChanged';

const attempts = 5;

/**
 * The entry with whole attributes in place of first ranges; `null` when the object is gone meanwhile.
 * @throws DirectoryError read-failed when the object changes faster than it can be read
 */
export async function withWholeRanges(entry: LdapEntry, readAgain: ReadAgain): Promise<LdapEntry | null> {
  let whole = entry;
  for (const [attribute, range] of firstRanges(entry)) {
    const values = await wholeRange({ attribute, entry, range, readAgain });
    if (values === null) return null;
    whole = { dn: whole.dn, values: new Map(whole.values).set(attribute, values) };
  }
  return whole;
}

interface Range {
  /** Index of the value after the last one; `null` when this was the last range. */
  readonly next: number | null;
  readonly values: readonly Buffer[];
}

/** `1-1` and `0-0` are DirSync's, and not ranges at all. */
function rangeIn(entry: LdapEntry, attribute: string, start: number): Range | null {
  for (const [name, values] of entry.values) {
    const [, base, low, high] = /^(.+);range=(\d+)-(\d+|\*)$/.exec(name) ?? [];
    if (base !== attribute || Number(low) !== start) continue;
    if (Number(high) < start) continue; // it would be read in a circle
    return { next: high === '*' ? null : Number(high) + 1, values };
  }
  return null;
}

/** Whether an attribute has more values than the entry holds. */
export const comesInRanges = (entry: LdapEntry): boolean => firstRanges(entry).length > 0;

function firstRanges(entry: LdapEntry): [string, Range][] {
  const names = [...entry.values.keys()].map((name) => /^(.+);range=0-(?:[1-9]\d*|\*)$/.exec(name)?.[1]);
  return names.flatMap((attribute) => {
    const range = attribute === undefined ? null : rangeIn(entry, attribute, 0);
    return attribute === undefined || range === null ? [] : [[attribute, range] as [string, Range]];
  });
}

interface RangeRead {
  readonly attribute: string;
  readonly entry: LdapEntry;
  readonly range: Range;
  readonly readAgain: ReadAgain;
}

const versionOf = ({ values }: LdapEntry): string => values.get(rangeGuard.toLowerCase())?.[0]?.toString() ?? '';

/** A value gone between two ranges would shift the others, and one of them be lost: then it is read anew. */
async function wholeRange({ attribute, entry, range, readAgain }: RangeRead): Promise<readonly Buffer[] | null> {
  let first: { range: Range; version: string } | null = { range, version: versionOf(entry) };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const result = await restOf(first, attribute, readAgain);
    if (result !== 'changed') return result;
    first = await firstOf(attribute, readAgain);
    if (first === null) return null;
  }
  throw new DirectoryError(
    'read-failed',
    `${attribute} of ${entry.dn} changed ${attempts} times while it was read; it is tried again`,
  );
}

async function firstOf(attribute: string, readAgain: ReadAgain): Promise<{ range: Range; version: string } | null> {
  const entry = await readAgain([`${attribute};range=0-*`, rangeGuard]);
  if (entry === null) return null;
  // A server gives a short list without a range.
  const range = rangeIn(entry, attribute, 0) ?? { next: null, values: entry.values.get(attribute) ?? [] };
  return { range, version: versionOf(entry) };
}

/** Each further range begins with the last value that is held: another one there tells that the list has shifted, which `uSNChanged` may not. */
async function restOf(
  { range, version }: { range: Range; version: string },
  attribute: string,
  readAgain: ReadAgain,
): Promise<readonly Buffer[] | 'changed' | null> {
  const values = [...range.values];
  for (let { next } = range; next !== null; ) {
    const held = values.at(-1);
    const entry = await readAgain([`${attribute};range=${next - 1}-*`, rangeGuard]);
    if (entry === null) return null;
    if (versionOf(entry) !== version) return 'changed';
    const part = rangeIn(entry, attribute, next - 1);
    if (part === null) return 'changed'; // fewer values than announced
    const [overlap, ...more] = part.values;
    if (held === undefined || overlap === undefined || !overlap.equals(held)) return 'changed';
    if (part.next !== null && part.next <= next) return 'changed'; // it would be read in a circle
    values.push(...more);
    next = part.next;
  }
  return values;
}
