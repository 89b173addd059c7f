/** Search filters that ask for classes of objects, and for nothing else. */
import { type BerReader, SearchFilter } from 'ldapts';
import { Refusal } from './directory.ts';

/** Whether objects of some classes pass. */
export type ClassFilter = (objectClass: readonly string[]) => boolean;

const unwillingToPerform = 53;

/**
 * Reads the filter that comes next (RFC 4511, 4.5.1.7). ldapts reads a filter for presence wrongly.
 * @throws Refusal when it asks for anything but classes
 */
export function readClassFilter(reader: BerReader): ClassFilter {
  const tag = reader.peek();
  if (tag === SearchFilter.present) return present(reader.readString(SearchFilter.present) ?? '');
  reader.readSequence();
  const end = reader.offset + reader.length;
  switch (tag) {
    case SearchFilter.and: {
      const all = filtersUpTo(end, reader);
      return (classes) => all.every((each) => each(classes));
    }
    case SearchFilter.or: {
      const any = filtersUpTo(end, reader);
      return (classes) => any.some((each) => each(classes));
    }
    case SearchFilter.not: {
      const inner = readClassFilter(reader);
      return (classes) => !inner(classes);
    }
    case SearchFilter.equalityMatch:
      return equals(reader.readString() ?? '', reader.readString() ?? '');
    default:
      throw refused(`of the kind ${tag}`);
  }
}

function filtersUpTo(end: number, reader: BerReader): ClassFilter[] {
  const filters: ClassFilter[] = [];
  while (reader.offset < end) filters.push(readClassFilter(reader));
  return filters;
}

function equals(attribute: string, value: string): ClassFilter {
  if (!isClass(attribute)) throw refused(`by ${attribute}`);
  const wanted = value.toLowerCase();
  return (classes) => classes.some((name) => name.toLowerCase() === wanted);
}

function present(attribute: string): ClassFilter {
  if (!isClass(attribute)) throw refused(`by ${attribute}`);
  return () => true;
}

const isClass = (attribute: string): boolean => attribute.toLowerCase() === 'objectclass';

const refused = (which: string): Refusal =>
  new Refusal(unwillingToPerform, `the generated directory knows filters by objectClass only, none ${which}`);
